"""Rows of a layout, painted with where the run stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip

from agentflow_tui.history.run_state import AgentRun, RunState
from agentflow_tui.plan.box import Box, Edge, Span
from agentflow_tui.plan.layout import Layout
from agentflow_tui.plan.node import Plan
from agentflow_tui.tui.panes.graph.box_painter import BoxPainter, painted
from agentflow_tui.tui.panes.graph.changed_cells import changed_cells
from agentflow_tui.tui.panes.graph.light import Light, brightest
from agentflow_tui.tui.panes.graph.pulse import Pulse
from agentflow_tui.tui.panes.graph.standing import Standing, latest_runs

_PULSE = str.maketrans("╭╮╰╯─│├┤┬┴┼┄┆", "┏┓┗┛━┃┣┫┳┻╋━┃")


class RowPainter:
    """Paints the rows of one layout; keeps each row until something in it changes."""

    def __init__(self, plan: Plan, layout: Layout, styles: Mapping[str, Style]) -> None:
        """Paint with `styles`, by the names of the pane's component classes without `graph--`."""
        self._plan, self.layout, self._styles = plan, layout, styles
        self._rows: dict[int, Strip] = {}
        self._before: dict[int, Strip] = {}
        """How forgotten rows looked when they were on the screen."""
        self._looks: dict[str, tuple[object, ...]] = {}
        self._state = RunState()
        self.standing = Standing(plan, layout, self._state, {}, 0.0)
        self.boxes = BoxPainter(self.standing, styles)
        self.pulse = Pulse(layout)

    def show(
        self, state: RunState, runs: Mapping[str, AgentRun] | None = None, now: float | None = None
    ) -> bool:
        """Take a new state; true when something may look different, which `changes` then tells.

        `runs` has the agent run that a box is about where that is not the last one at its path.
        """
        if runs is None:
            same = state.agent_runs is self._state.agent_runs
            runs = self.standing.runs if same else latest_runs(state, self._plan)
        before, self._state = self.standing, state
        self.standing = self.boxes.standing = Standing(
            self._plan, self.layout, state, runs, state.elapsed if now is None else now
        )
        if self.standing.lights != before.lights or self.standing.left_out != before.left_out:
            for y in tuple(self._rows):
                self.forget_row(y)
            self._looks.clear()
            return True
        changed = [path for path in self._suspects(before) if self._looks_new(path, before)]
        for path in changed:
            self.forget(self.layout.boxes[path])
        return bool(changed)

    def _looks_new(self, path: str, before: Standing) -> bool:
        known = self._looks.get(path)
        look = self._looks[path] = self.standing.look(path)
        return look != (before.look(path) if known is None else known)

    def _suspects(self, before: Standing) -> Iterator[str]:
        """The boxes that may look different; most of them stand as they stood, which costs little to see."""
        now = self.standing
        is_sure = now.runs is before.runs and now.phase == before.phase
        for path, box in self.layout.boxes.items():
            if not is_sure or box.is_folded or now.is_live(path) or before.node(path) is not now.node(path):
                yield path

    def flow(self, is_moving: bool) -> None:
        """Let the marks on the lines go with the data, or take them away."""
        before = set(self.pulse.steps)
        if self.pulse.flow(self.standing.flowing if is_moving else frozenset()):
            for y in before | set(self.pulse.steps):
                self.forget_row(y)

    def tick(self, live: Iterable[str]) -> None:
        """Turn the glyphs of these nodes, and move the marks on by one cell."""
        self.boxes.spinner_at += 1
        for path in live:
            box = self.layout.boxes[path]
            if box.kind != "frame":
                self.forget_row(box.y if box.kind in ("cell", "dot") else box.y + 1)
        for y in self.pulse.move():
            self.forget_row(y)

    def forget(self, box: Box) -> None:
        """Paint a box's rows anew when they are asked for."""
        for y in range(box.y, box.y + box.height):
            self.forget_row(y)

    def forget_row(self, y: int) -> None:
        """Paint one row anew when it is asked for."""
        strip = self._rows.pop(y, None)
        if strip is not None:
            self._before.setdefault(y, strip)

    def changes(self, rows: range) -> list[Region]:
        """Paint what was forgotten of these rows; the answer is the cells that look different since then."""
        before, self._before = self._before, {}
        found = ((y, changed_cells(strip, self.strip(y))) for y, strip in before.items() if y in rows)
        return [Region(cells.start, y, len(cells), 1) for y, cells in found if cells]

    def strip(self, y: int) -> Strip:
        """One row, as wide as the layout."""
        strip = self._rows.get(y)
        if strip is None:
            strip = self._rows[y] = Strip(list(self._segments(y)), self.layout.width)
        return strip

    def _segments(self, y: int) -> Iterator[Segment]:
        x = 0
        for span in self.layout.row(y):
            if span.x > x:
                yield painted(" " * (span.x - x), self._styles["line"])
            yield from self._span(span, y)
            x = span.x + span.width
        yield painted(" " * (self.layout.width - x), self._styles["line"])

    def _span(self, span: Span, y: int) -> Iterator[Segment]:
        if span.part == "line":
            yield from self._line(span, y)
        elif span.part == "label":
            yield painted(span.text, self._line_style(span.edges, is_label=True))
        elif span.part == "stub":
            yield painted(span.text, self._styles["label"])
        else:
            yield from self.boxes.span(self.layout.boxes[span.owner], span, y)

    def _line(self, span: Span, y: int) -> Iterator[Segment]:
        style = self._line_style(span.edges, is_label=False)
        if y not in self.pulse.steps:
            yield painted(span.text, style)
            return
        places = range(span.x, span.x + span.width)
        for is_marked, group in groupby(places, lambda x: self.pulse.is_marked(x, y)):
            found = list(group)
            text = span.text[found[0] - span.x : found[-1] + 1 - span.x]
            yield (
                painted(text.translate(_PULSE), self._styles["pulse"]) if is_marked else painted(text, style)
            )

    def _line_style(self, edges: tuple[Edge, ...], *, is_label: bool) -> Style:
        light = brightest(edges, self.standing.lights)
        return self._styles["label" if is_label and light is Light.PLAIN else light.value]
