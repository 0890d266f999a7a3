"""The run at any position of a history that may still grow, at once."""

from __future__ import annotations

from collections.abc import Sequence

from agentflow_tui.history.event import HistoryEvent
from agentflow_tui.history.fold import RunFold
from agentflow_tui.history.run_state import RunState

EVERY = 256
"""Events between two kept folds; going back costs at most as many events again."""


class Scrubber:
    """Folds a growing history once and keeps folds on the way, to which it returns.

    Going forward costs the events between; going back costs at most `every` events; the newest state is
    always at hand.
    """

    def __init__(self, history: Sequence[HistoryEvent], *, every: int = EVERY) -> None:
        """Look at `history`, which may grow but never change; nothing is folded yet."""
        self._history = history
        self._every = every
        self._live = RunFold()
        self._kept = [RunFold()]
        self._length = 0
        self._walk = RunFold()
        self._walked = 0

    @property
    def length(self) -> int:
        """How many events are folded in."""
        return self._length

    def take_in(self) -> int:
        """Fold in what is new; return how many events are folded in."""
        end = len(self._history)
        for position in range(self._length, end):
            self._live.apply(self._history[position])
            if (position + 1) % self._every == 0:
                self._kept.append(self._live.copy())
        self._length = end
        return end

    def newest(self) -> RunState:
        """Return the run after the last event; the same object while nothing was added."""
        self.take_in()
        return self._live.snapshot()

    def at(self, seq: int) -> RunState:
        """Return the run just after event `seq`, as `fold` of the events up to there gives it.

        -1 and anything before is the run before its first event; anything after the last event is the last.
        """
        count = min(max(seq, -1) + 1, self.take_in())
        if count == self._length:
            return self._live.snapshot()
        nearest = count // self._every
        if not nearest * self._every <= self._walked <= count:
            self._walk = self._kept[nearest].copy()
            self._walked = nearest * self._every
        for position in range(self._walked, count):
            self._walk.apply(self._history[position])
        self._walked = count
        return self._walk.snapshot()
