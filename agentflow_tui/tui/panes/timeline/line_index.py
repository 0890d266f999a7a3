"""Which line of the timeline an event is on."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from agentflow_tui.history.event import HistoryEvent, TokensReceived


@dataclass(slots=True)
class Line:
    """One line: an event, or the pieces of text that one call wrote in a row."""

    first: int
    """Position of its first event in the history."""
    last: int
    pieces: int = 0
    """How many pieces of text; 0 for any other event."""
    length: int = 0
    """Characters of these pieces."""


class LineIndex:
    """The lines of a growing history; taking in an event costs the same however long the history is."""

    def __init__(self) -> None:
        """Start without events."""
        self.lines: list[Line] = []
        self._line_of = array("L")
        self._writing: dict[str, int] = {}

    def __len__(self) -> int:
        """Count the events that were taken in."""
        return len(self._line_of)

    def take(self, history: Sequence[HistoryEvent], until: int) -> int:
        """Take in the events up to position `until`; return the first line that changed."""
        changed = len(self.lines)
        for number in range(len(self._line_of), until):
            event = history[number]
            if isinstance(event, TokensReceived):
                changed = min(changed, self._take_piece(number, event))
            else:
                self._writing.clear()
                self._add(Line(number, number))
        return changed

    def line_of(self, number: int) -> int:
        """Return the line of the event at a position; -1 for none."""
        return self._line_of[number] if 0 <= number < len(self._line_of) else -1

    def _take_piece(self, number: int, event: TokensReceived) -> int:
        # Several calls that write at the same time keep one line each.
        place = self._writing.get(event.call)
        if place is None:
            place = self._writing[event.call] = len(self.lines)
            self._add(Line(number, number, 1, len(event.text)))
            return place
        line = self.lines[place]
        line.last = number
        line.pieces += 1
        line.length += len(event.text)
        self._line_of.append(place)
        return place

    def _add(self, line: Line) -> None:
        self._line_of.append(len(self.lines))
        self.lines.append(line)
