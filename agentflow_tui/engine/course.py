"""One run from its first event to its last."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import NamedTuple

from agentflow_tui.engine.call import GRACE_SECONDS, Call
from agentflow_tui.engine.cancel_scope import CancelScope, Interrupted, Interruption
from agentflow_tui.engine.error_run import run_error_handler
from agentflow_tui.engine.errors import NodeFailed, error_text
from agentflow_tui.engine.event import NO_META
from agentflow_tui.engine.frame import Frame
from agentflow_tui.engine.hooks import Hook
from agentflow_tui.engine.interpreter import Interpreter
from agentflow_tui.engine.json_value import thaw_object
from agentflow_tui.engine.last_stop import LastStop
from agentflow_tui.engine.run_result import RunResult
from agentflow_tui.engine.run_time import Deadline
from agentflow_tui.engine.scope_state import ScopeState
from agentflow_tui.engine.signal import Signal
from agentflow_tui.engine.state import State
from agentflow_tui.history.delta import Delta
from agentflow_tui.history.event import RunEnded, RunStarted, Warned
from agentflow_tui.plan.node import Plan


class End(NamedTuple):
    """How a run ended; for the words see `RunResult`."""

    status: str
    error: str = ""
    category: str = ""
    hint: str = ""


_COMPLETED = End("completed")


class _Firing(Call):
    """The callbacks on a hook of the run itself."""

    left: State | None = None
    """The state that they left."""

    def __init__(
        self, run: Interpreter, hook: Hook, state: ScopeState, stops: CancelScope, ended: Signal[_Firing]
    ) -> None:
        self._firing = run.firing
        self._hook = hook
        self._given = State.over(state.data, state.meta)
        super().__init__(run.crew, stops, ended.set, f"hook {hook}")

    async def work(self) -> None:
        self.left = await self._firing.fire(self._hook, self._given)


class Course:
    """One run from its first event to its last; the limit on its time, too."""

    due: float
    """See `Limit`."""

    _last_stop: LastStop | None = None

    def __init__(self, plan: Plan, run: Interpreter, run_id: str, flow: str, problem: str) -> None:
        """Nothing was told yet. `flow` is the flow's name; for a `problem` see `Engine.run`."""
        self._plan = plan
        self._run = run
        self._flow = flow
        self._problem = problem
        self.run_id = run_id
        event, facts = run.event, run.event_facts
        self.session_id = event.id if event.metadata is NO_META else event.session_id
        self.state = ScopeState(facts["data"].copy(), facts["metadata"].copy())
        """The last good one, at the end."""
        self._frame = Frame("", self.state, run.stops)
        self.ended = _COMPLETED
        """How, when it is over."""

    async def go(self, chosen_by: str, reason: str, started_at: str | None = None) -> None:
        """Go all the way; see `Engine.run`. `started_at` is the time of now, where it is known already."""
        run = self._run
        self._begin(chosen_by, reason, started_at or run.clock.timestamp())
        try:
            try:
                if self._problem:
                    raise NodeFailed(self._problem, category="validation")
                if run.past is not None or run.hooks.registered:
                    await self._fire("BeforeEventHandling", run.stops)
                await run.node(self._plan.root, self._frame)
                if run.control.is_at_breakpoint:
                    await self._stand()
            except Exception as error:  # a fault of the engine must still end the run
                self.ended = await self._stopped_by(error)
            # Asked anew: an agent may have registered one.
            if run.past is not None or run.hooks.registered:
                await self._after()
        finally:
            run.time.forget(self)
            run.control.listener = None
            # Else the run would be garbage that only the collector finds.
            run.journal.on_error = run.on_swap = None
        self._end(self.ended)

    def result(self) -> RunResult:
        """How it ended, when it is over."""
        ended = self.ended
        return RunResult.made(
            run_id=self.run_id,
            status=ended.status,
            error=ended.error,
            category=ended.category,
            hint=ended.hint,
            session_id=self.session_id,
            data=thaw_object(self.state.data),
            meta=self.state.meta.copy(),
        )

    def _begin(self, chosen_by: str, reason: str, started_at: str) -> None:
        run, plan, journal = self._run, self._plan, self._run.journal
        if run.past is not None:
            run.past.begin(run, self._frame, plan.root.path)
        started = RunStarted.made(
            seq=journal.seq,
            at=journal.now() - journal.started,
            run_id=self.run_id,
            mode=plan.mode,
            session_id=self.session_id,
            event=run.event_facts,
            flow=self._flow,
            chosen_by=chosen_by,
            reason=reason,
            started_at=started_at,
        )
        journal.tell(started)
        run.control.listen(self._control_used)
        run.time.watch(self, plan.timeout)
        run.on_swap = self._follow

    def _end(self, ended: End) -> None:
        run, journal = self._run, self._run.journal
        last = RunEnded.made(
            seq=journal.seq,
            at=journal.now() - journal.started,
            status=ended.status,
            error=ended.error,
            category=ended.category,
        )
        journal.tell(last)
        journal.close()
        if run.past is not None:
            run.past.end()
        if journal.error is not None:
            raise journal.error
        if run.wish is not None:
            # In its own words: by them anyio knows whether it was a scope of its own.
            raise asyncio.CancelledError(*run.wish)

    async def _stopped_by(self, failure: Exception) -> End:
        if isinstance(failure, Interrupted):
            return self._bad_end(failure)
        if not isinstance(failure, NodeFailed):
            return End("failed", f"the engine failed: {error_text(failure)}", "unknown")
        run, routes = self._run, self._plan.error_routes
        if routes is not None:
            with suppress(Interrupted):
                await run_error_handler(run, routes, self._frame, failure)
        ended = self._bad_end(failure)
        if run.control.is_at_breakpoint:
            await self._stand()
        return ended

    async def _stand(self) -> None:
        run = self._run
        last = LastStop(run)
        self._last_stop = last
        await last.pass_by()

    def _bad_end(self, error: NodeFailed | Interrupted) -> End:
        stopped = self._run.stops.interruption
        if stopped is not None:
            if stopped.kind == "cancel":
                return End("cancelled", stopped.text)
            hint = "set [orchestration] timeout_seconds to allow more"
            return End("failed", stopped.text, "timeout", hint)
        if isinstance(error, NodeFailed):
            return End("failed", error.message, error.category, error.hint)
        return End("failed", error.interruption.text, "unknown")

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
        ended: Signal[_Firing] = Signal(run)
        _Firing(run, hook, self.state, stops, ended)
        call = await ended.wait()
        if call.is_abandoned:
            run.journal.record(Warned, message=f"a callback on '{hook}' did not stop; it was left behind")
        elif call.interruption is not None and call.interruption.kind == "timeout":
            run.journal.record(Warned, message=f"the callbacks on '{hook}' took too long and were stopped")
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
        self._run.guarded().changed()
        if self._last_stop is not None:
            self._last_stop.changed()

    def _follow(self, plan: Plan) -> None:
        """Another config is in force: its limit on the whole run, and its ways out of a failure."""
        run = self._run
        self._plan = plan
        run.time.watch(self, max(0.0, plan.timeout - run.time.active()))

    def expire(self) -> None:
        """See `Limit`."""
        plan = self._plan
        text = f"orchestration timeout after {plan.timeout:g} s"
        if plan.timeout_is_default:
            text += " (the default; set [orchestration] timeout_seconds to change it)"
        self._run.stops.interrupt(Interruption("timeout", text))
