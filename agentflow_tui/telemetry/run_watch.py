"""What stands beside one run and makes spans and metrics of its events."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from agentflow_tui.history.event import HistoryEvent, TokensReceived
from agentflow_tui.telemetry.span_fold import SpanFold

if TYPE_CHECKING:
    from agentflow_tui.telemetry.pipeline import Pipeline
    from agentflow_tui.telemetry.run_meter import RunMeter

_log = logging.getLogger(__name__)


class RunWatch:
    """Takes the events of one run in order; never waits, never raises, and the run never knows."""

    def __init__(self, pipeline: Pipeline, meter: RunMeter, *, content: bool, note: str = "") -> None:
        """Give what comes of the events to `pipeline` and `meter`; `note` is for the person who runs it."""
        self.note = note
        self._pipeline = pipeline
        self._meter = meter
        self._spans: SpanFold | None = SpanFold(content=content)

    def take(self, event: HistoryEvent) -> None:
        """Take the next event, which holds no secret any more."""
        if self._spans is None or isinstance(event, TokensReceived):
            return
        try:
            self._meter.apply(event)
            for span in self._spans.apply(event):
                self._pipeline.put(span)
        except Exception:  # a fault in here must not end the run
            self._spans = None
            _log.exception("the spans and metrics of a run end here")

    def end(self) -> None:
        """No event follows; spans that are still open go out as they are."""
        if self._spans is not None:
            for span in self._spans.finish():
                self._pipeline.put(span)
        self._pipeline.flush()
