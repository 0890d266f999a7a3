"""What goes with an agent to its work: callbacks, and the policies on how often it is called."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from agentflow_tui.engine.hook_firing import state_from
from agentflow_tui.engine.hooks import Hook
from agentflow_tui.engine.state import State
from agentflow_tui.engine.timed_call import TimedCall
from agentflow_tui.plan.node import Step
from agentflow_tui.plan.policy import Policies

if TYPE_CHECKING:
    from agentflow_tui.engine.attempts import Attempts
    from agentflow_tui.engine.frame import Frame
    from agentflow_tui.engine.interpreter import Interpreter

Work = Callable[[State, int], Awaitable[object]]
"""One call of the agent, given its state and the number of the attempt: what it returned."""


class Escort:
    """Fires the hooks of one agent run and makes its attempts (semantics §5, §6)."""

    def __init__(self, run: Interpreter, step: Step, frame: Frame, limit: TimedCall) -> None:
        """Nothing has happened yet."""
        self._run = run
        self._step = step
        self._frame = frame
        self._limit = limit
        self._attempts: Attempts | None = None

    async def work(self, call: Work) -> State:
        """The state that the agent left, after the callbacks in front of it and as often as it takes."""
        hooked = None
        if not self._run.hooks.is_idle("BeforeAgentRun"):
            hooked = await self.fire("BeforeAgentRun", self._state())
        if self._step.policies is None:
            return await self._attempt(call, hooked, 1)
        return await self._with_policies(call, hooked, self._step.policies)

    async def fire(self, hook: Hook, state: State, **facts: object) -> State:
        """Call the callbacks on a hook of this agent run; the state that they leave."""
        return await self._run.firing.fire(
            hook,
            state,
            agent=self._step.agent,
            attempt=1 if self._attempts is None else max(1, self._attempts.number),
            iteration=self._frame.iteration,
            stage=self._frame.stage,
            **facts,
        )

    def close(self, *, has_failed: bool) -> None:
        """The agent run is over; a call that still hangs in it counts as failed or not at all."""
        if self._attempts is not None:
            self._attempts.close(has_failed=has_failed)

    async def _attempt(self, call: Work, hooked: State | None, number: int) -> State:
        given = self._state() if hooked is None else hooked.fork()
        returned = await call(given, number)
        # What the agent did to the state it was given counts only when it returns it.
        before = given if returned is given else hooked or self._state()
        return state_from(returned, given=given, before=before, who="the agent")

    async def _with_policies(self, call: Work, hooked: State | None, policies: Policies) -> State:
        # Imported late: a flow without policies does not need it.
        from agentflow_tui.engine.attempts import Attempts

        limit = self._limit

        async def limited(number: int) -> State:
            limit.arm()
            try:
                # Forked: what cannot be taken as a state is a failure of this attempt.
                return (await self._attempt(call, hooked and hooked.fork(), number)).fork()
            except asyncio.CancelledError:
                raise limit.verdict(None) from None
            except Exception as error:
                raise limit.verdict(error) from None
            finally:
                limit.disarm()

        self._attempts = Attempts(self._run, self._step, self._frame, policies)
        return await self._attempts.go(limited)

    def _state(self) -> State:
        return State.over(self._frame.state.data, self._frame.state.meta)
