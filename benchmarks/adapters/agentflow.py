"""This project's engine, as a program uses it: a runner that is made once and run for every event."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from agentflow_tui import Event, FlowRunner
from agentflow_tui import State as EngineState
from agentflow_tui.history.event import HistoryEvent
from benchmarks.workload import Doer, Flow, Run, State

Emit = Callable[[HistoryEvent], None]


class AgentFlow:
    """Flows as files say them, every agent with a time limit of its own, as the yardstick has."""

    name = "agentflow"

    def __init__(self, emit: Emit | None = None) -> None:
        """Give every history event to `emit`; without one the newest 1 000 are kept, as by the yardstick."""
        self._emit: Emit = emit or deque[HistoryEvent](maxlen=1000).append

    def build(self, flow: Flow) -> Run:
        """See `Adapter`."""
        doers = _doers(flow)
        runner = FlowRunner.from_text(_file(flow, list(doers)), env={})
        for name, doer in doers.items():
            _register(runner, name, doer)
        emit = self._emit

        async def run(state: State) -> State:
            ended = await runner.run(state, on_event=emit, keep_history=False)
            assert ended.status == "completed", ended.error
            if not flow.width:
                return ended.data
            found = [item for place in range(flow.width) for item in ended.data[f"results_{place}"]]
            return {**ended.data, "results": found}

        return run


def _register(runner: FlowRunner, name: str, doer: Doer) -> None:
    if not name.startswith("finder"):

        @runner.agent(name)
        async def count(event: Event, state: EngineState) -> Mapping[str, Any]:  # noqa: ARG001
            return await doer(state.data)

        return
    # A key of its own: two agents side by side that write one key are a conflict.
    key = name.replace("finder", "results_")

    @runner.agent(name)
    async def find(event: Event, state: EngineState) -> Mapping[str, Any]:  # noqa: ARG001
        return {key: (await doer(state.data))["results"]}


def _doers(flow: Flow) -> dict[str, Doer]:
    if flow.shape == "route":
        return flow.routes()
    doers = {f"finder{place}": doer for place, doer in enumerate(flow.finders())}
    return doers | {f"counter{place}": doer for place, doer in enumerate(flow.counters())}


def _file(flow: Flow, agents: Sequence[str]) -> str:
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
