"""A thread that carries spans and metrics away, so that nobody has to wait for a server or a disk."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable

from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.resources import Resource

from agentflow_tui.telemetry.destination import Destination
from agentflow_tui.telemetry.otel_span import otel_span
from agentflow_tui.telemetry.span import Span

CAPACITY = 8192
"""Spans that may wait; one more is counted as lost."""
BATCH = 512
SECONDS_BETWEEN = 5.0
_log = logging.getLogger(__name__)


class Courier:
    """Takes spans without waiting and delivers them in batches, then the metrics, every few seconds."""

    def __init__(
        self,
        destination: Destination,
        reader: InMemoryMetricReader,
        resource: Resource,
        *,
        capacity: int = CAPACITY,
        on_loss: Callable[[int], None] = lambda _: None,
    ) -> None:
        """Start the thread; `on_loss` gets the number of each new loss, in whichever thread it is found."""
        self._destination = destination
        self._reader = reader
        self._resource = resource
        self._capacity = capacity
        self._on_loss = on_loss
        self._waiting: deque[Span] = deque()
        self._has_news = False
        self._is_failing = False
        self._wake = threading.Event()
        self._closing = threading.Event()
        self.delivered = 0
        """Spans that arrived."""
        self.overflowed = 0
        """Spans that found the queue full."""
        self.refused = 0
        """Spans that the destination did not take."""
        # A daemon: the program's end must not wait for a server that never answers.
        self._thread = threading.Thread(target=self._work, name="telemetry", daemon=True)
        self._thread.start()

    @property
    def lost(self) -> int:
        """Spans that nobody will ever see."""
        return self.overflowed + self.refused

    def put(self, span: Span) -> None:
        """Take an ended span; never waits."""
        self._has_news = True
        if len(self._waiting) >= self._capacity:
            self.overflowed += 1
            self._on_loss(1)
            return
        self._waiting.append(span)
        if len(self._waiting) >= BATCH:
            self._wake.set()

    def flush(self) -> None:
        """Ask for a delivery now; does not wait for it."""
        self._wake.set()

    def close(self, seconds: float) -> int:
        """Deliver what waits, for so many seconds at most; returns how many spans are lost in all."""
        self._closing.set()
        self._wake.set()
        self._thread.join(seconds)
        self._destination.close()
        if self._thread.is_alive():
            _log.warning("telemetry was given up after %g s", seconds)
        self.refused += len(self._waiting)
        self._waiting.clear()
        if self.lost:
            _log.warning(
                "%d spans were delivered; %d were lost: %d found the queue full, %d were not taken",
                self.delivered,
                self.lost,
                self.overflowed,
                self.refused,
            )
        return self.lost

    def _work(self) -> None:
        is_last = False
        while not is_last:
            self._wake.wait(SECONDS_BETWEEN)
            self._wake.clear()
            is_last = self._closing.is_set()
            # A destination that has just failed is not worth making the program's end wait again.
            if not (is_last and self._is_failing):
                self._deliver()

    def _deliver(self) -> None:
        if not self._has_news:
            return
        self._is_failing = True
        try:
            self._is_failing = not (self._deliver_spans() and self._deliver_metrics())
        except Exception:  # an uncaught one would be printed over the screen
            _log.exception("telemetry could not be delivered")

    def _deliver_spans(self) -> bool:
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
            is_taken = False
            try:
                is_taken = self._destination.spans([otel_span(span, self._resource) for span in batch])
            finally:
                if is_taken:
                    self.delivered += len(batch)
                else:
                    self.refused += len(batch)
                    self._on_loss(len(batch))
            if not is_taken:
                return False
        return True

    def _deliver_metrics(self) -> bool:
        self._has_news = False
        data = self._reader.get_metrics_data()
        return data is None or self._destination.metrics(data)
