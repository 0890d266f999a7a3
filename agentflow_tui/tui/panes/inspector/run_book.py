"""What the inspector knows of the whole history, before and after the cursor."""

from __future__ import annotations

from collections.abc import Sequence

from agentflow_tui.history.event import HistoryEvent
from agentflow_tui.history.loop_lens import LoopWatch
from agentflow_tui.history.provenance import Provenance


class RunBook:
    """Writers and loops of a history that grows; read only when someone looks."""

    def __init__(self) -> None:
        """Start without a history."""
        self._history: Sequence[HistoryEvent] = ()
        self._read = 0
        self.writers = Provenance()
        self.loops = LoopWatch()

    def watch(self, history: Sequence[HistoryEvent]) -> None:
        """Look at another history, or at the same one again."""
        if history is not self._history or len(history) < self._read:
            self._history, self._read = history, 0
            self.writers, self.loops = Provenance(), LoopWatch()

    def catch_up(self) -> int:
        """Read what is new; return how many events were read in all."""
        end = len(self._history)
        if end > self._read:
            new = self._history[self._read : end]
            self.writers.take(new)
            self.loops.take(new)
            self._read = end
        return self._read
