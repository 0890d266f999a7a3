"""History events to spans: a pure function of the history, so the same run always has the same spans."""

from __future__ import annotations

import hashlib
import json
import time
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from agentflow_tui.history import event as ev
from agentflow_tui.history.fan_event import FanEnded, FanStarted
from agentflow_tui.telemetry import gen_ai
from agentflow_tui.telemetry.note_fields import NOTE_FIELDS, WRITTEN_FIELDS
from agentflow_tui.telemetry.span import Span, SpanNote, Value

MOST_NOTES = 128
"""Notes of one span that are kept, the first ones; a long loop would otherwise make one span endless."""
LONGEST_TEXT = 32_768
"""Characters of a prompt, an answer or an error that are exported."""


class SpanFold:
    """The spans of one run as its history grows: run, then phase and iteration, agent run, model call.

    Ids come from the run's id and the event's position. A run whose id is a UUID has it as trace id.
    """

    def __init__(self, *, content: bool = False) -> None:
        """Begin before the first event; with `content` prompts, answers and error texts are kept."""
        self._content = content
        self._trace = 0
        self._origin = 0
        self._last = 0.0
        self._root: Span | None = None
        self._open: dict[str, Span] = {}
        self._iterations: dict[str, Span] = {}
        self._calls: dict[str, Span] = {}
        self._done: list[Span] = []

    def apply(self, event: ev.HistoryEvent) -> list[Span]:
        """Take the next event; give the spans that it ended, inner ones first."""
        kind = type(event)
        self._last = event.at
        handle = _HANDLERS.get(kind)
        if handle is not None:
            handle(self, event)
        elif kind in NOTE_FIELDS and self._root is not None:
            self._note(event, kind.kind, NOTE_FIELDS[kind])
        if not self._done:
            return []
        done, self._done = self._done, []
        return done

    def finish(self) -> list[Span]:
        """Give the spans that are still open, for a history that ended without its last event."""
        self._close_all("unfinished")
        done, self._done = self._done, []
        return done

    def _run_started(self, event: ev.RunStarted) -> None:
        self._trace = _trace_id(event.run_id)
        self._origin = _wall_clock(event.started_at) - _nanoseconds(event.at)
        self._root = self._span(event, f"{gen_ai.INVOKE_WORKFLOW} {event.flow}".rstrip(), None)
        self._root.attributes |= {
            gen_ai.OPERATION_NAME: gen_ai.INVOKE_WORKFLOW,
            gen_ai.WORKFLOW_NAME: event.flow,
            gen_ai.CONVERSATION_ID: event.session_id,
            gen_ai.RUN_ID: event.run_id,
            gen_ai.MODE: event.mode,
        }

    def _run_ended(self, event: ev.RunEnded) -> None:
        root, self._root = self._root, None
        self._close_all("unfinished")
        if root is not None:
            self._end(root, event, event.status, event.category, event.error)

    def _node_started(self, event: ev.NodeStarted | FanStarted) -> None:
        span = self._begin(self._open, event.path, event, event.path)
        span.attributes |= {gen_ai.PATH: event.path, gen_ai.SCOPE: event.scope}

    def _node_ended(self, event: ev.NodeEnded | FanEnded) -> None:
        span = self._open.pop(event.path, None)
        if span is not None:
            self._end(span, event, event.status, "", event.reason)
        elif event.status == "skipped" and self._root is not None:
            self._note(event, "node_skipped", ("path",))

    def _iteration_started(self, event: ev.IterationStarted) -> None:
        span = self._begin(self._iterations, event.path, event, f"{event.path} iteration", event.path)
        span.attributes |= {
            gen_ai.PATH: event.path,
            gen_ai.SCOPE: event.scope,
            gen_ai.ITERATION: event.iteration,
        }

    def _iteration_ended(self, event: ev.IterationEnded) -> None:
        span = self._iterations.pop(event.path, None)
        if span is not None:
            self._end(span, event, event.status)

    def _agent_started(self, event: ev.AgentStarted) -> None:
        span = self._begin(self._open, event.path, event, f"{gen_ai.INVOKE_AGENT} {event.agent}")
        span.attributes |= {
            gen_ai.OPERATION_NAME: gen_ai.INVOKE_AGENT,
            gen_ai.AGENT_NAME: event.agent,
            gen_ai.PATH: event.path,
            gen_ai.SCOPE: event.scope,
        }
        if event.iteration is not None:
            span.attributes[gen_ai.ITERATION] = event.iteration
        if event.stage:
            span.attributes[gen_ai.STAGE] = event.stage

    def _agent_ended(self, event: ev.AgentCompleted | ev.AgentFailed | ev.AgentCancelled) -> None:
        span = self._open.pop(event.path, None)
        if span is None:
            return
        if isinstance(event, ev.AgentFailed):
            self._end(span, event, "failed", event.category, event.error)
        else:
            self._end(span, event, event.kind.removeprefix("agent_"))

    def _call_started(self, event: ev.ModelCallStarted) -> None:
        # A call belongs to the agent run at its own path.
        span = self._begin(self._calls, event.call, event, f"{gen_ai.CHAT} {event.model}", event.path)
        span.is_client = True
        span.attributes |= {
            gen_ai.OPERATION_NAME: gen_ai.CHAT,
            gen_ai.PROVIDER_NAME: gen_ai.PROVIDER_NAMES.get(event.provider, event.provider),
            gen_ai.REQUEST_MODEL: event.model,
            gen_ai.AGENT_NAME: event.agent,
            gen_ai.PATH: event.path,
        }
        for name, attribute in gen_ai.REQUEST_PARAMETERS.items():
            if isinstance(value := event.parameters.get(name), int | float):
                span.attributes[attribute] = value
        if self._content:
            span.attributes[gen_ai.INPUT_MESSAGES] = _messages(event.messages)

    def _call_ended(self, event: ev.ModelCallEnded) -> None:
        span = self._calls.pop(event.call, None)
        if span is None:
            return
        facts = {
            gen_ai.USAGE_INPUT_TOKENS: event.prompt_tokens,
            gen_ai.USAGE_OUTPUT_TOKENS: event.completion_tokens,
            gen_ai.RESPONSE_TIME_TO_FIRST_CHUNK: event.first_token_after,
        }
        span.attributes |= {name: value for name, value in facts.items() if value is not None}
        span.attributes[gen_ai.RESPONSE_FINISH_REASONS] = (event.finish_reason,)
        if event.source == gen_ai.RECORDING:
            span.attributes[gen_ai.SOURCE] = event.source
        if self._content:
            answer = {"role": "assistant", "content": event.response}
            span.attributes[gen_ai.OUTPUT_MESSAGES] = _messages((answer,))
        self._end(span, event, "completed")

    def _call_failed(self, event: ev.ModelCallFailed) -> None:
        span = self._calls.pop(event.call, None)
        if span is not None:
            status = "cancelled" if event.is_cancelled else "failed"
            self._end(span, event, status, event.category, event.error)

    def _begin(
        self, book: dict[str, Span], key: str, event: Any, name: str, inside: str | None = None
    ) -> Span:
        """Open a span below the one at the path `inside`, or below the nearest around the event's path."""
        old = book.pop(key, None)
        if old is not None:
            self._end(old, event, "unfinished")
        parent = self._around(event.path.rpartition("/")[0] if inside is None else inside)
        span = book[key] = self._span(event, name, parent)
        return span

    def _around(self, path: str) -> Span | None:
        while path:
            span = self._iterations.get(path) or self._open.get(path)
            if span is not None:
                return span
            path = path.rpartition("/")[0]
        return self._root

    def _span(self, event: ev.HistoryEvent, name: str, parent: Span | None) -> Span:
        digest = hashlib.blake2b(f"{self._trace}:{event.seq}".encode(), digest_size=8).digest()
        span_id = int.from_bytes(digest, "big") or 1
        return Span(name, self._trace, span_id, parent.span_id if parent else None, self._time(event.at))

    def _end(
        self, span: Span, event: ev.HistoryEvent, status: str, category: str = "", text: str = ""
    ) -> None:
        self._finish(span, event.at, status)
        if status == "failed":
            span.status = "error"
            span.description = category
            if category:
                span.attributes[gen_ai.ERROR_TYPE] = category
            if self._content and text:
                span.description = text[:LONGEST_TEXT]
        elif status == "completed":
            span.status = "ok"

    def _finish(self, span: Span, at: float, status: str) -> None:
        span.end = max(self._time(at), span.start)
        span.attributes[gen_ai.STATUS] = status
        self._done.append(span)

    def _close_all(self, status: str) -> None:
        books = (self._calls, self._open, self._iterations)
        spans = [span for book in books for span in book.values()]
        if self._root is not None:
            spans.append(self._root)
        for span in sorted(spans, key=lambda each: each.start, reverse=True):
            self._finish(span, self._last, status)
        for book in books:
            book.clear()
        self._root = None

    def _note(self, event: ev.HistoryEvent, name: str, fields: tuple[str, ...]) -> None:
        span = self._around(getattr(event, "path", ""))
        if span is None or len(span.notes) >= MOST_NOTES:
            return
        if self._content:
            fields += tuple(field for field in WRITTEN_FIELDS if hasattr(event, field))
        values: dict[str, Value] = {f"agentflow.{field}": _short(getattr(event, field)) for field in fields}
        span.notes.append(SpanNote(name, self._time(event.at), values))

    def _time(self, at: float) -> int:
        return self._origin + _nanoseconds(at)


def _short(value: Value) -> Value:
    return value[:LONGEST_TEXT] if isinstance(value, str) else value


def _nanoseconds(seconds: float) -> int:
    return round(seconds * 1_000_000_000)


def _trace_id(run_id: str) -> int:
    try:
        number = uuid.UUID(run_id).int
    except ValueError:
        number = int.from_bytes(hashlib.blake2b(run_id.encode(), digest_size=16).digest(), "big")
    return number or 1


def _wall_clock(started_at: str) -> int:
    try:
        return _nanoseconds(datetime.fromisoformat(started_at).timestamp())
    except (ValueError, OverflowError, OSError):
        return time.time_ns()


def _messages(messages: tuple[dict[str, str], ...]) -> str:
    """In the convention's own form, as JSON; long texts are cut."""
    return json.dumps(
        [
            {
                "role": message.get("role", ""),
                "parts": [{"type": "text", "content": message.get("content", "")[:LONGEST_TEXT]}],
            }
            for message in messages
        ]
    )


_HANDLERS: Mapping[type[ev.HistoryEvent], Callable[[SpanFold, Any], None]] = MappingProxyType(
    {
        ev.RunStarted: SpanFold._run_started,
        ev.RunEnded: SpanFold._run_ended,
        ev.NodeStarted: SpanFold._node_started,
        ev.NodeEnded: SpanFold._node_ended,
        FanStarted: SpanFold._node_started,
        FanEnded: SpanFold._node_ended,
        ev.IterationStarted: SpanFold._iteration_started,
        ev.IterationEnded: SpanFold._iteration_ended,
        ev.AgentStarted: SpanFold._agent_started,
        ev.AgentCompleted: SpanFold._agent_ended,
        ev.AgentFailed: SpanFold._agent_ended,
        ev.AgentCancelled: SpanFold._agent_ended,
        ev.ModelCallStarted: SpanFold._call_started,
        ev.ModelCallEnded: SpanFold._call_ended,
        ev.ModelCallFailed: SpanFold._call_failed,
    }
)
