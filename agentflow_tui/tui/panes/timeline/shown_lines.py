"""Which lines of the timeline pass the filter."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from agentflow_tui.history.event import HistoryEvent, TokensReceived
from agentflow_tui.tui.panes.timeline.event_filter import EventFilter
from agentflow_tui.tui.panes.timeline.line_index import Line, LineIndex

AT_ONCE = 4_000
"""Lines that are looked at in one go, so that keys are never late."""
_MOST_PIECES = 5_000


class ShownLines:
    """The rows of the timeline: all lines, or those that pass a filter."""

    def __init__(self, index: LineIndex, chosen: EventFilter) -> None:
        """Take all lines of an index, which may grow."""
        self._index = index
        self.filter = chosen
        self._numbers = array("L")
        self._looked_at = 0

    def __len__(self) -> int:
        """Count the rows."""
        return len(self._index.lines) if self.filter.is_empty else len(self._numbers)

    def take(self, history: Sequence[HistoryEvent], changed: int) -> int:
        """Look at lines from `changed` on, and at some that wait; return the first changed row."""
        if self.filter.is_empty:
            return changed
        self._looked_at = min(self._looked_at, changed)
        first = bisect_left(self._numbers, self._looked_at)
        del self._numbers[first:]
        end = min(self._looked_at + AT_ONCE, len(self._index.lines))
        for number in range(self._looked_at, end):
            line = self._index.lines[number]
            if self.filter.lets_through(history[line.last], self._written(history, line)):
                self._numbers.append(number)
        self._looked_at = end
        return first

    @property
    def is_done(self) -> bool:
        """True when every line was looked at."""
        return self.filter.is_empty or self._looked_at >= len(self._index.lines)

    def line_at(self, row: int) -> int:
        """Return the number of the line in a row."""
        return row if self.filter.is_empty else self._numbers[row]

    def row_of(self, line: int) -> int:
        """Return the row of a line, or the last one before it; -1 for none."""
        return line if self.filter.is_empty else bisect_right(self._numbers, line) - 1

    def _written(self, history: Sequence[HistoryEvent], line: Line) -> str:
        if not line.pieces or not self.filter.text:
            return ""
        call = getattr(history[line.last], "call", "")
        pieces = (
            history[number] for number in range(line.first, min(line.last, line.first + _MOST_PIECES) + 1)
        )
        return "".join(
            piece.text for piece in pieces if isinstance(piece, TokensReceived) and piece.call == call
        )
