"""A history event as one line for a person who watches a run without the screen."""

from __future__ import annotations

import json
from typing import Any

from agentflow_tui.history import event as events
from agentflow_tui.history import policy_event as policies
from agentflow_tui.history.delta import Delta
from agentflow_tui.history.event import HistoryEvent
from agentflow_tui.history.fan_event import BranchFailed, MergeConflict
from agentflow_tui.history.swap_event import FlowSwapped

_VALUE_LIMIT = 200
"""Characters of a value that a line shows."""


def event_line(event: HistoryEvent) -> str | None:
    """Return the line, with its time since the start; none for what only a program needs."""
    text = _text(event)
    return None if text is None else f"{event.at:7.2f}s  {text}"


def change_lines(event: HistoryEvent) -> list[str]:
    """Return one line for each key that an agent set or removed."""
    if not isinstance(event, events.AgentCompleted):
        return []
    return list(_changes(event.delta))


def _changes(delta: Delta) -> list[str]:
    indent = " " * 12
    lines = [
        f"{indent}{key} = {_value(value)}" for key, value in delta.set.items() if not _is_copy(key, delta)
    ]
    lines += [f"{indent}{key} removed" for key in delta.removed]
    lines += [f"{indent}meta {key} = {_value(value)}" for key, value in delta.meta_set.items()]
    return lines + [f"{indent}meta {key} removed" for key in delta.meta_removed]


def _is_copy(key: str, delta: Delta) -> bool:
    # Every LLM agent sets `<agent>_response` to the same text as `response`.
    return key.endswith("_response") and delta.set.get("response") == delta.set[key]


def _value(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _VALUE_LIMIT else text[: _VALUE_LIMIT - 1] + "…"


def _text(event: HistoryEvent) -> str | None:  # noqa: PLR0911 - one line per kind of event
    match event:
        case events.RunStarted():
            return f"▶ {event.flow}: {event.mode} ({event.reason})"
        case events.IterationStarted():
            return f"↻ iteration {event.iteration}"
        case events.AgentStarted():
            return f"◐ {event.agent}"
        case events.AgentCompleted():
            return f"● {event.agent} ({event.duration:.1f} s)"
        case events.AgentFailed():
            return f"✗ {event.agent} failed: {event.error}{_hint(event.hint)}"
        case events.AgentCancelled():
            return f"✗ {event.agent} cancelled"
        case events.ModelCallStarted():
            return f"  asks {event.provider} {event.model}"
        case _:
            return _rare_text(event)


def _rare_text(event: HistoryEvent) -> str | None:  # noqa: PLR0911 - one line per kind of event
    match event:
        case events.ChoiceTaken():
            return f"→ {event.option.rpartition('/')[2] or 'nothing'}: {event.reason}"
        case events.HandedOver():
            return f"→ {event.from_agent} hands over to {event.to_agent}"
        case MergeConflict():
            return f"! {event.key!r} was written by {', '.join(event.branches)}; {event.branches[-1]} wins"
        case BranchFailed():
            return f"✗ {event.branch} is left out: {event.reason}"
        case events.LoopStalled():
            return f"! iteration {event.iteration} changed nothing, nor did the one before"
        case events.NodeEnded() if event.status == "skipped":
            return f"⊘ {event.path} skipped: {event.reason}"
        case FlowSwapped():
            return f"⇄ another config from here on: {'; '.join(event.changes)}"
        case events.CallbackFailed():
            return f"! callback {event.name!r} at {event.hook} failed: {event.error}"
        case events.Warned():
            return f"! {event.message}"
        case events.RunEnded():
            glyph = "●" if event.status == "completed" else "✗"
            return f"{glyph} {event.status}" + (f": {event.error}" if event.error else "")
        case _:
            return _policy_text(event)


def _policy_text(event: HistoryEvent) -> str | None:
    match event:
        case policies.AttemptFailed():
            again = f"again in {event.retry_in:.1f} s"
            return f"↻ {event.agent} attempt {event.attempt} failed: {event.error}; {again}"
        case policies.Throttled():
            return f"◌ {event.agent} waits {event.wait:.1f} s for its rate limit"
        case policies.BreakerChanged():
            return f"⚡ circuit breaker of {event.agent} is {event.state.replace('_', '-')}"
        case policies.ErrorRouted():
            return f"→ {event.handler} handles it ({event.chosen_by}): {event.error}"
        case _:
            return None


def _hint(hint: str) -> str:
    return f" ({hint})" if hint else ""
