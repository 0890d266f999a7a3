"""Our spans as OpenTelemetry's."""

from __future__ import annotations

from collections.abc import Mapping

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags

from agentflow_tui import __version__
from agentflow_tui.telemetry.span import Span, Value

SCOPE = InstrumentationScope("agentflow_tui", __version__)
_STATUS = {"unset": StatusCode.UNSET, "ok": StatusCode.OK, "error": StatusCode.ERROR}
_LARGEST = 2**63 - 1


def otel_span(span: Span, resource: Resource) -> ReadableSpan:
    """Return an ended span in the form that every exporter takes."""
    parent = None if span.parent_id is None else _context(span.trace_id, span.parent_id)
    return ReadableSpan(
        clean(span.name),
        context=_context(span.trace_id, span.span_id),
        parent=parent,
        resource=resource,
        attributes=_attributes(span.attributes),
        events=[Event(note.name, _attributes(note.attributes), note.at) for note in span.notes],
        kind=SpanKind.CLIENT if span.is_client else SpanKind.INTERNAL,
        status=Status(_STATUS[span.status], clean(span.description) or None),
        start_time=span.start,
        end_time=span.end,
        instrumentation_scope=SCOPE,
    )


def clean(text: str) -> str:
    """Return the text without lone surrogates, which no exporter can write."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _context(trace_id: int, span_id: int) -> SpanContext:
    return SpanContext(trace_id, span_id, is_remote=False, trace_flags=TraceFlags(TraceFlags.SAMPLED))


def _attributes(values: Mapping[str, Value]) -> dict[str, Value]:
    return {name: _attribute(value) for name, value in values.items()}


def _attribute(value: Value) -> Value:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, tuple):
        return tuple(clean(item) for item in value)
    # A number that does not fit would cost the whole batch.
    return str(value) if isinstance(value, int) and abs(value) > _LARGEST else value
