"""A race of modes, live, and the table that comes of it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from textual import events, getters, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Static
from textual.worker import Worker, WorkerState

from agentflow_tui.history.compare import compare
from agentflow_tui.tui.dialogs.choice_dialog import Choice, ChoiceDialog
from agentflow_tui.tui.guard import Reporter, guarded
from agentflow_tui.tui.key_footer import KeyFooter
from agentflow_tui.tui.keymap.bind import bindings
from agentflow_tui.tui.keymap.named_keys import key_of
from agentflow_tui.tui.keymap.race_keys import RACE
from agentflow_tui.tui.panes.inspector.amount import counted
from agentflow_tui.tui.panes.line_view import LineView
from agentflow_tui.tui.safe_text import one_line, plain
from agentflow_tui.tui.screens.compare_screen import CompareScreen
from agentflow_tui.tui.screens.race_columns import RaceColumn, columns_for, in_order
from agentflow_tui.tui.screens.race_details import RaceDetails
from agentflow_tui.tui.screens.race_heading import RaceHeading
from agentflow_tui.tui.screens.race_rows import last_width, race_rows
from agentflow_tui.workbench.lane_totals import LaneTotals
from agentflow_tui.workbench.race import Race

_RATE = 10
"""Pictures per second: as often as the tenths of the times change."""
_NAME = 60
_WHILE_LIVE = {"cancel_race": True, "race_again": False}
_LEAVE = (
    Choice("c", "stay", "stay"),
    Choice("l", "leave them running", "leave"),
    Choice("x", "cancel all", "cancel", is_destructive=True),
)


@dataclass(frozen=True, slots=True)
class RaceWish:
    """What is to be done in the workbench."""

    verb: Literal["open", "again"]
    mode: str = ""


class RaceScreen(Screen[RaceWish]):
    """One row per mode; returns the one to open, or that another race is wanted, or none."""

    CSS_PATH = "race_screen.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(RACE)
    BINDING_GROUP_TITLE = "Race"
    HELP = (
        "The same input in several modes at once, each a stored run of its own. `★` stands before the best "
        "value of a column, of the modes that completed: the shortest time, the fewest calls and tokens, the "
        "highest speed and score. `(2r)` are calls answered from recordings. Breakpoints do not stop a race."
    )
    AUTO_FOCUS = "#race-lanes"

    rows = getters.query_one("#race-lanes", LineView)
    heading = getters.query_one("#race-heading", RaceHeading)
    details = getters.query_one("#race-details", RaceDetails)

    def __init__(self, race: Race, flow: str) -> None:
        """Take a race that has begun, and the name of its flow."""
        super().__init__()
        self.race = race
        self.flow = flow
        self.lanes: tuple[LaneTotals, ...] = ()
        self.marks: list[str] = []
        """Modes marked as A and B."""
        self.sorted_by: RaceColumn | None = None
        """None is the order in which they were started."""
        self.is_reversed = False
        self._frames: Timer | None = None

    def compose(self) -> ComposeResult:
        """Lay out the table, and what is told of one mode."""
        yield Static(id="race-title", markup=False)
        yield RaceHeading(self.race.score)
        yield LineView(id="race-lanes")
        yield RaceDetails([lane.mode for lane in self.race.lanes])
        yield KeyFooter(show_command_palette=False)

    @guarded
    def on_mount(self) -> None:
        """Show the race, and follow it while it goes on."""
        self.rows.styles.height = len(self.race.lanes)
        self.watch(self.rows, "cursor", self._show_details, init=False)
        self._frames = self.set_interval(1 / _RATE, self.show_newest, name="race")
        self.show_newest()

    @guarded
    def on_resize(self, event: events.Resize) -> None:  # noqa: ARG002
        """Fit the columns to the new width."""
        self._show_rows()

    @guarded
    def show_newest(self) -> None:
        """Show what is new; called once per frame."""
        lanes = self.race.totals()
        if lanes != self.lanes:
            self.lanes = lanes
            self._show_rows()
        if self.race.is_over and self._frames is not None:
            self._frames.stop()
            self._frames = None
            self.refresh_bindings()

    @property
    def chosen(self) -> LaneTotals | None:
        """The mode under the cursor."""
        rows, cursor = self.rows.rows, self.rows.cursor
        mode = rows[cursor].key[0] if cursor < len(rows) else ""
        return next((lane for lane in self.lanes if lane.mode == mode), None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dim what the race has no use for at the moment."""
        if action in _WHILE_LIVE:
            return True if _WHILE_LIVE[action] is not self.race.is_over else None
        return super().check_action(action, parameters)

    def action_open_lane(self) -> None:
        """Look at the run in the workbench."""
        if lane := self.chosen:
            self.dismiss(RaceWish("open", lane.mode))

    def action_mark_lane(self) -> None:
        """Mark the mode, or take its mark away; a third mark takes the place of the older one."""
        lane = self.chosen
        if lane is None:
            return
        if lane.mode in self.marks:
            self.marks.remove(lane.mode)
        else:
            self.marks = [*self.marks[-1:], lane.mode]
        self._show_rows()

    def action_compare_lanes(self) -> None:
        """Compare the two marked modes, or the marked one with the one under the cursor."""
        chosen = self.chosen.mode if self.chosen else ""
        pair = list(dict.fromkeys([*self.marks, chosen]))[:2]
        if not self.marks or len(pair) < 2:  # noqa: PLR2004 - a pair
            self._say(f"Mark another mode first, with {key_of('race.mark')}.")
        else:
            self._work(self._compare(*pair), "compare", "comparing two modes")

    def action_sort_lanes(self, step: int) -> None:
        """Sort by the next column; after the last comes the order in which they were started."""
        choices: tuple[RaceColumn | None, ...] = (None, *columns_for(self.race.score))
        place = choices.index(self.sorted_by) + step
        self._sort(choices[place % len(choices)], is_reversed=False)

    def action_reverse_lanes(self) -> None:
        """Turn the order round."""
        self._sort(self.sorted_by, is_reversed=not self.is_reversed)

    def action_race_again(self) -> None:
        """Prepare another race."""
        self.dismiss(RaceWish("again"))

    def action_yank_output(self) -> None:
        """Copy the output of the mode."""
        if (lane := self.chosen) and lane.output:
            self.app.copy_to_clipboard(lane.output)
        else:
            self._say("There is no output to copy yet.")

    def action_cancel_race(self) -> None:
        """Copy what is selected; otherwise cancel every run."""
        if text := self.get_selected_text():
            self.app.copy_to_clipboard(text)
        else:
            self.race.cancel()

    def action_close_race(self) -> None:
        """Go back to the workbench."""
        if self.race.is_over:
            self.dismiss(None)
        else:
            self._work(self._leave(), "leave", "leaving the race")

    @on(LineView.RowChosen, "#race-lanes")
    @guarded
    def _row_chosen(self, event: LineView.RowChosen) -> None:
        event.stop()
        self.action_open_lane()

    @on(RaceHeading.Clicked)
    @guarded
    def _heading_clicked(self, event: RaceHeading.Clicked) -> None:
        event.stop()
        again = event.column is self.sorted_by
        self._sort(event.column, is_reversed=not self.is_reversed if again else False)

    @on(RaceDetails.Focused)
    @guarded
    def _detail_focused(self, event: RaceDetails.Focused) -> None:
        event.stop()
        shown = [row.key[0] for row in self.rows.rows]
        self.rows.move_to(shown.index(event.mode))

    @guarded
    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Show what went wrong in a worker; the program goes on."""
        error = event.worker.error
        if (
            event.state == WorkerState.ERROR
            and isinstance(error, Exception)
            and isinstance(self.app, Reporter)
        ):
            self.app.report(error, event.worker.description)

    async def _leave(self) -> None:
        going = sum(not lane.is_over for lane in self.race.lanes)
        body = Content.assemble((counted(going, "run"), "bold"), " of this race still goes on.")
        answer = await self.app.push_screen_wait(ChoiceDialog("LEAVE THE RACE?", body, _LEAVE))
        if answer == "cancel":
            self.race.cancel()
        if answer in ("leave", "cancel"):
            self.dismiss(None)

    async def _compare(self, left: str, right: str) -> None:
        one, other = self.race.lane(left), self.race.lane(right)
        if one.run is None or other.run is None:
            self._say("A mode that was not started has nothing to compare.")
            return
        found = await asyncio.to_thread(compare, tuple(one.run.history), tuple(other.run.history))
        self.app.push_screen(CompareScreen(found, one.summary(), other.summary()))

    def _sort(self, column: RaceColumn | None, *, is_reversed: bool) -> None:
        self.sorted_by, self.is_reversed = column, is_reversed
        self._show_rows()

    @guarded
    def _show_rows(self) -> None:
        width, score = self.size.width - 3, self.race.score
        column = self.sorted_by
        is_downwards = column is not None and column.is_most_first is not self.is_reversed
        self.heading.show(column, is_downwards=is_downwards, width=width)
        lanes = in_order(self.lanes, column, is_reversed=self.is_reversed)
        self.rows.show_rows(race_rows(lanes, self.lanes, self.marks, score, width))
        self.query_one("#race-title", Static).update(self._title())
        self._show_details()

    @guarded
    def _show_details(self) -> None:
        is_told_above = last_width(self.race.score, self.size.width - 3) > 0
        self.details.show(self.lanes, self.chosen, is_told_above=is_told_above)

    def _title(self) -> Content:
        going = sum(not lane.is_over for lane in self.lanes)
        state = (f"▶ {going} of {len(self.lanes)} running", "$status-running")
        return Content.assemble(
            ("RACE", "bold $primary"),
            plain(f"  {one_line(self.flow, _NAME)} · "),
            state if going else ("● over", "$status-completed"),
            plain(f" · its runs are named race {self.race.race_id}"),
        )

    def _say(self, text: str) -> None:
        self.app.notify(one_line(text, _NAME * 3), markup=False, timeout=4)

    def _work(self, work: Coroutine[Any, Any, Any], group: str, doing: str) -> None:
        self.run_worker(work, group=group, description=doing, exit_on_error=False, exclusive=True)
