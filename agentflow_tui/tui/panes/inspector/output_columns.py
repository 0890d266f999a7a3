"""What several agents write at the same time, side by side where there is room."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal

from agentflow_tui.history.run_state import ModelCall
from agentflow_tui.tui.panes.inspector.output_view import OutputView
from agentflow_tui.tui.panes.inspector.side_by_side import MIN_WIDTH
from agentflow_tui.tui.panes.row import Row

MOST_COLUMNS = 4
_COLUMN = 40
"""Cells that a column needs at least."""


class OutputColumns(Horizontal):
    """One column per agent that writes, as many as fit; the others share them."""

    DEFAULT_CSS = """
    OutputColumns { height: 1fr; display: none; }
    OutputColumns.-open { display: block; }
    OutputColumns > OutputView.-beside { border-left: solid $foreground-disabled; }
    """

    def __init__(self) -> None:
        """Start with one empty column."""
        super().__init__(id="outputs")
        self._calls: Sequence[ModelCall] = ()
        self._lead: Sequence[Row] = ()

    def compose(self) -> ComposeResult:
        """Lay out the columns; those without text are hidden."""
        yield OutputView(id="output")
        for number in range(1, MOST_COLUMNS):
            yield OutputView(id=f"output-{number + 1}").add_class("-beside")

    @property
    def columns(self) -> list[OutputView]:
        """The columns in use, from the left."""
        return [view for view in self.query(OutputView) if view.has_class("-open")]

    def show_calls(self, calls: Sequence[ModelCall], lead: Sequence[Row] = ()) -> None:
        """Show the texts of these calls, each agent's in one column, below the rows of `lead`."""
        self._calls, self._lead = calls, lead
        paths = list(dict.fromkeys(call.path for call in calls))
        width = self.size.width
        count = min(len(paths), MOST_COLUMNS, width // _COLUMN) if width >= MIN_WIDTH else 1
        count = max(count, 1)
        had_focus = self.has_focus_within
        for number, view in enumerate(self.query(OutputView)):
            view.set_class(number < count, "-open")
            if number < count:
                own = [call for call in calls if paths.index(call.path) % count == number]
                view.show_calls(own, lead if number == 0 else ())
            elif had_focus and view.has_focus:
                self.columns[0].focus()

    def focus_next(self) -> None:
        """Put the focus on the next column."""
        columns = self.columns
        here = next((number for number, view in enumerate(columns) if view.has_focus), -1)
        columns[(here + 1) % len(columns)].focus()

    def on_resize(self) -> None:
        """Choose how many columns fit."""
        self.show_calls(self._calls, self._lead)
