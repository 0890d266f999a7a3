"""Spans and metrics to a server that takes OTLP over HTTP; needs the extra `otel`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import requests
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics.export import MetricExportResult, MetricsData
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExportResult

from agentflow_tui.llm.server_address import ServerAddress

REQUEST_SECONDS = 1.5
"""For one batch with all its attempts; less than the end of the program may wait."""


class _DeafSession(requests.Session):
    """Hears how a server answers and not what it says: that may be slow, and have no end."""

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        response = super().send(request, **{**options, "stream": True})
        response.close()
        return response


class OtlpDestination:
    """Posts protobuf to `v1/traces` and `v1/metrics` below one address.

    The exporters take headers, certificates and compression from the standard `OTEL_EXPORTER_OTLP_*`
    variables.
    """

    def __init__(self, endpoint: str, *, seconds: float = REQUEST_SECONDS) -> None:
        """Open nothing yet; `endpoint` was checked when the flow was read."""
        self._session = _DeafSession()
        # A proxy would look for a server on this machine on its own machine.
        if ServerAddress.parse(endpoint, bare_port=4318, key="endpoint").is_loopback:
            self._session.trust_env = False
        url = endpoint.rstrip("/")
        self._spans = OTLPSpanExporter(f"{url}/v1/traces", timeout=seconds, session=self._session)
        self._metrics = OTLPMetricExporter(f"{url}/v1/metrics", timeout=seconds, session=self._session)

    def spans(self, spans: Sequence[ReadableSpan]) -> bool:
        """Send a batch; what fails is logged by the exporter."""
        return self._spans.export(spans) is SpanExportResult.SUCCESS

    def metrics(self, data: MetricsData) -> bool:
        """Send what every instrument holds, counted since the program started."""
        return self._metrics.export(data) is MetricExportResult.SUCCESS

    def close(self) -> None:
        """Wake an exporter that waits before another attempt, and drop the connection."""
        self._spans.shutdown()  # type: ignore[no-untyped-call]
        self._metrics.shutdown()
