"""Apache Burr: a graph that is built once, an application for every run."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

from burr.core import Action, ApplicationBuilder, GraphBuilder, action, default, when
from burr.core import State as BurrState
from burr.core.parallelism import MapActions

from benchmarks.workload import ROUTES, Doer, Flow, Run, State, first_state, merged

_KEYS = list(first_state(0))


class Burr:
    """Runs with `Application.arun`; what is side by side is gathered by `MapActions`."""

    name = "burr"

    def build(self, flow: Flow) -> Run:
        """See `Adapter`."""
        graph, begin, ends = {"route": _route, "loop": _loop}.get(flow.shape, _phases)(flow)
        built = graph.build()

        async def run(state: State) -> State:
            builder = ApplicationBuilder().with_graph(built).with_state(**state).with_entrypoint(begin)
            *_, last = await builder.build().arun(halt_after=ends)
            return {key: last[key] for key in _KEYS}

        return run


def _action(agent: Doer) -> Any:
    @action(reads=_KEYS, writes=_KEYS)
    async def step(state: BurrState) -> BurrState:
        current = state.get_all()
        update = await agent(current)
        return state.update(**{key: merged(current, update)[key] for key in update})

    return step


@action(reads=["k0"], writes=[])
async def _stand(state: BurrState) -> BurrState:
    return state


def _route(flow: Flow) -> tuple[Any, str, list[str]]:
    agents = {name: _action(agent) for name, agent in flow.routes().items()}
    ways = [("choose", name, when(k0=name)) for name in ROUTES]
    graph = GraphBuilder().with_actions(choose=_stand, **agents).with_transitions(*ways)
    return graph, "choose", list(ROUTES)


def _loop(flow: Flow) -> tuple[Any, str, list[str]]:
    (agent,) = flow.counters()
    ways = [("agent", "done", when(count=flow.length)), ("agent", "agent", default)]
    graph = GraphBuilder().with_actions(agent=_action(agent), done=_stand).with_transitions(*ways)
    return graph, "agent", ["done"]


def _phases(flow: Flow) -> tuple[Any, str, list[str]]:
    nodes: dict[str, Any] = {"fan": _Fan(flow)} if flow.width else {}
    nodes |= {f"step{place}": _action(agent) for place, agent in enumerate(flow.counters())}
    names = list(nodes)
    ways = list(zip(names, names[1:], strict=False))
    return GraphBuilder().with_actions(**nodes).with_transitions(*ways), names[0], [names[-1]]


class _Fan(MapActions):
    def __init__(self, flow: Flow) -> None:
        super().__init__()
        self._branches = [_action(agent) for agent in flow.finders()]

    async def actions(self, state: Any, context: Any, inputs: Any) -> AsyncGenerator[Action, None]:  # noqa: ARG002
        for branch in self._branches:
            yield branch

    async def reduce(self, state: BurrState, states: AsyncIterator[BurrState]) -> BurrState:
        found = [item async for one in states for item in one["results"]]
        return state.update(results=state["results"] + found)

    def is_async(self) -> bool:
        return True

    @property
    def reads(self) -> list[str]:
        return _KEYS

    @property
    def writes(self) -> list[str]:
        return ["results"]
