"""The same flows in plain asyncio: the floor, and the floor with what an engine cannot do without."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter_ns

from benchmarks.workload import Doer, Flow, Run, State, merged


class Bare:
    """Awaits agents; nothing else."""

    name = "bare"

    async def call(self, agent: Doer, state: State) -> State:
        """Run an agent."""
        return await agent(state)

    async def together(self, agents: Sequence[Doer], state: State) -> State:
        """Run agents on copies of the state and join what they found."""
        if not agents:
            return state
        updates = await asyncio.gather(*[self.call(agent, dict(state)) for agent in agents])
        return merged(state, {"results": [item for update in updates for item in update["results"]]})

    async def in_a_row(self, agents: Sequence[Doer], state: State) -> State:
        """Run agents one after the other."""
        for agent in agents:
            state = merged(state, await self.call(agent, state))
        return state

    def build(self, flow: Flow) -> Run:
        """See `Adapter`."""
        finders, counters = flow.finders(), flow.counters()
        routes = flow.routes()

        async def route(state: State) -> State:
            return merged(state, await self.call(routes[state["k0"]], state))

        async def loop(state: State) -> State:
            while state["count"] < flow.length:
                state = merged(state, await self.call(counters[0], state))
            return state

        async def phases(state: State) -> State:
            return await self.in_a_row(counters, await self.together(finders, state))

        return {"route": route, "loop": loop}.get(flow.shape, phases)


@dataclass(slots=True)
class _Happened:
    kind: str
    agent: str
    run: int
    at: int
    update: State | None = None


class BareEngine(Bare):
    """Adds what any engine needs: two events a step for a listener, a task of its own, a time limit."""

    name = "bare+engine"

    def __init__(self) -> None:
        """Keep the newest events, as a listener may."""
        self._listeners = [deque[_Happened](maxlen=1000).append]

    def _emit(self, event: _Happened) -> None:
        for listener in self._listeners:
            listener(event)

    async def call(self, agent: Doer, state: State) -> State:
        """Run an agent under supervision."""
        self._emit(_Happened("agent_start", "agent", 1, perf_counter_ns()))
        async with asyncio.timeout(60):
            update = await asyncio.get_running_loop().create_task(_awaited(agent, dict(state)))
        self._emit(_Happened("agent_end", "agent", 1, perf_counter_ns(), update))
        return update


async def _awaited(agent: Doer, state: State) -> State:
    return await agent(state)
