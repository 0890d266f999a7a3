"""Histories for these tests, with times that can be counted by hand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from agentflow_tui.history import event as ev
from agentflow_tui.history import policy_event as pol
from agentflow_tui.history.delta import EMPTY_DELTA
from agentflow_tui.telemetry.span import Span
from agentflow_tui.telemetry.span_fold import SpanFold

RUN_ID = "6f1c2f3e-8f43-4c0f-9a55-2d0a0e1b7c11"
STARTED_AT = "2026-01-01T00:00:00+00:00"
ORIGIN = 1_767_225_600 * 1_000_000_000
SECRET_WORDS = "the prompt, the answer and the error say zanzibar"


class Script:
    """Writes events at given times."""

    def __init__(self, mode: str = "sequential", run_id: str = RUN_ID, started_at: str = STARTED_AT) -> None:
        self.events: list[ev.HistoryEvent] = []
        self.add(
            0,
            ev.RunStarted,
            run_id=run_id,
            flow="polish",
            mode=mode,
            chosen_by="default",
            reason="",
            event={"id": "e", "data": {"message": SECRET_WORDS}, "metadata": {}},
            session_id="s1",
            started_at=started_at,
        )

    def add(self, at: float, kind: type[ev.HistoryEvent], **values: Any) -> Script:
        self.events.append(kind(seq=len(self.events), at=at, **values))
        return self

    def starts(self, at: float, path: str, **values: Any) -> Script:
        return self.add(at, ev.AgentStarted, path=path, agent=name(path), **values)

    def completes(self, at: float, path: str, duration: float, **values: Any) -> Script:
        return self.add(
            at, ev.AgentCompleted, path=path, agent=name(path), delta=EMPTY_DELTA, duration=duration, **values
        )

    def fails(self, at: float, path: str, duration: float, category: str = "llm") -> Script:
        facts = {"error": SECRET_WORDS, "category": category, "duration": duration}
        return self.add(at, ev.AgentFailed, path=path, agent=name(path), **facts)

    def cancels(self, at: float, path: str, duration: float) -> Script:
        return self.add(at, ev.AgentCancelled, path=path, agent=name(path), duration=duration)

    def retries(self, at: float, path: str, attempt: int, category: str = "network") -> Script:
        return self.add(
            at,
            pol.AttemptFailed,
            path=path,
            agent=name(path),
            attempt=attempt,
            error=SECRET_WORDS,
            category=category,
            retry_in=1.0,
        )

    def attempts(self, at: float, path: str, attempt: int) -> Script:
        return self.add(at, pol.AttemptStarted, path=path, agent=name(path), attempt=attempt)

    def asks(self, at: float, path: str, call: str, **parameters: Any) -> Script:
        return self.add(
            at,
            ev.ModelCallStarted,
            path=path,
            agent=name(path),
            call=call,
            provider="azure",
            model="gpt-x",
            messages=({"role": "user", "content": SECRET_WORDS},),
            parameters=parameters,
        )

    def answers(
        self, at: float, path: str, call: str, prompt: int | None, completion: int | None, **values: Any
    ) -> Script:
        return self.add(
            at,
            ev.ModelCallEnded,
            path=path,
            agent=name(path),
            call=call,
            prompt_tokens=prompt,
            completion_tokens=completion,
            first_token_after=0.25,
            duration=1.0,
            finish_reason="stop",
            response=SECRET_WORDS,
            **values,
        )

    def breaks(self, at: float, path: str, call: str, category: str = "network") -> Script:
        facts = {"error": SECRET_WORDS, "category": category}
        return self.add(at, ev.ModelCallFailed, path=path, agent=name(path), call=call, **facts)

    def stops(self, at: float, path: str, call: str) -> Script:
        """A call that was cancelled, as an agent records it."""
        facts = {"error": "cancelled", "category": "unknown"}
        return self.add(at, ev.ModelCallFailed, path=path, agent=name(path), call=call, **facts)

    def ends(self, at: float, status: str = "completed", category: str = "", error: str = "") -> Script:
        return self.add(at, ev.RunEnded, status=status, category=category, error=error)


def name(path: str) -> str:
    return path.rpartition("/")[2]


def spans_of(events: Iterable[ev.HistoryEvent], *, content: bool = False) -> list[Span]:
    fold = SpanFold(content=content)
    done = [span for event in events for span in fold.apply(event)]
    return done + fold.finish()


def parents(spans: list[Span]) -> list[tuple[str, str]]:
    """Names of each span and of the one around it, in order of start."""
    by_id = {span.span_id: span for span in spans}
    assert len(by_id) == len(spans)
    ordered = sorted(spans, key=lambda span: span.start)
    return [(span.name, by_id[span.parent_id].name if span.parent_id else "") for span in ordered]
