"""One run of one agent, from its start to the one event that ends it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from math import inf
from typing import TYPE_CHECKING

from agentflow_tui.conditions import Scope
from agentflow_tui.engine.agent import Agent, AgentContext
from agentflow_tui.engine.bad_end import BadEnd
from agentflow_tui.engine.cancel_scope import Interrupted, Interruption
from agentflow_tui.engine.errors import AgentError, NodeFailed
from agentflow_tui.engine.escort import Escort
from agentflow_tui.engine.frame import Frame
from agentflow_tui.engine.hook_firing import state_from
from agentflow_tui.engine.recorder import Recorder
from agentflow_tui.engine.state import State, delta_of
from agentflow_tui.engine.timed_call import TimedCall
from agentflow_tui.history.delta import EMPTY_DELTA, Delta
from agentflow_tui.history.event import (
    CANCELLED_CALL,
    AgentCompleted,
    AgentPinned,
    AgentStarted,
)
from agentflow_tui.plan.node import Step

if TYPE_CHECKING:
    from agentflow_tui.engine.interpreter import Interpreter
    from agentflow_tui.engine.past_moments import TimesAgo


class AgentRun(TimedCall):
    """Waits at the gate, runs the hooks and the agent, and records what came of it.

    Nothing that the agent does is let out: not an exception, not a refusal to stop, not a late result.
    """

    delta: Delta = EMPTY_DELTA
    failure: NodeFailed | None = None
    _began: float | None = None
    _error: BaseException | None = None
    _escort: Escort | None = None
    _is_done = False
    _recorder: Recorder | None = None
    _then: TimesAgo | None = None

    def __init__(
        self,
        run: Interpreter,
        step: Step,
        frame: Frame,
        on_end: Callable[[AgentRun], None],
        *,
        at_once: bool = False,
    ) -> None:
        """Start; `on_end` is called once, after the event that ends it. For `at_once` see `Crew.start`."""
        self._run = run
        self._step = step
        self._frame = frame
        self._time = run.time
        self._seconds = step.timeout
        # By its name: an object that finds it costs a third of the call.
        TimedCall.__init__(self, run.crew, frame.stops, on_end, step.agent, at_once=at_once)

    @property
    def error(self) -> NodeFailed | Interrupted | None:
        """Why it did not end well, if so."""
        return self.failure if self.interruption is None else Interrupted(self.interruption)

    async def work(self) -> None:
        """Do all of it but the end."""
        run, step = self._run, self._step
        if run.past is not None and not run.past.is_over:
            self._then = await run.past.claim(step.path)
        if self._then is not None or run.control.is_free:
            run.running[self] = step.path
        else:
            await self._enter()
        self._begin()
        try:
            agent = None if self._then is not None or run.control.pins else run.agents.get(step.key)
            if agent is None or step.policies is not None or run.hooks.registered:
                self.delta = await self._result()
            else:
                # Nothing to be done around it: the way of nearly all agent runs.
                state = self._frame.state
                given = State.over(state.data, state.meta)
                returned = await self._call(agent, given)
                if run.time.now() > run.time.late_at and run.time.has_caught_up():
                    await asyncio.sleep(0)  # what that stopped, perhaps this very call, stops here
                if self.is_expired or self.interruption is not None:
                    self.check_obeyed()
                if type(returned) is dict and not run.hooks.registered:
                    self.delta = delta_of(returned, state.data)
                else:
                    self.delta = await self._left(given, returned)
            self._is_done = True
        except BaseException as error:
            if not self._keep(error):
                raise
        if self._error is not None and not self.is_over:
            await self._report_error(self._error)

    def _call(self, agent: Agent, given: State) -> Awaitable[object]:
        run_for = getattr(agent, "run_for", None)
        if run_for is None:
            return agent.run(self._run.event, given, self.context())
        called: Awaitable[object] = run_for(self._run.event, given, self)
        return called

    def _keep(self, error: BaseException) -> bool:
        """Take an error as the agent's, unless it is how the agent obeys a stop from outside."""
        is_cancelled = issubclass(type(error), asyncio.CancelledError)
        # A handler's own is no wish of the person's: asyncio turns the first Ctrl-C into a cancel.
        if self.interruption is not None and (is_cancelled or issubclass(type(error), KeyboardInterrupt)):
            return False
        if is_cancelled:
            error = self.cancelled_error()
        self._error = self.timeout_error() if self.is_expired else error
        return True

    async def _enter(self) -> None:
        """Wait until the person lets it begin."""
        run, step = self._run, self._step
        if run.control.is_watching:
            run.control.watch(step, "before", self._sight)
        in_phase = self._frame.scope != ""
        gate = run.guarded()
        if not gate.try_enter(self, step, in_phase=in_phase):
            await gate.enter(self, step, in_phase=in_phase)

    def _begin(self) -> None:
        run, step, frame = self._run, self._step, self._frame
        journal = run.journal
        self._began = at = journal.now() - journal.started
        started = AgentStarted.made(
            seq=journal.seq,
            at=at,
            path=step.path,
            agent=step.agent,
            scope=frame.scope,
            iteration=frame.iteration,
            stage=frame.stage,
        )
        journal.tell(started)
        if self._then is None and self._seconds is not None:
            self.arm()

    async def _result(self) -> Delta:
        run, step = self._run, self._step
        if self._then is not None and run.past is not None:
            return await run.past.tell(self._then, self)
        pinned = run.control.pinned(step) if run.control.pins else None
        if pinned is not None:
            run.journal.record(AgentPinned, path=step.path, agent=step.agent)
            return pinned
        agent = run.agents.get(step.key)
        if agent is None:
            raise AgentError(f"no agent is called '{step.agent}'")
        return await self._seen_off(await self._escorted(agent))

    async def _left(self, given: State, returned: object) -> Delta:
        """What an agent without an escort changed."""
        state = self._frame.state
        before = given if returned is given else State.over(state.data, state.meta)
        return await self._seen_off(state_from(returned, given=given, before=before, who="the agent"))

    async def _seen_off(self, after: State) -> Delta:
        """What is left of the agent's changes behind the last callbacks."""
        if not self._run.hooks.is_idle("AfterAgentRun"):
            after = await self._guide().fire("AfterAgentRun", after, duration=self._duration())
        return after.delta()

    async def _escorted(self, agent: Agent) -> State:
        async def call(given: State, number: int) -> object:
            returned = await agent.run(self._run.event, given, self.context(number))
            if self._time.has_caught_up():
                await asyncio.sleep(0)
            self.check_obeyed()
            return returned

        return await self._guide().work(call)

    def _guide(self) -> Escort:
        if self._escort is None:
            self._escort = Escort(self._run, self._step, self._frame, self)
        return self._escort

    def _sight(self) -> Scope:
        """What the conditions of breakpoints see."""
        return self._run.sight(self._frame)

    async def _report_error(self, error: BaseException) -> None:
        if self._then is not None:
            return
        self.disarm()
        if self.is_expired:
            self.relax()
        # A coroutine that is being closed may not wait any more.
        if not self._run.hooks.is_idle("AgentError") and not issubclass(type(error), GeneratorExit):
            state = State.over(self._frame.state.data, self._frame.state.meta)
            await self._guide().fire("AgentError", state, error=error, duration=self._duration())

    def context(self, attempt: int = 1) -> AgentContext:
        """Where it stands; see `Caller`."""
        run, frame, step = self._run, self._frame, self._step
        if self._recorder is None:
            self._recorder = Recorder(run.journal, step.path, step.agent)
            if self.is_over:
                self._recorder.close(CANCELLED_CALL)
        return AgentContext.made(
            agent=step.agent,
            path=step.path,
            scope=frame.scope,
            iteration=frame.iteration,
            attempt=attempt,
            stage=frame.stage,
            clock=run.clock,
            recorder=self._recorder,
        )

    def _duration(self) -> float:
        return 0.0 if self._began is None else self._run.journal.at() - self._began

    def _settle(self) -> None:
        if self.due < inf:
            self.disarm()
        if self._escort is not None:
            self._escort.close(has_failed=self.is_expired)
        if self._began is None:
            return
        run = self._run
        if self.interruption is None and self._is_done:
            self._complete(self._began)
        else:
            self._break_off()
        run.running.pop(self, None)
        if run.gate is not None:
            run.gate.left()
        if self.interruption is not None:
            self._obey(self.interruption)
        elif run.control.is_watching and self._then is None:
            run.control.watch(self._step, "after", self._sight)

    def _obey(self, stopped: Interruption) -> None:
        """What a hand on this one agent run means for the flow."""
        stops = self._frame.stops
        if stops.interruption is not None:
            self.interruption = stops.interruption
        elif stopped.kind == "agent":
            name = self._step.agent
            self.interruption = None
            self.failure = NodeFailed(
                f"agent '{name}' failed: {stopped.text}", category="unknown", agent=name, cause=stopped.text
            )
        elif stopped.kind == "again":
            on_end = self.hand_over()
            AgentRun(self._run, self._step, self._frame, on_end)

    def _complete(self, began: float) -> None:
        run, step, frame = self._run, self._step, self._frame
        if self._recorder is not None:
            self._recorder.close("the agent ended before the answer came")
        # Applied first: a person's edit that follows the event comes on top.
        if frame.scope != step.path or (run.past is not None and run.past.edits.concern(step.path)):
            frame.state.apply(self.delta)
        journal = run.journal
        at = journal.now() - journal.started
        completed = AgentCompleted.made(
            seq=journal.seq,
            at=at,
            path=step.path,
            agent=step.agent,
            delta=self.delta,
            duration=at - began,
            scope=frame.scope,
            iteration=frame.iteration,
        )
        journal.tell(completed)

    def _break_off(self) -> None:
        end = BadEnd(self._run.journal, self._step, self._frame, self._duration())
        if self.is_abandoned:
            end.left_behind()
        if self.interruption is not None:
            self._close_recorder(CANCELLED_CALL)
            end.cancelled(self.interruption)
        else:
            why = CANCELLED_CALL if self.is_expired else "the agent failed before the answer came"
            self._close_recorder(why)
            self.failure = end.failed(self._error or self.cancelled_error())

    def _close_recorder(self, reason: str) -> None:
        if self._recorder is not None:
            self._recorder.close(reason)
