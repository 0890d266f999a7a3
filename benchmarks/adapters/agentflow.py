"""This project's engine itself, without `FlowRunner` around it, with a listener for every history event."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from agentflow_tui.config import check_text
from agentflow_tui.engine import AgentContext, Engine, Event
from agentflow_tui.engine import State as EngineState
from agentflow_tui.history.event import HistoryEvent
from agentflow_tui.plan.compile import compile_plan
from benchmarks.workload import ROUTES, Doer, Flow, Run, State, counter

Emit = Callable[[HistoryEvent], None]


class AgentFlow:
    """Flows as files say them, every agent with a time limit of its own, as the yardstick has."""

    name = "agentflow"

    def __init__(self, emit: Emit | None = None) -> None:
        """Give every history event to `emit`; without one the newest 1 000 are kept, as by the yardstick."""
        self._emit: Emit = emit or deque[HistoryEvent](maxlen=1000).append

    def build(self, flow: Flow) -> Run:
        """See `Adapter`."""
        agents = _agents(flow)
        checked = check_text(_file(flow, agents), env={})
        assert checked.flow is not None, checked.problems
        plan = compile_plan(checked.flow)

        async def run(state: State) -> State:
            ended = await Engine(plan, agents, emit=self._emit).run(Event.make(state))
            assert ended.status == "completed", ended.error
            found = [item for place in range(flow.width) for item in ended.data[f"results_{place}"]]
            return {**ended.data, "results": found}

        return run


class _Agent:
    def __init__(self, doer: Doer) -> None:
        self._doer = doer

    async def run(self, event: Event, state: EngineState, context: AgentContext) -> Mapping[str, Any]:  # noqa: ARG002
        return await self._doer(state.data)


class _Finder(_Agent):
    """Writes to a key of its own: two agents side by side that write one key are a conflict."""

    def __init__(self, doer: Doer, key: str) -> None:
        super().__init__(doer)
        self._key = key

    async def run(self, event: Event, state: EngineState, context: AgentContext) -> Mapping[str, Any]:
        return {self._key: (await super().run(event, state, context))["results"]}


def _agents(flow: Flow) -> dict[str, _Agent]:
    if flow.shape == "route":
        return {name: _Agent(counter()) for name in ROUTES}
    agents: dict[str, _Agent] = {
        f"finder{place}": _Finder(doer, f"results_{place}") for place, doer in enumerate(flow.finders())
    }
    return agents | {f"counter{place}": _Agent(doer) for place, doer in enumerate(flow.counters())}


def _file(flow: Flow, agents: Mapping[str, _Agent]) -> str:
    mode = {"chain": "sequential", "fan": "collaborative"}.get(flow.shape, flow.shape)
    lines = ["[orchestration]", f'mode = "{mode}"', "timeout_seconds = 600"]
    if flow.width:
        lines.append(f"collaborative_agents = {[name for name in agents if name.startswith('finder')]}")
        lines.append(f"max_concurrency = {flow.width}")
    if flow.shape == "loop":
        lines += ['loop_agent = "counter0"', f"max_iterations = {flow.length + 1}"]
        lines += ["[orchestration.loop]", f'condition = "count >= {flow.length}"']
    elif flow.length:
        lines.append(f"sequential_agents = {[name for name in agents if name.startswith('counter')]}")
    if flow.shape == "route":
        for name in agents:
            lines += ["[[orchestration.routing.rules]]", f"when = \"k0 == '{name}'\"", f'agent = "{name}"']
    for name in agents:
        lines += [f"[agents.{name}]", "timeout_seconds = 60"]
    return "\n".join(lines)
