"""The table of a loop's iterations; a click on a column goes there."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.message import Message

from agentflow_tui.history.loop_lens import LoopLens
from agentflow_tui.tui.panes.inspector.loop_rows import HEADS, grid_of, loop_key, loop_rows
from agentflow_tui.tui.panes.inspector.writer_rows import KEY
from agentflow_tui.tui.panes.line_view import LineView


class LoopView(LineView):
    """Iterations as columns, keys as rows."""

    class IterationChosen(Message):
        """A column was clicked: show the run at the end of that iteration."""

        def __init__(self, seq: int) -> None:
            """Carry the event to look at."""
            super().__init__()
            self.seq = seq

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        """Start without a loop."""
        super().__init__(id=id)
        self._lenses: Sequence[LoopLens] = ()
        self._toggled: set[tuple[str, ...]] = set()
        self._cursor = -1

    def show_lenses(self, lenses: Sequence[LoopLens], cursor: int) -> None:
        """Show these loops, with the column of the event `cursor` marked."""
        self._lenses, self._cursor = lenses, cursor
        width = self.scrollable_content_region.width
        self.show_rows(loop_rows(lenses, self._toggled, cursor, max(width, 20)))

    def toggle(self, key: tuple[str, ...]) -> None:
        """Open or close a loop."""
        self._toggled ^= {key}
        self.show_lenses(self._lenses, self._cursor)

    def on_resize(self) -> None:
        """Fit the columns to the new width."""
        self.show_lenses(self._lenses, self._cursor)

    def on_click(self, event: events.Click) -> None:
        """Go to the iteration whose column is clicked; elsewhere a click is what it is in every list."""
        offset = event.get_content_offset(self)
        row = -1 if offset is None else self.row_at(offset.y)
        if offset is not None and 0 <= row < len(self.rows):
            key = self.rows[row].key
            lens = next((each for each in self._lenses if key and key[-1] == loop_key(each)[1]), None)
            if lens is not None and key[0] in (HEADS, KEY):
                grid = grid_of(lens, self._cursor, max(self.scrollable_content_region.width, 20))
                iteration = grid.iteration_at(offset.x)
                if iteration is not None:
                    self.cursor = row
                    seq = iteration.started_seq if iteration.ended_seq is None else iteration.ended_seq
                    self.post_message(self.IterationChosen(seq))
                    event.prevent_default()
