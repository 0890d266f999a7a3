"""The moments of a history that one jumps to."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable

from agentflow_tui.history.event import AgentStarted, HistoryEvent, IterationStarted
from agentflow_tui.tui.panes.timeline.event_filter import is_error


class Landmarks:
    """Positions of errors, agent starts and iterations; each event costs the same."""

    def __init__(self) -> None:
        """Start without events."""
        self._places = {"error": array("L"), "agent": array("L"), "iteration": array("L")}
        self._ats = array("d")

    def take(self, events: Iterable[HistoryEvent]) -> None:
        """Take in the next events."""
        for event in events:
            number = len(self._ats)
            # Times never run backwards; a damaged history must not break the search.
            self._ats.append(max(event.at, self._ats[-1]) if number else event.at)
            if isinstance(event, AgentStarted):
                self._places["agent"].append(number)
            elif isinstance(event, IterationStarted):
                self._places["iteration"].append(number)
            elif is_error(event):
                self._places["error"].append(number)

    def next(self, kind: str, position: int, step: int) -> int | None:
        """Return the next position of a kind after (1) or before (-1) another; none when there is none."""
        places = self._places[kind]
        found = bisect_right(places, position) if step > 0 else bisect_left(places, max(position, 0)) - 1
        return places[found] if 0 <= found < len(places) else None

    def count(self, kind: str) -> int:
        """Count the moments of a kind."""
        return len(self._places[kind])

    def iteration(self, number: int) -> int:
        """Return the position of an iteration's start, counted from 0 over the whole run."""
        return self._places["iteration"][number]

    def at(self, position: int) -> float:
        """Return the time of a position in seconds; 0 before the first."""
        return self._ats[position] if 0 <= position < len(self._ats) else 0.0

    def position_at(self, at: float) -> int:
        """Return the position of the last event up to a time; -1 for none."""
        return bisect_right(self._ats, at) - 1
