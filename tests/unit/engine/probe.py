"""Runs a plan made by hand, and the agents that the tests need."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from agentflow_tui.engine import Agent, AgentContext, Control, Engine, Event, Hooks, RunResult, State
from agentflow_tui.engine.guards import Guards
from agentflow_tui.engine.past import Past
from agentflow_tui.engine.standby import Standby
from agentflow_tui.history.event import HistoryEvent, RunEnded, RunStarted
from agentflow_tui.history.fold import fold
from agentflow_tui.plan.node import Chain, ErrorRoutes, Fan, Loop, Node, Plan, Step, walk
from tests.fake_clock import FakeClock

Work = Callable[[Event, State, AgentContext], Awaitable[Any]]


class Probe:
    """One engine with a fake clock, and the history of what it ran."""

    def __init__(
        self,
        root: Node,
        agents: Mapping[str, Agent],
        *,
        timeout: float = 600.0,
        is_default: bool = False,
        hooks: Hooks | None = None,
        paused: bool = False,
        routes: ErrorRoutes | None = None,
        guards: Guards | None = None,
        clock: FakeClock | None = None,
        past: Past | None = None,
        standby: Standby | None = None,
    ) -> None:
        self.clock = clock or FakeClock()
        self.control = Control(paused=paused)
        self.history: list[HistoryEvent] = []
        nodes = {node.path: node for node in walk(root)}
        plan = Plan(root, "sequential", timeout, is_default, nodes, routes)
        self.engine = Engine(
            plan,
            agents,
            emit=self.history.append,
            clock=self.clock,
            hooks=hooks,
            control=self.control,
            run_id="run-1",
            flow_name="probe",
            guards=guards,
            rng=random.Random(1).random,
            past=past,
            standby=standby,
        )

    async def run(self, data: Mapping[str, Any] | None = None, **event: Any) -> RunResult:
        """Run to the end, and check what holds for every run."""
        result = await self.engine.run(Event.make(data, **event))
        self.check(result)
        return result

    def start(self, data: Mapping[str, Any] | None = None) -> asyncio.Task[RunResult]:
        """Run beside the test."""
        return asyncio.get_running_loop().create_task(self.run(data))

    def check(self, result: RunResult) -> None:
        history = self.history
        assert [event.seq for event in history] == list(range(len(history)))
        assert isinstance(history[0], RunStarted)
        assert [event for event in history if isinstance(event, RunEnded)] == history[-1:]
        state = fold(history)
        assert (state.status, state.error) == (result.status, result.error)
        assert dict(state.state.data) == result.data
        assert dict(state.state.meta) == result.meta
        assert state.scopes == {}

    async def settle(self) -> None:
        """Let everything happen that needs no time, and a thousandth of a second more."""
        await self.clock.sleep(0.001)

    def of_kind(self, *kinds: type[HistoryEvent]) -> list[Any]:
        return [event for event in self.history if isinstance(event, kinds)]

    def names(self) -> list[str]:
        return [event.kind for event in self.history]


class Doing:
    """An agent that does what a function says, and counts its runs."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self.runs = 0

    async def run(self, event: Event, state: State, context: AgentContext) -> Any:
        self.runs += 1
        return await self._work(event, state, context)


def returning(value: Any) -> Doing:
    """An agent that returns this at once."""

    async def work(event: Event, state: State, context: AgentContext) -> Any:
        return value

    return Doing(work)


def sleeping(seconds: float, value: Any = None) -> Doing:
    """An agent that takes so long."""

    async def work(event: Event, state: State, context: AgentContext) -> Any:
        await context.clock.sleep(seconds)
        return value

    return Doing(work)


def raising(error: BaseException) -> Doing:
    """An agent that fails at once."""

    async def work(event: Event, state: State, context: AgentContext) -> Any:
        raise error

    return Doing(work)


PLACE = f"unit/engine/probe.py:{raising.__code__.co_firstlineno + 4}"
"""Where those agents fail, as the history names it."""


def counting(key: str = "n") -> Doing:
    """An agent that counts its runs in the state."""

    async def work(event: Event, state: State, context: AgentContext) -> Any:
        state.data[key] = state.data.get(key, 0) + 1
        return state

    return Doing(work)


def stubborn(seconds: float = 3600.0) -> Doing:
    """An agent that swallows every cancellation and goes on for so long."""

    async def work(event: Event, state: State, context: AgentContext) -> Any:
        until = context.clock.now() + seconds
        while context.clock.now() < until:
            try:
                await context.clock.sleep(until - context.clock.now())
            except asyncio.CancelledError:
                state.data["swallowed"] = True
        return {"late": True}

    return Doing(work)


def step(agent: str, path: str = "", timeout: float | None = None) -> Step:
    return Step(path or f"flow/{agent}", agent, timeout)


def chain(*agents: str) -> Chain:
    return Chain("flow", "sequential", tuple(step(agent, f"flow/{i}") for i, agent in enumerate(agents)))


def fan(*agents: str, **settings: Any) -> Fan:
    return Fan(
        "flow",
        "collaborative",
        tuple(step(agent, f"flow/{i}") for i, agent in enumerate(agents)),
        **settings,
    )


def loop(agent: str, times: int = 3) -> Loop:
    return Loop("flow", "loop", step(agent), max_iterations=times)
