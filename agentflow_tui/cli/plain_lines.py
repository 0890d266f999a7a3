"""A run told in plain sentences, one after the other: for screen readers, pipes and logs.

No sign stands for a word, nothing is drawn again, and each line says who speaks.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from agentflow_tui.history import event as events
from agentflow_tui.history import policy_event as policies
from agentflow_tui.history.delta import Delta
from agentflow_tui.history.event import HistoryEvent
from agentflow_tui.history.fan_event import BranchFailed, FanEnded, FanStarted, MergeConflict
from agentflow_tui.history.run_state import StateView
from agentflow_tui.history.swap_event import FlowSwapped

_VALUE_LIMIT = 500
"""Characters of a value that a line tells."""


@dataclass(eq=False)
class PlainLines:
    """Turns history events into lines; text that streams is told line by line as it is complete."""

    _speakers: dict[str, str] = field(default_factory=dict)
    _pending: dict[str, str] = field(default_factory=dict)
    _said: dict[str, str] = field(default_factory=dict)
    """The last answer of each agent run, by its path: nobody has to hear it twice."""

    def of(self, event: HistoryEvent) -> Iterator[str]:
        """Yield the lines of an event, in order; none for what only a program needs."""
        match event:
            case events.ModelCallStarted():
                self._speakers[event.call] = event.agent
                yield f"Agent {event.agent} asks the model {event.model} of {event.provider}."
            case events.TokensReceived():
                yield from self._streamed(event)
            case events.ModelCallEnded():
                if rest := self._pending.pop(event.call, "").strip():
                    yield f"{event.agent} says: {rest}"
                self._said[event.path] = event.response
                source = " from a recording" if event.source == "recording" else ""
                answer = f"{_tokens(event)}{_seconds(event.duration)}{source}"
                yield f"Agent {event.agent} has its answer, {answer}."
            case events.AgentCompleted():
                yield f"Agent {event.agent} completed after {_seconds(event.duration)}."
                yield from self._changes(event)
            case _:
                for tell in (_sentence, _rare_sentence, _parallel_sentence, _policy_sentence):
                    if text := tell(event):
                        yield text
                yield from _more(event)

    def _streamed(self, event: events.TokensReceived) -> Iterator[str]:
        speaker = self._speakers.get(event.call, event.path)
        *complete, rest = (self._pending.get(event.call, "") + event.text).split("\n")
        self._pending[event.call] = rest
        for line in complete:
            if line.strip():
                yield f"{speaker} says: {line}"

    def _changes(self, event: events.AgentCompleted) -> Iterator[str]:
        said = self._said.pop(event.path, None)
        for key, value in event.delta.set.items():
            # Every agent that asks a model sets its `<agent>_response` to the same text as `response`.
            is_copy = key == f"{event.agent}_response" and event.delta.set.get("response") == value
            if value == said and not is_copy:
                yield f"State: {key} is now what {event.agent} said"
            elif not is_copy:
                yield f"State: {key} is now {_value(value)}"
        yield from _without(event.delta)


def _more(event: HistoryEvent) -> Iterator[str]:
    """What belongs to an event besides its sentence: what a run is given, and what the engine changed."""
    match event:
        case events.RunStarted():
            first = StateView.at_start(event)
            for key, value in first.data.items():
                yield f"Input: {key} is {_value(value)}"
            for key, value in first.meta.items():
                yield f"Input, metadata: {key} is {_value(value)}"
        case events.StateChanged():
            for key, value in event.delta.set.items():
                yield f"State: {key} is now {_value(value)}"
            yield from _without(event.delta)
        case _:
            pass


def _without(delta: Delta) -> Iterator[str]:
    for key in delta.removed:
        yield f"State: {key} was removed"
    for key, value in delta.meta_set.items():
        yield f"Metadata: {key} is now {_value(value)}"
    for key in delta.meta_removed:
        yield f"Metadata: {key} was removed"


def _sentence(event: HistoryEvent) -> str:  # noqa: PLR0911 - one sentence per kind of event
    match event:
        case events.RunStarted():
            return f"Run of {event.flow} started, mode {event.mode}: {event.reason}"
        case events.RunPaused():
            return "Run paused" + (f": {event.reason}" if event.reason else ".")
        case events.RunResumed():
            return "Run goes on."
        case events.IterationStarted():
            return f"Iteration {event.iteration} started."
        case events.AgentStarted():
            return f"Agent {event.agent} started" + (f", stage {event.stage}." if event.stage else ".")
        case events.AgentFailed():
            hint = f". Hint: {event.hint}" if event.hint else ""
            return f"Agent {event.agent} failed: {event.error}{hint}"
        case events.AgentCancelled():
            return f"Agent {event.agent} was cancelled."
        case events.RunEnded():
            ended = f"Run {event.status} after {_seconds(event.at)}"
            return f"{ended}: {event.error}" if event.error else f"{ended}."
        case _:
            return ""


def _rare_sentence(event: HistoryEvent) -> str:  # noqa: PLR0911 - one sentence per kind of event
    match event:
        case events.ChoiceTaken():
            return f"Choice: {event.option.rpartition('/')[2] or 'nothing'}, {event.reason}"
        case events.HandedOver():
            return f"Agent {event.from_agent} hands over to {event.to_agent}."
        case events.NodeEnded() if event.status == "skipped":
            return f"{event.path} was skipped: {event.reason}"
        case events.LoopStalled():
            return f"Iteration {event.iteration} changed nothing, nor did the one before."
        case FlowSwapped():
            return f"Another config from here on. {'. '.join(event.changes)}."
        case events.AgentPinned():
            return f"Agent {event.agent} is pinned and not called."
        case events.CallbackFailed():
            return f"Callback {event.name} at {event.hook} failed: {event.error}"
        case events.Warned():
            return f"Warning: {event.message}"
        case _:
            return ""


def _parallel_sentence(event: HistoryEvent) -> str:
    match event:
        case FanStarted():
            names = ", ".join(branch.rpartition("/")[2] for branch in event.branches)
            return f"Side by side from here on: {names}."
        case FanEnded():
            return f"Side by side until here, {event.status}" + (f": {event.reason}" if event.reason else ".")
        case MergeConflict():
            writers = ", ".join(event.branches)
            return f"Conflict: {event.key} was written by {writers}; {event.branches[-1]} wins."
        case BranchFailed():
            return f"Branch {event.branch} is left out: {event.reason}"
        case _:
            return ""


def _policy_sentence(event: HistoryEvent) -> str:
    match event:
        case policies.AttemptFailed():
            again = f"trying again in {_seconds(event.retry_in)}"
            return f"Agent {event.agent}, attempt {event.attempt} failed: {event.error}; {again}."
        case policies.Throttled():
            return f"Agent {event.agent} waits {_seconds(event.wait)} for its rate limit."
        case policies.BreakerChanged():
            return f"Circuit breaker of {event.agent} is {event.state.replace('_', '-')}."
        case policies.ErrorRouted():
            return f"{event.handler} handles the error: {event.error}"
        case _:
            return ""


def _tokens(event: events.ModelCallEnded) -> str:
    count = event.completion_tokens
    return f"{count} token{'' if count == 1 else 's'} in " if count else ""


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f} seconds"


def _value(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _VALUE_LIMIT else f"{text[: _VALUE_LIMIT - 1]}…"
