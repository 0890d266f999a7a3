"""What is on the sheet: a plan as designed or as it ran, its layout and its painter."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from rich.style import Style
from textual.geometry import Size

from agentflow_tui.history.run_state import RunState
from agentflow_tui.plan.box import Box
from agentflow_tui.plan.layout import Layout
from agentflow_tui.plan.node import Plan
from agentflow_tui.tui.panes.graph.as_it_ran import AsItRan, Origin, as_it_ran
from agentflow_tui.tui.panes.graph.fitted import Choosable, DetailChoice, fitted
from agentflow_tui.tui.panes.graph.row_painter import RowPainter

_SIGN = re.compile(r".\??")


class Drawing:
    """One flow's drawing; without a plan, or without room, it has no layout."""

    def __init__(self) -> None:
        """Start empty."""
        self.designed: Plan | None = None
        self.ran: AsItRan | None = None
        self.layout: Layout | None = None
        self.painter: RowPainter | None = None
        self.folds: dict[str, bool] = {}
        """What a person folded (true) or opened (false), by path."""
        self.signs: Mapping[str, str] = {}
        """What a person marked, by path of the plan as designed."""

    @property
    def plan(self) -> Plan | None:
        """What is drawn: the plan as designed, or as it ran."""
        return self.designed if self.ran is None else self.ran.plan

    @property
    def boxes(self) -> Mapping[str, Box]:
        """The boxes of the drawing, by path."""
        return self.layout.boxes if self.layout is not None else {}

    @property
    def text(self) -> str:
        """All of the drawing as it stands now, with what runs and what is done, without colours."""
        if self.layout is None or self.painter is None:
            return ""
        rows = (self.painter.strip(row).text.rstrip() for row in range(self.layout.height))
        return "\n".join(rows)

    def design(self, plan: Plan | None, state: RunState) -> None:
        """Take another plan."""
        self.designed = plan
        self.ran = as_it_ran(plan, state) if plan is not None and self.ran is not None else None

    def toggle_ran(self, state: RunState) -> None:
        """Take the plan as it ran, or as it was designed."""
        is_new = self.ran is None and self.designed is not None
        self.ran = as_it_ran(self.designed, state) if is_new and self.designed is not None else None

    def follow(self, state: RunState) -> bool:
        """Take what ran meanwhile; true when that needs another layout."""
        if self.ran is None or self.designed is None:
            return False
        before, self.ran = self.ran, as_it_ran(self.designed, state)
        return before.plan.root != self.ran.plan.root

    def origin(self, path: str) -> Origin:
        """What a drawn node stands for in the plan as designed."""
        known = self.ran.origins.get(path) if self.ran is not None else None
        return known or Origin(path)

    def place_of(self, path: str) -> str:
        """The drawn node for one of the plan as designed, or empty."""
        return path if self.ran is None else self.ran.place_of(path)

    def lay_out(self, room: Size, direction: Choosable, detail: DetailChoice) -> Layout | None:
        """Choose the drawing for a place."""
        is_possible = self.plan is not None and bool(room)
        self.layout = (
            fitted(self.plan, room, direction, detail, self.folds)
            if self.plan is not None and is_possible
            else None
        )
        self.painter = None
        return self.layout

    def paint_with(self, styles: Mapping[str, Style], selected: str) -> None:
        """Paint all of it anew."""
        if self.plan is not None and self.layout is not None:
            self.painter = RowPainter(self.plan, self.layout, styles)
            self.painter.boxes.selected = selected
            if self.signs:
                found = ((path, self._signs_of(box)) for path, box in self.boxes.items())
                self.painter.boxes.signs = {path: signs for path, signs in found if signs}

    def _signs_of(self, box: Box) -> str:
        """The signs of a node, and of all that a closed box hides."""
        origin = self.origin(box.path).path
        own = self.signs.get(origin, "")
        if not box.is_folded or box.kind == "frame":
            return own
        inside = "".join(signs for path, signs in self.signs.items() if path.startswith(f"{origin}/"))
        return "".join(dict.fromkeys(_SIGN.findall(own + inside)))

    def show(self, state: RunState, now: float) -> bool:
        """Take where the run stands `now` seconds after it began; see `RowPainter.show`."""
        if self.painter is None:
            return False
        if self.ran is None:
            return self.painter.show(state, now=now)
        numbers = ((path, origin.run) for path, origin in self.ran.origins.items())
        runs = {path: state.agent_runs[number] for path, number in numbers if number is not None}
        return self.painter.show(replace(state, nodes=self.ran.nodes, paused_path=""), runs, now)
