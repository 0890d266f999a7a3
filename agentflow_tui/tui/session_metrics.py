"""The numbers about all runs that were started in one workbench."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice

from agentflow_tui.history.event import HistoryEvent
from agentflow_tui.telemetry.agent_metrics import Metrics, MetricsFold


class SessionMetrics:
    """Counts each event once, while it is shown; a resumed run counts with what it did before."""

    def __init__(self) -> None:
        """Begin without a run."""
        self._fold = MetricsFold()
        self._history: Sequence[HistoryEvent] = ()
        self._taken = 0
        self.on_change: Callable[[], None] | None = None
        """Called when a number changed."""

    @property
    def metrics(self) -> Metrics:
        """The numbers so far; the same object while nothing changed."""
        return self._fold.snapshot()

    def take_in(self, history: Sequence[HistoryEvent]) -> None:
        """Count what is new in the newest run; what is left of the one before comes first."""
        before = self.metrics
        self._drain()
        if history is not self._history:
            self._history, self._taken = history, 0
            self._drain()
        if self.on_change is not None and self.metrics is not before:
            self.on_change()

    def _drain(self) -> None:
        end = len(self._history)
        if end == self._taken:
            return
        for event in islice(self._history, self._taken, end):
            self._fold.apply(event)
        self._taken = end
