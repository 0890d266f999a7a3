"""Destinations that a test holds in its hand."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from opentelemetry.sdk.metrics.export import MetricsData, NumberDataPoint
from opentelemetry.sdk.trace import ReadableSpan


class Shelf:
    """Keeps what it gets, and can refuse it or hold the courier up."""

    def __init__(self, *, is_open: bool = True, accepts: bool = True) -> None:
        self.kept: list[ReadableSpan] = []
        self.numbers: list[MetricsData] = []
        self.door = threading.Event()
        self.arrived = threading.Event()
        self.is_closed = False
        self.accepts = accepts
        self.fault: Exception | None = None
        if is_open:
            self.door.set()

    def spans(self, spans: Sequence[ReadableSpan]) -> bool:
        self.arrived.set()
        self.door.wait(30)
        if self.fault is not None:
            raise self.fault
        if self.accepts:
            self.kept += spans
        return self.accepts

    def metrics(self, data: MetricsData) -> bool:
        self.numbers.append(data)
        return True

    def close(self) -> None:
        self.is_closed = True


def points(data: MetricsData) -> dict[tuple[str, tuple[tuple[str, object], ...]], object]:
    """Every number by metric and attributes; a histogram as (count, sum)."""
    found: dict[tuple[str, tuple[tuple[str, object], ...]], object] = {}
    for resource in data.resource_metrics:
        for scope in resource.scope_metrics:
            for metric in scope.metrics:
                for point in metric.data.data_points:
                    facts = tuple(sorted((key, value) for key, value in (point.attributes or {}).items()))
                    if isinstance(point, NumberDataPoint):
                        found[metric.name, facts] = point.value
                    else:
                        found[metric.name, facts] = (point.count, point.sum)
    return found
