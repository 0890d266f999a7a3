"""The names of a race's columns, which can be clicked."""

from __future__ import annotations

from textual import events
from textual.message import Message
from textual.widgets import Static

from agentflow_tui.tui.guard import guarded
from agentflow_tui.tui.screens.race_columns import RaceColumn, columns_for
from agentflow_tui.tui.screens.race_rows import MARK, heading


class RaceHeading(Static):
    """One line above the modes."""

    class Clicked(Message):
        """A column's name was clicked."""

        def __init__(self, column: RaceColumn) -> None:
            """Name the column."""
            super().__init__()
            self.column = column

    def __init__(self, score: str) -> None:
        """Take the score key."""
        super().__init__(id="race-heading", markup=False)
        self.score = score

    def show(self, sorted_by: RaceColumn | None, *, is_downwards: bool, width: int) -> None:
        """Show the names, with an arrow at the one that is sorted by."""
        self.update(heading(self.score, sorted_by, width, is_downwards=is_downwards))

    @guarded
    def on_click(self, event: events.Click) -> None:
        """Tell which column was meant."""
        place = event.get_content_offset(self)
        left = MARK
        for column in columns_for(self.score):
            if place is not None and left <= place.x < left + column.width:
                self.post_message(self.Clicked(column))
            left += column.width
