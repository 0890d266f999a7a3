"""Loops on plans made by hand (semantics §3, §9 loops)."""

from __future__ import annotations

import gc
import time
import tracemalloc
from typing import Any

import pytest

from agentflow_tui.conditions import parse_condition
from agentflow_tui.engine import AgentContext, Engine, Event, State
from agentflow_tui.history.event import (
    AgentFailed,
    HistoryEvent,
    LoopStalled,
    StateChanged,
)
from agentflow_tui.plan.node import Chain, Loop, Plan
from tests.unit.engine.probe import (
    Doing,
    Probe,
    counting,
    loop,
    returning,
    sleeping,
    step,
)


async def test_a_long_loop_is_quick_and_flat_in_memory() -> None:
    sizes: list[int] = []
    seen = 0

    def emit(event: HistoryEvent) -> None:
        nonlocal seen
        seen += 1
        if event.kind == "iteration_started" and event.iteration % 2500 == 0:  # type: ignore[attr-defined]
            gc.collect()
            sizes.append(tracemalloc.get_traced_memory()[0])

    engine = Engine(Plan(loop("n", 10_000), "loop", 600.0), {"n": counting()}, emit=emit)
    tracemalloc.start()
    try:
        result = await engine.run(Event.make({"rows": [{"i": i} for i in range(1000)]}))
    finally:
        tracemalloc.stop()
    assert (result.data["n"], result.meta["total_iterations"]) == (10_000, "10000")
    assert seen > 40_000
    assert len(sizes) == 4
    assert max(sizes) - min(sizes) < 5_000


async def test_a_step_costs_the_same_in_a_large_state() -> None:
    async def cost(data: dict[str, Any]) -> float:
        engine = Engine(Plan(loop("n", 300), "loop", 600.0), {"n": counting()}, emit=lambda _: None)
        event = Event.make(data)
        took = []
        for _ in range(5):
            began = time.process_time()
            copied = Event.make(event.data)
            copying = time.process_time() - began
            await engine.run(copied)
            # The event comes in and the result goes out once a run, and both are copied whole.
            took.append(time.process_time() - began - 5 * copying)
        return min(took)

    small = await cost({})
    large = await cost({str(i): [{"a": [i]}] for i in range(3_000)})
    assert large < small * 3


async def test_a_stop_flag_of_an_earlier_loop_does_not_stop_the_next() -> None:
    async def finish(event: Event, state: State, context: AgentContext) -> Any:
        state.data["runs"] = state.data.get("runs", 0) + 1
        if context.iteration == 2:
            state.data["loop_completed"] = True
        return state

    loops = tuple(Loop(f"flow/{i}", "loop", step("f", f"flow/{i}/f"), max_iterations=9) for i in (1, 2))
    probe = Probe(Chain("flow", "mixed", loops), {"f": Doing(finish)})
    result = await probe.run()
    assert result.data == {"runs": 4, "loop_completed": True}
    assert [event.delta.removed for event in probe.of_kind(StateChanged) if event.delta.removed] == [
        ("loop_completed",)
    ]


async def test_a_stop_flag_of_the_event_lets_every_loop_run_once() -> None:
    loops = tuple(Loop(f"flow/{i}", "loop", step("c", f"flow/{i}/c"), max_iterations=9) for i in (1, 2))
    probe = Probe(Chain("flow", "mixed", loops), {"c": counting()})
    assert (await probe.run({"loop_completed": True})).data == {"loop_completed": True, "n": 2}


async def test_a_loop_that_stalls_says_so_once_per_standstill() -> None:
    probe = Probe(loop("idle", 6), {"idle": returning(None)})
    await probe.run()
    assert [event.iteration for event in probe.of_kind(LoopStalled)] == [2]


@pytest.mark.parametrize(("active", "stalled"), [({2, 4, 6}, []), ({3}, [2, 5]), ({1, 4}, [3, 6])])
async def test_only_iterations_in_a_row_make_a_standstill(active: set[int], stalled: list[int]) -> None:
    async def work(event: Event, state: State, context: AgentContext) -> Any:
        return {"n": context.iteration} if context.iteration in active else None

    probe = Probe(loop("a", 6), {"a": Doing(work)})
    await probe.run()
    assert [event.iteration for event in probe.of_kind(LoopStalled)] == stalled


async def test_a_loop_condition_that_cannot_be_answered_fails_the_loop() -> None:
    root = Loop("flow", "loop", step("c"), condition=parse_condition("1 / zero > 2"))
    probe = Probe(root, {"c": counting()})
    result = await probe.run({"zero": 0})
    assert (result.status, result.meta["exit_reason"]) == ("failed", "error")
    assert "division by zero" in result.error


async def test_a_loop_condition_knows_iteration_meta_and_event() -> None:
    text = "iteration == 3 and meta.loop_iteration == '3' and event.data.k == 1 and elapsed_seconds >= 6"
    root = Loop("flow", "loop", step("s"), max_iterations=9, condition=parse_condition(text))
    result = await Probe(root, {"s": sleeping(2)}).run({"k": 1})
    assert (result.meta["total_iterations"], result.meta["exit_reason"]) == ("3", "condition_met")


async def test_an_agent_that_fails_says_in_which_iteration() -> None:
    async def second(event: Event, state: State, context: AgentContext) -> Any:
        if context.iteration == 2:
            raise ValueError("enough")

    probe = Probe(loop("a"), {"a": Doing(second)})
    await probe.run()
    assert [event.iteration for event in probe.of_kind(AgentFailed)] == [2]
