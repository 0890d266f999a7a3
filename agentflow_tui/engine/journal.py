"""The pen that writes a run's history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from agentflow_tui.engine.run_time import RunTime
from agentflow_tui.history.event import HistoryEvent


class Journal:
    """Numbers the events of one run and gives them to `emit`; keeps none, writes none once it is closed.

    When `emit` raises, nothing more is written, `error` holds what it raised and `on_error` is called: a run
    that cannot be recorded has to end.
    """

    __slots__ = ("_calls", "_emit", "error", "now", "on_error", "seq", "started")

    def __init__(self, emit: Callable[[HistoryEvent], None], time: RunTime) -> None:
        """Start with number 0."""
        self._emit = emit
        self.now = time.now
        self.started = time.started
        self.seq = 0
        """The number of the event that is told next."""
        self._calls = 0
        self.error: BaseException | None = None
        self.on_error: Callable[[], None] | None = None

    def record(self, kind: type[HistoryEvent], **fields: Any) -> None:
        """Write an event of this kind; `seq` and `at` are filled in."""
        self.tell(kind.made(seq=self.seq, at=self.at(), **fields))

    def at(self) -> float:
        """Seconds since the run began, pauses included."""
        return self.now() - self.started

    def tell(self, event: HistoryEvent) -> None:
        """Write an event that was made with `seq` and `at` of now, which is quicker than `record`."""
        self.seq += 1
        try:
            self._emit(event)
        except BaseException as error:  # kept: raised through the engine here, it would tear a run in two
            self.error = error
            self.close()
            if self.on_error is not None:
                self.on_error()

    def close(self) -> None:
        """Write nothing any more."""
        self._emit = _nobody

    def skip_calls(self, count: int) -> None:
        """Give out no id up to that of call `count`: the run's past has them."""
        self._calls = max(self._calls, count)

    def new_call(self) -> str:
        """An id for a model call that no other in the run has."""
        self._calls += 1
        return f"call-{self._calls}"


def _nobody(_: HistoryEvent) -> None:
    """Who listens to a closed journal."""
