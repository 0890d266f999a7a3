"""The calls of one agent run whose agent has policies: retried, throttled, or refused (semantics §5)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from agentflow_tui.engine.breaker import Breaker, BreakerOpenError
from agentflow_tui.engine.errors import categorize
from agentflow_tui.engine.fault import fault_text
from agentflow_tui.engine.retry import retrying
from agentflow_tui.engine.state import State
from agentflow_tui.history.event import HistoryEvent
from agentflow_tui.history.policy_event import AttemptFailed, AttemptStarted, BreakerChanged, Throttled
from agentflow_tui.plan.node import Step
from agentflow_tui.plan.policy import Policies

if TYPE_CHECKING:
    from agentflow_tui.engine.frame import Frame
    from agentflow_tui.engine.interpreter import Interpreter

Call = Callable[[int], Awaitable[State]]
"""One attempt, given its number from 1: the state that it left, or its error."""


class Attempts:
    """Makes the calls and tells the history about every wait."""

    def __init__(self, run: Interpreter, step: Step, frame: Frame, policies: Policies) -> None:
        """Nothing was called yet."""
        self._run = run
        self._step = step
        self._frame = frame
        self._policies = policies
        self._breaker: Breaker | None = None
        if policies.breaker is not None:
            self._breaker = run.guards.breaker(step.key, step.agent, policies.breaker)
        self._term: int | None = None
        self._is_waiting = False
        self.number = 0
        """Of the last attempt, from 1."""

    async def go(self, call: Call) -> State:
        """Call until it works; raises the last error, or `BreakerOpenError`."""
        policy = self._policies.retry
        if policy is None:
            return await self._once(call)
        run = self._run
        again = retrying(policy, sleep=run.clock.sleep, rng=run.rng, failed=self._failed)
        return await again(self._once, call)

    def close(self, *, has_failed: bool) -> None:
        """The agent run is over; a call that still hangs in it counts as failed or not at all."""
        self._leave(Breaker.fail if has_failed else Breaker.drop)

    async def _once(self, call: Call) -> State:
        self.number += 1
        self._admit()
        try:
            await self._throttle()
            if self._is_waiting:
                self._is_waiting = False
                self._record(AttemptStarted, attempt=self.number)
            state = await call(self.number)
        except asyncio.CancelledError:
            self._leave(Breaker.drop)
            raise
        except BaseException:  # raised again; the call is the user's code, and any error of it is a failure
            self._leave(Breaker.fail)
            raise
        self._leave(Breaker.succeed)
        return state

    def _failed(self, error: BaseException, seconds: float) -> None:
        self._is_waiting = True
        self._record(
            AttemptFailed,
            attempt=self.number,
            error=fault_text(error),
            category=categorize(error),
            retry_in=seconds,
        )

    async def _throttle(self) -> None:
        limit = self._policies.rate_limit
        if limit is None:
            return
        bucket = self._run.guards.bucket(self._step.key, limit)
        seconds = bucket.take()
        if not seconds:
            return
        self._is_waiting = True
        self._record(Throttled, wait=seconds)
        try:
            await self._run.clock.sleep(seconds)
        except asyncio.CancelledError:
            bucket.give_back()
            raise

    def _admit(self) -> None:
        breaker = self._breaker
        if breaker is None:
            return
        before = breaker.state
        try:
            self._term = breaker.admit()
        except BreakerOpenError:
            self._tell(breaker)
            raise
        if breaker.state != before:
            self._tell(breaker)

    def _leave(self, how: Callable[[Breaker, int], None]) -> None:
        breaker, term, self._term = self._breaker, self._term, None
        if breaker is None or term is None:
            return
        before = breaker.state
        how(breaker, term)
        if breaker.state != before:
            self._tell(breaker)

    def _tell(self, breaker: Breaker) -> None:
        step = self._step
        self._run.journal.record(BreakerChanged, path=step.path, agent=step.agent, state=breaker.state)

    def _record(self, kind: type[HistoryEvent], **fields: Any) -> None:
        step, frame = self._step, self._frame
        self._run.journal.record(
            kind, path=step.path, agent=step.agent, scope=frame.scope, iteration=frame.iteration, **fields
        )
