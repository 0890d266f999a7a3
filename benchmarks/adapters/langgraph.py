"""LangGraph: a compiled `StateGraph`, without a checkpointer."""

from __future__ import annotations

import operator
from typing import Annotated, Any, TypedDict

from langgraph.graph import END, START, StateGraph

from benchmarks.workload import ROUTES, Flow, Run, State


class _Schema(TypedDict):
    bulk: Any
    count: int
    results: Annotated[list[int], operator.add]
    k0: Any
    k1: Any
    k2: Any
    k3: Any
    k4: Any
    k5: Any
    k6: Any


class LangGraph:
    """Runs with `ainvoke`."""

    name = "langgraph"

    def build(self, flow: Flow) -> Run:
        """See `Adapter`."""
        graph: Any = StateGraph(_Schema)
        {"route": _route, "loop": _loop}.get(flow.shape, _phases)(graph, flow)
        app = graph.compile()
        settings = {"recursion_limit": flow.length + 10}

        async def run(state: State) -> State:
            last: State = await app.ainvoke(state, settings)
            return last

        return run


def _route(graph: Any, flow: Flow) -> None:
    for name, agent in flow.routes().items():
        graph.add_node(name, agent)
        graph.add_edge(name, END)
    graph.add_conditional_edges(START, lambda state: state["k0"], list(ROUTES))


def _loop(graph: Any, flow: Flow) -> None:
    (agent,) = flow.counters()
    graph.add_node("agent", agent)
    graph.add_edge(START, "agent")

    def after(state: State) -> str:
        return "agent" if state["count"] < flow.length else END

    graph.add_conditional_edges("agent", after, ["agent", END])


def _phases(graph: Any, flow: Flow) -> None:
    fan = [f"fan{place}" for place in range(flow.width)]
    for name, agent in zip(fan, flow.finders(), strict=True):
        graph.add_node(name, agent)
        graph.add_edge(START, name)
    last: str | list[str] = fan or START
    for place, agent in enumerate(flow.counters()):
        graph.add_node(f"step{place}", agent)
        graph.add_edge(last, f"step{place}")
        last = f"step{place}"
    for name in [last] if isinstance(last, str) else last:
        graph.add_edge(name, END)
