"""One event in words."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from agentflow_tui.history import event as ev
from agentflow_tui.history import policy_event as pol
from agentflow_tui.history.delta import Delta
from agentflow_tui.history.exit_reason import exit_words
from agentflow_tui.history.fan_event import BranchFailed, FanEnded, FanStarted, MergeConflict
from agentflow_tui.history.swap_event import FlowSwapped

_STATUS = {
    "completed": ("●", "done", "completed"),
    "failed": ("✗", "failed", "failed"),
    "cancelled": ("⊗", "cancelled", "cancelled"),
    "skipped": ("⊘", "skipped", "skipped"),
}
_MOST_KEYS = 6
_SHORT_VALUE = 14
_LARGE = 10**_SHORT_VALUE


@dataclass(frozen=True, slots=True)
class Entry:
    """What a line of the timeline says about an event; outside text is not yet cleaned."""

    glyph: str
    words: str
    where: str = ""
    """Agent or path."""
    detail: str = ""
    status: str = "waiting"
    """Gives the colour: `timeline--<status>`."""


def entry_of(event: ev.HistoryEvent) -> Entry:
    """Return the event in words."""
    for describe in (_about_run, _about_agent, _about_model, _about_node, _about_policy):
        entry = describe(event)
        if entry is not None:
            return entry
    return Entry("·", event.kind.replace("_", " "))


def _ended(words: str, status: str, where: str, detail: str) -> Entry:
    glyph, word, style = _STATUS.get(status, ("?", status, "waiting"))
    return Entry(glyph, f"{words} {word}", where, detail, style)


def _about_run(event: ev.HistoryEvent) -> Entry | None:  # noqa: PLR0911
    match event:
        case ev.RunStarted():
            reason = event.reason or event.chosen_by
            return Entry("▶", "run started", event.flow, f"{event.mode} ({reason})", "running")
        case ev.RunEnded():
            return _ended("run", event.status, "", event.error)
        case ev.RunPaused():
            return Entry("⏸", "paused", event.path, event.reason, "paused")
        case ev.RunResumed():
            return Entry("▶", "resumed", "", f"until {event.until}", "running")
        case FlowSwapped():
            return Entry("⇄", "config swapped", event.path, "; ".join(event.changes), "paused")
        case ev.Warned():
            return Entry("⚠", "warning", event.path, event.message, "paused")
        case ev.CallbackFailed():
            return Entry("✗", "hook failed", event.name, f"{event.hook}: {event.error}", "failed")
    return None


def _about_agent(event: ev.HistoryEvent) -> Entry | None:  # noqa: PLR0911
    match event:
        case ev.AgentStarted():
            iteration = "" if event.iteration is None else f"it.{event.iteration}"
            return Entry("◐", "agent started", event.agent, iteration, "running")
        case ev.AgentPinned():
            return Entry("▣", "agent pinned", event.agent, "not called: its output is pinned", "paused")
        case ev.AgentCompleted():
            detail = f"{event.duration:.2f} s  {_keys(event.delta)}"
            return Entry("●", "agent done", event.agent, detail, "completed")
        case ev.AgentFailed():
            return Entry("✗", "agent failed", event.agent, f"{event.category}: {event.error}", "failed")
        case ev.AgentCancelled():
            return Entry("⊗", "agent cancelled", event.agent, event.reason, "cancelled")
        case ev.StateChanged():
            detail = "  ".join(filter(None, (exit_words(event.delta), _keys(event.delta))))
            return Entry("Δ", "state changed", event.path, detail)
        case ev.HandedOver():
            hop = f"→ {event.to_agent} (hand-over {event.hop})"
            return Entry("↪", "handed over", event.from_agent, hop, "running")
    return None


def _about_model(event: ev.HistoryEvent) -> Entry | None:
    match event:
        case ev.ModelCallStarted():
            return Entry("↑", "model asked", event.agent, f"{event.provider} {event.model}", "running")
        case ev.TokensReceived():
            return Entry("…", "text", event.path, event.text)
        case ev.ModelCallEnded():
            tokens = "" if event.completion_tokens is None else f"{event.completion_tokens} tokens"
            detail = f"{event.duration:.2f} s  {tokens}  {event.finish_reason}"
            return Entry("↓", "model answered", event.agent, detail, "completed")
        case ev.ModelCallFailed(is_cancelled=True):
            return Entry("⊗", "model cancelled", event.agent, "", "cancelled")
        case ev.ModelCallFailed():
            return Entry("✗", "model failed", event.agent, f"{event.category}: {event.error}", "failed")
    return None


def _about_node(event: ev.HistoryEvent) -> Entry | None:  # noqa: PLR0911
    match event:
        case ev.NodeStarted():
            return Entry("┌", "begins", event.path)
        case ev.NodeEnded():
            return _ended("part", event.status, event.path, event.reason)
        case FanStarted():
            return Entry("╞", "parallel begins", event.path, f"{len(event.branches)} branches")
        case FanEnded():
            return _ended("parallel", event.status, event.path, event.reason or _keys(event.delta))
        case MergeConflict():
            return Entry("⚠", "conflict", event.path, f"{event.key}: {', '.join(event.branches)}", "paused")
        case BranchFailed():
            return Entry("✗", "branch failed", event.branch, event.reason, "failed")
        case ev.IterationStarted():
            return Entry("↻", "iteration", event.path, f"it.{event.iteration} begins")
        case ev.IterationEnded():
            return _ended("iteration", event.status, event.path, f"it.{event.iteration}")
        case ev.LoopStalled():
            return Entry("⚠", "loop stalled", event.path, f"it.{event.iteration} changed nothing", "paused")
        case ev.ChoiceTaken():
            return Entry("◇", "choice", event.path, f"→ {event.option or 'nothing'} ({event.reason})")
    return None


def _about_policy(event: ev.HistoryEvent) -> Entry | None:
    match event:
        case pol.AttemptFailed():
            detail = (
                f"attempt {event.attempt}, again in {event.retry_in:.2f} s  {event.category}: {event.error}"
            )
            return Entry("↻", "attempt failed", event.agent, detail, "retrying")
        case pol.AttemptStarted():
            return Entry("◐", "attempt started", event.agent, f"attempt {event.attempt}", "running")
        case pol.Throttled():
            return Entry("◌", "throttled", event.agent, f"for {event.wait:.2f} s", "throttled")
        case pol.BreakerChanged():
            status = {"open": "open", "half_open": "paused"}.get(event.state, "completed")
            return Entry("⚡", f"breaker {event.state.replace('_', '-')}", event.agent, "", status)
        case pol.ErrorRouted():
            detail = f"{event.category} ({event.severity}) by {event.chosen_by}: {event.error}"
            return Entry("↪", "error handler", event.handler, detail, "running")
    return None


def _keys(delta: Delta) -> str:
    signed = [f"~{key}{_told(value)}" for key, value in delta.set.items()]
    signed += [f"-{key}" for key in delta.removed]
    signed += [f"~meta.{key}{_told(value)}" for key, value in delta.meta_set.items()]
    signed += [f"-meta.{key}" for key in delta.meta_removed]
    more = f" and {len(signed) - _MOST_KEYS} more" if len(signed) > _MOST_KEYS else ""
    return " ".join(signed[:_MOST_KEYS]) + more if signed else "no change"


def _told(value: Any) -> str:
    """A value that is short enough to be read in passing; nothing of any other."""
    match value:
        case None | bool():
            return f"={json.dumps(value)}"
        case float():
            return f"={value:.6g}"
        case int() if abs(value) < _LARGE:
            return f"={value}"
        case str() if len(value) <= _SHORT_VALUE:
            return f"={json.dumps(value, ensure_ascii=False)}"
    return ""
