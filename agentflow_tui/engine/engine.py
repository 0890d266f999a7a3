"""Runs a plan for one event after the other."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

from agentflow_tui.engine.agent import Agent
from agentflow_tui.engine.alarms import Alarms
from agentflow_tui.engine.clock import Clock, SystemClock
from agentflow_tui.engine.control import Control
from agentflow_tui.engine.course import Course
from agentflow_tui.engine.errors import AgentError
from agentflow_tui.engine.event import NO_META, Event, FrozenData
from agentflow_tui.engine.guards import Guards
from agentflow_tui.engine.hooks import Hooks
from agentflow_tui.engine.interpreter import Interpreter
from agentflow_tui.engine.journal import Journal
from agentflow_tui.engine.new_id import new_id
from agentflow_tui.engine.past import Past
from agentflow_tui.engine.run_result import RunResult
from agentflow_tui.engine.run_time import RunTime
from agentflow_tui.engine.standby import Standby
from agentflow_tui.history.event import HistoryEvent
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
        alarms: Alarms | None = None,
        standby: Standby | None = None,
    ) -> None:
        """Keep the parts. `emit` gets every history event in order, on the event loop.

        `guards` are the circuit breakers and rate limits, shared with other runs where given; `rng` gives
        numbers from 0 to 1 for the jitter of retries. With a `past` the first run goes through it again and
        on from its end. `alarms` keep a timer for the runs to come, `standby` a task for their agents.
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
        self._call_later = None if alarms is None else alarms.call_later
        self._standby = standby
        self._soonest = min([plan.timeout, *plan.limits()])

    async def run(  # noqa: PLR0913 - what may be other than in the run before
        self,
        event: Event,
        *,
        chosen_by: str = "default",
        reason: str = "",
        problem: str = "",
        run_id: str | None = None,
        emit: Callable[[HistoryEvent], None] | None = None,
    ) -> RunResult:
        """Take one event through the plan; whatever its agents do, it ends and says how (semantics §5).

        `chosen_by` (`override`, `switch` or `default`) and `reason` tell the history why this mode runs.
        With a `problem`, nothing runs but the error handler, and the run fails with it. `run_id` and `emit`
        take the place of the engine's own. Runs of one engine at one time share its control.
        Raises `asyncio.CancelledError`, after the run has ended in order, when the awaiting task is
        cancelled, and what `emit` raised when it did, which stops the run.
        """
        course = self.course(event, problem=problem, run_id=run_id, emit=emit)
        await course.go(chosen_by, reason)
        return course.result()

    def course(
        self,
        event: Event,
        *,
        problem: str = "",
        run_id: str | None = None,
        emit: Callable[[HistoryEvent], None] | None = None,
    ) -> Course:
        """The run that `run` would go through, not begun, for who needs no `RunResult` of it; see there."""
        past, self._past = self._past, None
        emit = emit or self._emit
        if past is None:
            time, listener = RunTime(self._clock, self._soonest, self._call_later, False), emit
        else:
            time, listener = RunTime(past.clock(self._clock)), past.listening(emit)
        try:
            # One that `Event.make` made is asked no further.
            frozen = event if event.metadata is NO_META and type(event.data) is FrozenData else event.frozen()
        except AgentError as error:
            frozen, problem = Event(str(event.id)).frozen(), f"the event cannot be used: {error}"
        run = Interpreter(
            # In order: a class called by names packs them into a dict first.
            frozen,
            self._agents,
            self._hooks,
            self._control,
            Journal(listener, time),
            time,
            self._guards,
            self._rng,
            past,
            self._standby,
        )
        return Course(self._plan, run, run_id or self._run_id or new_id(), self._flow_name, problem)
