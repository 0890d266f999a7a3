"""Everything that carries spans and metrics to one destination; importing it imports OpenTelemetry."""

from __future__ import annotations

import uuid

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.resources import Resource

from agentflow_tui import __version__
from agentflow_tui.telemetry import gen_ai
from agentflow_tui.telemetry.courier import CAPACITY, Courier
from agentflow_tui.telemetry.destination import Destination
from agentflow_tui.telemetry.run_meter import Instruments, RunMeter
from agentflow_tui.telemetry.run_watch import RunWatch
from agentflow_tui.telemetry.span import Span


class Pipeline:
    """One set of instruments and one courier for all runs that export to the same place."""

    def __init__(self, destination: Destination, *, capacity: int = CAPACITY) -> None:
        """Get ready; `OTEL_RESOURCE_ATTRIBUTES` and `OTEL_SERVICE_NAME` are respected."""
        resource = _resource()
        reader = InMemoryMetricReader()
        provider = MeterProvider([reader], resource, shutdown_on_exit=False)
        meter = provider.get_meter("agentflow_tui", __version__)
        self._instruments = Instruments(meter)
        lost = meter.create_counter(gen_ai.SPANS_LOST, "{span}", "Spans that could not be exported")
        self.courier = Courier(destination, reader, resource, capacity=capacity, on_loss=lost.add)

    def watch(self, *, content: bool, note: str = "") -> RunWatch:
        """Stand beside a new run."""
        return RunWatch(self, RunMeter(self._instruments), content=content, note=note)

    def put(self, span: Span) -> None:
        """Take an ended span; never waits."""
        self.courier.put(span)

    def flush(self) -> None:
        """Deliver soon; does not wait for it."""
        self.courier.flush()

    def close(self, seconds: float) -> int:
        """Deliver what waits, for so many seconds at most; returns how many spans are lost in all."""
        return self.courier.close(seconds)


def _resource() -> Resource:
    found = Resource.create({"service.version": __version__, "service.instance.id": str(uuid.uuid4())})
    if str(found.attributes["service.name"]).startswith("unknown_service"):
        return found.merge(Resource({"service.name": "agentflow-tui"}))
    return found
