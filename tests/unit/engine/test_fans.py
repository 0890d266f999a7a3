"""Parallel phases on plans made by hand (semantics §3 collaborative, parallel)."""

from __future__ import annotations

import asyncio
import time
from contextvars import ContextVar
from typing import Any

import pytest

from agentflow_tui.engine import AgentContext, AgentError, Engine, Event, State, SystemClock
from agentflow_tui.engine.frame import Frame
from agentflow_tui.engine.interpreter import Interpreter
from agentflow_tui.history.event import AgentCancelled, HistoryEvent, NodeEnded, NodeStarted
from agentflow_tui.history.fan_event import BranchFailed, FanEnded, MergeConflict
from agentflow_tui.plan.node import Chain, Fan, Loop, Node, Plan
from tests.unit.engine.probe import (
    PLACE,
    Doing,
    Probe,
    counting,
    fan,
    raising,
    returning,
    sleeping,
    step,
)


def _branch(name: str, *agents: str) -> Chain:
    steps = tuple(step(agent, f"flow/{name}/{agent}") for agent in agents)
    return Chain(f"flow/{name}", "sequential", steps)


def _parallel(*branches: Node, optional: frozenset[str] = frozenset()) -> Fan:
    return Fan("flow", "parallel", branches, is_parallel=True, optional=optional)


async def test_branches_are_chains_of_their_own_and_conflicts_carry_their_names() -> None:
    root = _parallel(_branch("text", "a", "b"), _branch("image", "c"))
    agents = {"a": returning({"v": 1, "x": 1}), "b": counting("x"), "c": sleeping(9, {"v": 2})}
    probe = Probe(root, agents)
    result = await probe.run({"start": True})
    assert result.data == {"start": True, "v": 2, "x": 2}
    conflict = probe.of_kind(MergeConflict)[0]
    assert (conflict.key, conflict.branches, conflict.values) == ("v", ("text", "image"), (1, 2))


async def test_a_failed_required_branch_cancels_the_others() -> None:
    root = _parallel(_branch("good", "slow"), _branch("bad", "x"))
    probe = Probe(root, {"slow": sleeping(100, {"s": 1}), "x": raising(ValueError("no net"))})
    result = await probe.run({"k": 1})
    assert result.error == f"required branch 'bad' failed: agent 'x' failed: ValueError: no net ({PLACE})"
    assert (result.data, probe.history[-1].at) == ({"k": 1}, 0.0)


async def test_a_failed_optional_branch_is_recorded_and_left_out() -> None:
    optional = frozenset({"flow/extra", "flow/more"})
    root = _parallel(_branch("extra", "e", "x"), _branch("more", "x"), optional=optional)
    probe = Probe(root, {"e": returning({"e": 1}), "x": raising(ValueError("gave up"))})
    result = await probe.run({"k": 1})
    assert (result.status, result.data, result.meta) == ("completed", {"k": 1}, {})
    assert [event.branch for event in probe.of_kind(BranchFailed)] == ["more", "extra"]
    assert probe.of_kind(FanEnded)[0].delta.is_empty


async def test_the_required_branch_is_named_though_an_optional_one_failed_before() -> None:
    root = _parallel(_branch("extra", "early"), _branch("main", "late"), optional=frozenset({"flow/extra"}))
    agents = {"early": raising(ValueError("first")), "late": Doing(_late)}
    result = await Probe(root, agents).run()
    assert result.error == "required branch 'main' failed: agent 'late' failed: second"


async def test_the_branch_that_failed_first_is_named_though_another_one_fails_right_after_it() -> None:
    first_is_over = asyncio.Event()

    async def second(event: Event, state: State, context: AgentContext) -> Any:
        await first_is_over.wait()
        raise AgentError("second")

    def emit(event: HistoryEvent) -> None:
        tell(event)
        if isinstance(event, NodeEnded) and event.path == "flow/a":
            first_is_over.set()

    agents = {"x": raising(ValueError("first")), "y": Doing(second)}
    branches = _branch("a", "x"), step("y", "flow/y")
    probe = Probe(_parallel(*branches), agents)
    tell, probe.engine._emit = probe.engine._emit, emit
    result = await probe.run()
    assert result.error == f"required branch 'a' failed: agent 'x' failed: ValueError: first ({PLACE})"
    assert [event.agent for event in probe.of_kind(AgentCancelled)] == ["y"]

    first_is_over.clear()
    probe = Probe(_parallel(*branches, optional=frozenset({"flow/a", "flow/y"})), agents)
    tell, probe.engine._emit = probe.engine._emit, emit
    assert (await probe.run()).status == "completed"
    assert [event.branch for event in probe.of_kind(BranchFailed)] == ["a", "y"]


async def _late(event: Event, state: State, context: AgentContext) -> Any:
    await context.clock.sleep(1)
    raise AgentError("second")


@pytest.mark.parametrize("optional", [frozenset[str](), frozenset({"flow/torn"})])
async def test_a_fault_of_the_engine_in_a_branch_is_a_failure_of_the_branch(
    optional: frozenset[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Interpreter.chain

    async def torn(run: Interpreter, chain: Chain, frame: Frame) -> None:
        if chain.path == "flow/torn":
            raise RuntimeError("not thought of")
        await whole(run, chain, frame)

    monkeypatch.setattr(Interpreter, "chain", torn)
    root = _parallel(_branch("torn", "a"), _branch("good", "b"), optional=optional)
    probe = Probe(root, {"b": returning({"b": 1})})
    result = await probe.run({"k": 1})
    (failed,) = probe.of_kind(BranchFailed)
    assert (failed.branch, failed.reason) == ("torn", "the engine failed: not thought of")
    if optional:
        assert (result.status, result.data) == ("completed", {"k": 1, "b": 1})
    else:
        assert result.error == "required branch 'torn' failed: the engine failed: not thought of"


async def test_what_branches_wrote_stands_in_list_order_whoever_was_first() -> None:
    agents = {"slow": sleeping(5, {"z": 1}), "quick": returning({"a": 2})}
    probe = Probe(fan("slow", "quick"), agents)
    result = await probe.run()
    assert list(probe.of_kind(FanEnded)[0].delta.set) == list(result.data) == ["z", "a"]


async def test_a_failed_phase_contributes_nothing() -> None:
    probe = Probe(fan("a", "b"), {"a": returning({"a": 1}), "b": raising(ValueError("b"))})
    assert (await probe.run()).data == {"a": 1}
    agents = {"a": returning({"a": 1}), "b": raising(ValueError("b"))}
    probe = Probe(fan("a", "b", failure_threshold=0.4), agents)
    result = await probe.run({"k": 1})
    assert (result.status, result.data, result.meta) == ("failed", {"k": 1}, {})


async def test_removing_against_setting_is_a_conflict() -> None:
    async def drop(event: Event, state: State, context: AgentContext) -> Any:
        del state.data["k"]
        return state

    probe = Probe(fan("drop", "put"), {"drop": Doing(drop), "put": returning({"k": 2})})
    assert (await probe.run({"k": 1})).data == {"k": 2}
    assert probe.of_kind(MergeConflict)[0].values == ({"removed": True}, 2)
    probe = Probe(fan("put", "drop"), {"drop": Doing(drop), "put": returning({"k": 2})})
    assert (await probe.run({"k": 1})).data == {}


async def test_loops_in_branches_do_not_quarrel_about_their_counters() -> None:
    first = Loop("flow/one", "loop", step("a", "flow/one/a"), max_iterations=2)
    second = Loop("flow/two", "loop", step("b", "flow/two/b"), max_iterations=3)
    probe = Probe(_parallel(first, second), {"a": counting("a"), "b": counting("b")})
    result = await probe.run()
    assert (result.data, result.meta["total_iterations"]) == ({"a": 2, "b": 3}, "3")
    assert probe.of_kind(MergeConflict) == []


async def test_branches_begin_in_tasks_that_no_factory_of_the_program_makes() -> None:
    made: list[str] = []

    def make(loop: asyncio.AbstractEventLoop, work: Any, **settings: Any) -> asyncio.Task[Any]:
        made.append(work.__qualname__)
        return asyncio.Task(work, loop=loop, **settings)

    asyncio.get_running_loop().set_task_factory(make)
    try:
        root = _parallel(_branch("one", "a"), _branch("two", "b"))
        result = await Probe(root, {"a": counting("a"), "b": counting("b")}).run()
    finally:
        asyncio.get_running_loop().set_task_factory(None)
    assert (result.data, made) == ({"a": 1, "b": 1}, [])


async def test_a_branch_begins_in_the_context_of_the_run_whoever_made_room_for_it() -> None:
    mark = ContextVar("mark", default="of the run")
    seen: list[str] = []

    async def leaves(event: Event, state: State, context: AgentContext) -> None:
        mark.set("of an agent")

    def tell(event: HistoryEvent) -> None:
        if isinstance(event, NodeStarted):
            seen.append(mark.get())

    branches = (step("a"), _branch("two", "b"))
    root = Fan("flow", "parallel", branches, is_parallel=True, max_concurrency=1)
    probe = Probe(root, {"a": Doing(leaves), "b": returning({})})
    assert (await probe.engine.run(Event.make({}), emit=tell)).status == "completed"
    assert seen == ["of the run"]


async def test_a_hundred_agents_that_sleep_10_ms_sleep_together() -> None:
    class Sleeper:
        async def run(self, event: Event, state: State, context: AgentContext) -> None:
            await context.clock.sleep(0.010)

    root = fan(*["s"] * 100, max_concurrency=100)
    probe = Probe(root, {"s": Sleeper()})
    await probe.run()
    assert probe.history[-1].at == 0.010
    engine = Engine(
        Plan(root, "collaborative", 60.0), {"s": Sleeper()}, emit=lambda _: None, clock=SystemClock()
    )
    took = []
    for _ in range(5):
        began = time.perf_counter()
        await engine.run(Event.make({}))
        took.append(time.perf_counter() - began)
    # One after the other would be a whole second; the exact ratio is the benchmark's to hold.
    assert min(took) < 0.1
