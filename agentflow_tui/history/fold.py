"""History events to the run state: `fold` for a whole history, `RunFold` for one that still grows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from agentflow_tui.history import event as ev
from agentflow_tui.history import policy_event as pol
from agentflow_tui.history.agent_run_book import AgentRunBook
from agentflow_tui.history.call_book import CallBook
from agentflow_tui.history.delta import Delta
from agentflow_tui.history.exit_reason import exit_words
from agentflow_tui.history.fan_event import BranchFailed, FanEnded, FanStarted, MergeConflict
from agentflow_tui.history.key_history import KeyHistory
from agentflow_tui.history.node_book import NodeBook
from agentflow_tui.history.run_state import RunState, StateView
from agentflow_tui.history.shallow_copy import shallow_copy
from agentflow_tui.history.stopped_by_hand import STOPPED_BY_PAUSE
from agentflow_tui.history.swap_event import FlowSwapped


def fold(events: Iterable[ev.HistoryEvent]) -> RunState:
    """Return the run at the end of these events; never raises on a history that stops anywhere."""
    folded = RunFold()
    for event in events:
        folded.apply(event)
    return folded.snapshot()


class RunFold:
    """The run state as it grows: `apply` each event, `snapshot` when someone looks.

    An event costs what it changed; a snapshot costs the parts that changed since the one before, and text
    that streams in is joined only then.
    """

    def __init__(self) -> None:
        """Begin before the first event."""
        self._shown = RunState()
        self._is_stale = False
        self._head = RunState()
        self._scopes: dict[str, _Scope] = {"": _Scope({}, {})}
        self._fans: dict[str, tuple[str, ...]] = {}
        self._nodes = NodeBook()
        self._runs = AgentRunBook()
        self._calls = CallBook()
        self._conflicts: list[tuple[str, str, tuple[str, ...], tuple[Any, ...]]] = []
        self._warnings: list[str] = []
        self._failure: ev.AgentFailed | None = None
        self._open_breakers: set[str] = set()
        self._cursor = -1
        self._elapsed = 0.0

    def apply(self, event: ev.HistoryEvent) -> None:
        """Take in the next event."""
        self._cursor = event.seq
        self._elapsed = event.at
        self._is_stale = True
        handler = _HANDLERS.get(type(event))
        if handler is not None:
            handler(self, event)

    def snapshot(self) -> RunState:
        """Return the run as it is now; the same object while nothing was applied."""
        if not self._is_stale:
            return self._shown
        self._is_stale = False
        shown, calls = self._shown, self._calls.snapshot()
        self._shown = replace(
            self._head,
            cursor=self._cursor,
            elapsed=self._elapsed,
            state=self._scopes[""].now,
            scopes={path: scope.now for path, scope in self._scopes.items() if path},
            nodes=self._nodes.snapshot(self._calls.streaming()),
            agent_runs=self._runs.snapshot(),
            calls=calls,
            conflicts=_grown(shown.conflicts, self._conflicts),
            warnings=_grown(shown.warnings, self._warnings),
            loop_ends=_grown(shown.loop_ends, self._nodes.loop_ends),
            prompt_tokens=self._calls.prompt_tokens,
            completion_tokens=self._calls.completion_tokens,
            answered_calls=self._calls.answered,
            calls_from_recordings=self._calls.from_recordings,
        )
        return self._shown

    def copy(self) -> RunFold:
        """Return one that goes on from here by itself; it costs what the run holds, not what happened."""
        new = shallow_copy(self)
        new._scopes = {path: scope.branch() for path, scope in self._scopes.items()}
        new._nodes, new._runs, new._calls = self._nodes.copy(), self._runs.copy(), self._calls.copy()
        return new

    def _scope(self, path: str) -> _Scope:
        # A scope that nobody opened can only come from a damaged history; the run's state is the best guess.
        if path not in self._scopes:
            self._scopes[path] = self._scopes[""].branch()
        return self._scopes[path]

    def _run_started(self, event: ev.RunStarted) -> None:
        first = StateView.at_start(event)
        self._scopes = {"": _Scope(first.data, first.meta)}
        self._head = replace(
            self._head,
            run_id=event.run_id,
            flow=event.flow,
            mode=event.mode,
            chosen_by=event.chosen_by,
            session_id=event.session_id,
            event=event.event,
            status="running",
        )

    def _run_ended(self, event: ev.RunEnded) -> None:
        failure, hint = self._failure, ""
        if event.status == "failed" and failure is not None:
            is_cause = failure.error in event.error or failure.category == event.category
            hint = failure.hint if is_cause else ""
        self._head = replace(
            self._head,
            status=event.status,
            error=event.error,
            category=event.category,
            hint=hint,
            paused_path="",
        )
        self._nodes.close(event.at)
        self._runs.close(event.seq)

    def _run_paused(self, event: ev.RunPaused) -> None:
        self._head = replace(self._head, status="paused", paused_path=event.path)
        self._nodes.pause(event.path)

    def _run_resumed(self, _event: ev.RunResumed) -> None:
        self._head = replace(self._head, status="running", paused_path="")
        self._nodes.resume()

    def _node_started(self, event: ev.NodeStarted) -> None:
        self._nodes.start(event.path, event.at)

    def _node_ended(self, event: ev.NodeEnded) -> None:
        self._nodes.end(event.path, event.status, event.at, event.reason)

    def _fan_started(self, event: FanStarted) -> None:
        self._nodes.start(event.path, event.at)
        self._fans[event.path] = event.branches
        parent = self._scope(event.scope)
        for branch in event.branches:
            self._scopes[branch] = parent.branch()

    def _fan_ended(self, event: FanEnded) -> None:
        self._nodes.end(event.path, event.status, event.at, event.reason)
        for branch in self._fans.pop(event.path, ()):
            self._scopes.pop(branch, None)
        self._scope(event.scope).change(event.delta)

    def _merge_conflict(self, event: MergeConflict) -> None:
        self._conflicts.append((event.path, event.key, event.branches, event.values))

    def _branch_failed(self, event: BranchFailed) -> None:
        self._nodes.fail_branch(event.path, event.branch, event.reason)

    def _iteration_started(self, event: ev.IterationStarted) -> None:
        self._head = replace(self._head, iteration=event.iteration, loop_path=event.path)
        self._nodes.iterate(event.path, event.iteration)
        self._scope(event.scope).change(event.delta)

    def _loop_stalled(self, event: ev.LoopStalled) -> None:
        self._warnings.append(f"{event.path}: iteration {event.iteration} and the one before changed nothing")

    def _choice_taken(self, event: ev.ChoiceTaken) -> None:
        self._nodes.choose(event.path, event.option, event.reason)

    def _handed_over(self, event: ev.HandedOver) -> None:
        self._nodes.hand_over(event.path, event.from_agent, event.to_agent)

    def _agent_started(self, event: ev.AgentStarted) -> None:
        self._nodes.start(event.path, event.at, iteration=event.iteration)
        self._runs.start(event, self._scope(event.scope).now)

    def _agent_completed(self, event: ev.AgentCompleted) -> None:
        scope = self._scope(event.scope)
        scope.change(event.delta)
        self._nodes.end(event.path, "completed", event.at)
        self._runs.complete(event, scope.now)

    def _agent_failed(self, event: ev.AgentFailed) -> None:
        self._failure = event
        status = "open" if event.agent in self._open_breakers else "failed"
        self._nodes.end(event.path, status, event.at, event.error)
        self._runs.fail(event)

    def _agent_cancelled(self, event: ev.AgentCancelled) -> None:
        status = "paused" if event.reason == STOPPED_BY_PAUSE else "cancelled"
        self._nodes.end(event.path, status, event.at, event.reason)
        self._runs.cancel(event)

    def _attempt_failed(self, event: pol.AttemptFailed) -> None:
        lead = "breaker open: " if event.agent in self._open_breakers else ""
        self._nodes.wait(event.path, "retrying", f"{lead}{event.error}")
        self._runs.retry(event.path)

    def _attempt_started(self, event: pol.AttemptStarted) -> None:
        self._nodes.wait(event.path, "running", "")

    def _throttled(self, event: pol.Throttled) -> None:
        self._nodes.wait(event.path, "throttled", "")

    def _breaker_changed(self, event: pol.BreakerChanged) -> None:
        if event.state == "open":
            self._open_breakers.add(event.agent)
        else:
            self._open_breakers.discard(event.agent)

    def _state_changed(self, event: ev.StateChanged) -> None:
        self._scope(event.scope).change(event.delta)
        self._nodes.leave(event.path, exit_words(event.delta), self._runs.count)

    def _flow_swapped(self, event: FlowSwapped) -> None:
        self._head = replace(self._head, swapped_text=event.text, swaps=self._head.swaps + 1)

    def _call_started(self, event: ev.ModelCallStarted) -> None:
        self._calls.start(event)
        self._runs.add_call(event.path, event.call)

    def _tokens(self, event: ev.TokensReceived) -> None:
        self._calls.receive(event)

    def _call_ended(self, event: ev.ModelCallEnded) -> None:
        self._calls.end(event)

    def _call_failed(self, event: ev.ModelCallFailed) -> None:
        self._calls.fail(event)

    def _callback_failed(self, event: ev.CallbackFailed) -> None:
        self._warnings.append(f"hook {event.hook} '{event.name}' failed: {event.error}")

    def _warned(self, event: ev.Warned) -> None:
        self._warnings.append(event.message)


class _Scope:
    """The state of one scope as it grows."""

    def __init__(self, data: Any, meta: Any) -> None:
        self._data = KeyHistory(data)
        self._meta = KeyHistory(meta)
        self.now = StateView(self._data.now, self._meta.now)

    def branch(self) -> _Scope:
        return _Scope(self.now.data, self.now.meta)

    def change(self, delta: Delta) -> None:
        if delta.set or delta.removed:
            self._data.change(delta.set, delta.removed)
        if delta.meta_set or delta.meta_removed:
            self._meta.change(delta.meta_set, delta.meta_removed)
        if not delta.is_empty:
            self.now = StateView(self._data.now, self._meta.now)


def _grown(shown: tuple[Any, ...], now: list[Any]) -> tuple[Any, ...]:
    return shown if len(shown) == len(now) else tuple(now)


_HANDLERS: dict[type[ev.HistoryEvent], Callable[[RunFold, Any], None]] = {
    ev.RunStarted: RunFold._run_started,
    ev.RunEnded: RunFold._run_ended,
    ev.RunPaused: RunFold._run_paused,
    ev.RunResumed: RunFold._run_resumed,
    ev.NodeStarted: RunFold._node_started,
    ev.NodeEnded: RunFold._node_ended,
    FanStarted: RunFold._fan_started,
    FanEnded: RunFold._fan_ended,
    MergeConflict: RunFold._merge_conflict,
    BranchFailed: RunFold._branch_failed,
    ev.IterationStarted: RunFold._iteration_started,
    ev.LoopStalled: RunFold._loop_stalled,
    ev.ChoiceTaken: RunFold._choice_taken,
    ev.HandedOver: RunFold._handed_over,
    ev.AgentStarted: RunFold._agent_started,
    ev.AgentCompleted: RunFold._agent_completed,
    ev.AgentFailed: RunFold._agent_failed,
    ev.AgentCancelled: RunFold._agent_cancelled,
    pol.AttemptFailed: RunFold._attempt_failed,
    pol.AttemptStarted: RunFold._attempt_started,
    pol.Throttled: RunFold._throttled,
    pol.BreakerChanged: RunFold._breaker_changed,
    ev.StateChanged: RunFold._state_changed,
    ev.ModelCallStarted: RunFold._call_started,
    ev.TokensReceived: RunFold._tokens,
    ev.ModelCallEnded: RunFold._call_ended,
    ev.ModelCallFailed: RunFold._call_failed,
    FlowSwapped: RunFold._flow_swapped,
    ev.CallbackFailed: RunFold._callback_failed,
    ev.Warned: RunFold._warned,
}
