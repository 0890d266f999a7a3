"""What each mode of a race says: side by side where there is room, else the chosen one alone."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message

from agentflow_tui.tui.guard import guarded
from agentflow_tui.tui.panes.line_view import LineView
from agentflow_tui.tui.screens.race_rows import detail_rows
from agentflow_tui.workbench.lane_totals import LaneTotals

_NAME = "race-detail-"
_LANE = 26
"""Cells that each mode needs for all to stand side by side."""


class RaceDetails(Horizontal):
    """One list for each mode; a list is drawn again only when its mode has something new."""

    class Focused(Message):
        """The focus went to the list of a mode."""

        def __init__(self, mode: str) -> None:
            """Name the mode."""
            super().__init__()
            self.mode = mode

    def __init__(self, modes: Sequence[str]) -> None:
        """Take the modes in the order in which they stand."""
        super().__init__(id="race-details")
        self.modes = tuple(modes)
        self._told: dict[str, tuple[object, ...]] = {}

    def compose(self) -> ComposeResult:
        """Lay out the lists."""
        for mode in self.modes:
            yield LineView(id=f"{_NAME}{mode}", is_tail=True)

    def view_of(self, mode: str) -> LineView:
        """Return the list of one mode."""
        return self.query_one(f"#{_NAME}{mode}", LineView)

    def show(self, lanes: Sequence[LaneTotals], chosen: LaneTotals | None, *, is_told_above: bool) -> None:
        """Show how the modes stand; who is at work is told here where that is not told above."""
        is_wide = self.size.width >= _LANE * len(self.modes)
        self.set_class(is_wide, "-wide")
        for lane in lanes:
            view = self.view_of(lane.mode)
            view.display = is_wide or lane is chosen
            view.set_class(lane is chosen, "-chosen")
            if view.display:
                others = () if is_wide or is_told_above else tuple(each for each in lanes if each is not lane)
                self._show_lane(view, lane, others)

    @guarded
    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Tell which mode one looks at."""
        self.post_message(self.Focused((event.widget.id or "").removeprefix(_NAME)))

    def _show_lane(self, view: LineView, lane: LaneTotals, others: tuple[LaneTotals, ...]) -> None:
        told = (lane.status, lane.agents, lane.output, lane.error, others)
        if told == self._told.get(lane.mode):
            return
        self._told[lane.mode] = told
        view.is_tail = not lane.is_over
        view.show_rows(detail_rows(lane, others))
        if lane.is_over:
            view.action_first()
