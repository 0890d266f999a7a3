"""Runs a plan for one event after the other."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import NamedTuple

from agentflow_tui.engine.agent import Agent
from agentflow_tui.engine.call import GRACE_SECONDS, Call
from agentflow_tui.engine.cancel_scope import CancelScope, Interrupted, Interruption
from agentflow_tui.engine.clock import Clock, SystemClock
from agentflow_tui.engine.control import Control
from agentflow_tui.engine.error_run import run_error_handler
from agentflow_tui.engine.errors import AgentError, NodeFailed, error_text
from agentflow_tui.engine.event import Event
from agentflow_tui.engine.frame import Frame
from agentflow_tui.engine.guards import Guards
from agentflow_tui.engine.hooks import Hook, Hooks
from agentflow_tui.engine.interpreter import Interpreter
from agentflow_tui.engine.journal import Journal
from agentflow_tui.engine.json_value import thaw
from agentflow_tui.engine.last_stop import LastStop
from agentflow_tui.engine.new_id import new_id
from agentflow_tui.engine.past import Past
from agentflow_tui.engine.run_result import RunResult
from agentflow_tui.engine.run_time import Deadline, RunTime
from agentflow_tui.engine.scope_state import ScopeState
from agentflow_tui.engine.signal import Signal
from agentflow_tui.engine.state import State
from agentflow_tui.history.delta import Delta
from agentflow_tui.history.event import HistoryEvent, RunEnded, RunStarted, Warned
from agentflow_tui.plan.node import Plan


class Engine:
    """A plan, its agents, and everything a run of them needs."""

    def __init__(  # noqa: PLR0913 - what a run is made of
        self,
        plan: Plan,
        agents: Mapping[str, Agent],
        *,
        emit: Callable[[HistoryEvent], None],
        clock: Clock | None = None,
        hooks: Hooks | None = None,
        control: Control | None = None,
        run_id: str | None = None,
        flow_name: str = "",
        guards: Guards | None = None,
        rng: Callable[[], float] = random.random,
        past: Past | None = None,
    ) -> None:
        """Keep the parts. `emit` gets every history event in order, on the event loop.

        `guards` are the circuit breakers and rate limits, shared with other runs where given; `rng` gives
        numbers from 0 to 1 for the jitter of retries. With a `past` the first run goes through it again and
        on from its end.
        """
        self._plan = plan
        self._agents = agents
        self._emit = emit
        self._clock: Clock = clock or SystemClock()
        self._hooks = hooks or Hooks()
        self._control = control or Control()
        self._run_id = run_id
        self._flow_name = flow_name
        self._guards = guards or Guards(self._clock)
        self._rng = rng
        self._past = past

    async def run(
        self, event: Event, *, chosen_by: str = "default", reason: str = "", problem: str = ""
    ) -> RunResult:
        """Take one event through the plan; whatever its agents do, it ends and says how (semantics §5).

        `chosen_by` (`override`, `switch` or `default`) and `reason` tell the history why this mode runs.
        With a `problem`, nothing runs but the error handler, and the run fails with it.
        Raises `asyncio.CancelledError`, after the run has ended in order, when the awaiting task is
        cancelled, and what `emit` raised when it did, which stops the run.
        """
        past, self._past = self._past, None
        time = RunTime(past.clock(self._clock) if past is not None else self._clock)
        journal = Journal(past.listening(self._emit) if past is not None else self._emit, time)
        try:
            frozen = event.frozen()
        except AgentError as error:
            frozen, problem = Event(str(event.id)).frozen(), f"the event cannot be used: {error}"
        run = Interpreter(
            frozen,
            agents=self._agents,
            hooks=self._hooks,
            control=self._control,
            journal=journal,
            time=time,
            guards=self._guards,
            rng=self._rng,
            past=past,
        )
        return await _Course(self._plan, run, self._run_id or new_id()).go(
            problem,
            flow=self._flow_name,
            chosen_by=chosen_by,
            reason=reason,
            started_at=self._clock.timestamp(),
        )


class _End(NamedTuple):
    status: str
    error: str = ""
    category: str = ""
    hint: str = ""


class _Firing(Call):
    """The callbacks on a hook of the run itself."""

    left: State | None = None
    """The state that they left."""

    def __init__(
        self, run: Interpreter, hook: Hook, state: ScopeState, stops: CancelScope, ended: Signal
    ) -> None:
        self._hooks = run.hooks
        self._hook = hook
        self._given = State.over(state.data, state.meta)
        super().__init__(run.crew, stops, lambda _: ended.set(), f"hook {hook}")

    async def work(self) -> None:
        self.left = await self._hooks.fire(self._hook, self._given)


class _Course:
    """One run from its first event to its last."""

    def __init__(self, plan: Plan, run: Interpreter, run_id: str) -> None:
        self._plan = plan
        self._run = run
        self._run_id = run_id
        facts = run.event_facts
        self._state = ScopeState(dict(facts["data"]), dict(facts["metadata"]))
        self._frame = Frame("", self._state, run.stops)
        self._last_stop = LastStop(run.control, run.journal, run.time, run.stops, run.cancel_from_outside)

    async def go(self, problem: str, **facts: str) -> RunResult:
        run, plan = self._run, self._plan
        event = run.event
        if run.past is not None:
            run.past.begin(run, self._frame, plan.root.path)
        run.journal.record(
            RunStarted,
            run_id=self._run_id,
            mode=plan.mode,
            session_id=event.session_id,
            event=run.event_facts,
            **facts,
        )
        run.control.listen(self._control_used)
        self._control_used()
        self._deadline = Deadline(run.time, plan.timeout, self._expire)
        run.on_swap = self._follow
        try:
            ended = await self._through(problem)
            await self._after()
        finally:
            self._deadline.cancel()
            run.control.listen(None)
            # Else the run would be garbage that only the collector finds.
            run.journal.on_error = run.on_swap = None
        run.journal.record(RunEnded, status=ended.status, error=ended.error, category=ended.category)
        if run.past is not None:
            run.past.end()
        if run.journal.error is not None:
            raise run.journal.error
        if run.is_cancelled_from_outside:
            raise asyncio.CancelledError
        data = {key: thaw(value) for key, value in self._state.data.items()}
        return RunResult(
            self._run_id,
            ended.status,
            ended.error,
            ended.category,
            ended.hint,
            event.session_id,
            data,
            dict(self._state.meta),
        )

    async def _through(self, problem: str) -> _End:
        run = self._run
        try:
            if problem:
                raise NodeFailed(problem, category="validation")
            await self._fire("BeforeEventHandling", run.stops)
            await run.node(self._plan.root, self._frame)
            await self._last_stop.pass_by()
        except NodeFailed as failure:
            return await self._failed(failure)
        except Interrupted as stopped:
            return self._bad_end(stopped)
        except Exception as error:  # noqa: BLE001 - a fault of the engine must still end the run
            return _End("failed", f"the engine failed: {error_text(error)}", "unknown")
        return _End("completed")

    async def _failed(self, failure: NodeFailed) -> _End:
        run, routes = self._run, self._plan.error_routes
        if routes is not None:
            with suppress(Interrupted):
                await run_error_handler(run, routes, self._frame, failure)
        ended = self._bad_end(failure)
        await self._last_stop.pass_by()
        return ended

    def _bad_end(self, error: NodeFailed | Interrupted) -> _End:
        stopped = self._run.stops.interruption
        if stopped is not None:
            if stopped.kind == "cancel":
                return _End("cancelled", stopped.text)
            hint = "set [orchestration] timeout_seconds to allow more"
            return _End("failed", stopped.text, "timeout", hint)
        if isinstance(error, NodeFailed):
            return _End("failed", error.message, error.category, error.hint)
        return _End("failed", error.interruption.text, "unknown")

    async def _after(self) -> None:
        run = self._run
        if run.stops.interruption is None:
            await self._fire("AfterEventHandling", run.stops)
            return
        # The run's own scope is stopped: the last hooks get one of their own, and little time.
        last = CancelScope()
        end = Interruption("timeout", "the run is over")
        deadline = Deadline(run.time, GRACE_SECONDS, lambda: last.interrupt(end))
        await self._fire("AfterEventHandling", last)
        deadline.cancel()

    async def _fire(self, hook: Hook, stops: CancelScope) -> None:
        run = self._run
        told = None if run.past is None else run.past.hook_delta(hook)
        if told is not None:
            self._take(told)
            return
        if run.hooks.is_idle(hook):
            return
        ended = Signal(run.cancel_from_outside)
        call = _Firing(run, hook, self._state, stops, ended)
        await ended.wait()
        if call.is_abandoned:
            run.journal.record(Warned, message=f"a callback on '{hook}' did not stop; it was left behind")
        if call.interruption is None and call.left is not None:
            self._take(call.left.delta())

    def _take(self, delta: Delta) -> None:
        """What callbacks changed."""
        if not delta.is_empty:
            self._run.take(self._frame, self._plan.root.path, delta)

    def _control_used(self) -> None:
        reason = self._run.control.cancel_reason
        if reason is not None:
            self._run.cancel(reason)
        self._run.gate.changed()
        self._last_stop.changed()

    def _follow(self, plan: Plan) -> None:
        """Another config is in force: its limit on the whole run, and its ways out of a failure."""
        run = self._run
        self._plan = plan
        self._deadline.cancel()
        self._deadline = Deadline(run.time, max(0.0, plan.timeout - run.time.active()), self._expire)

    def _expire(self) -> None:
        plan = self._plan
        text = f"orchestration timeout after {plan.timeout:g} s"
        if plan.timeout_is_default:
            text += " (the default; set [orchestration] timeout_seconds to change it)"
        self._run.stops.interrupt(Interruption("timeout", text))
