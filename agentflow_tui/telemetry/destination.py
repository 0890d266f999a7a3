"""Where spans and metrics go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from opentelemetry.sdk.metrics.export import MetricsData
    from opentelemetry.sdk.trace import ReadableSpan


class Destination(Protocol):
    """Called by one thread only, but for `close`. What goes wrong is logged and answered with False."""

    def spans(self, spans: Sequence[ReadableSpan]) -> bool:
        """Write or send a batch; returns whether that was done."""

    def metrics(self, data: MetricsData) -> bool:
        """Write or send what every instrument holds now; returns whether that was done."""

    def close(self) -> None:
        """Let go at once; a call that is under way in another thread gives up as soon as it can."""
