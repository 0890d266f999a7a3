"""Another config in the middle of a run: taken over between two iterations, and lived again the same."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from agentflow_tui.conditions import parse_condition
from agentflow_tui.engine import Agent, AgentContext, Event, State
from agentflow_tui.engine.past import Past
from agentflow_tui.engine.swap import Swap
from agentflow_tui.history import event as ev
from agentflow_tui.history import fold
from agentflow_tui.history.compare import first_divergence
from agentflow_tui.history.swap_event import FlowSwapped
from agentflow_tui.plan.node import Chain, ErrorRoutes, Fan, Loop, Node, Plan, Stage, Step, walk
from tests.unit.engine.probe import Doing, Probe, counting, loop, raising, returning, sleeping, step

EVENT: dict[str, Any] = {"event_id": "e", "timestamp": "t"}


def swap_to(
    root: Node,
    agents: Mapping[str, Agent],
    *,
    text: str = "new",
    timeout: float = 600.0,
    routes: ErrorRoutes | None = None,
) -> Swap:
    nodes = {node.path: node for node in walk(root)}
    plan = Plan(root, "sequential", timeout, False, nodes, routes)
    return Swap(plan, agents, text, "old print", "new print", (f"changed to {text}",))


def meddling(doing: Mapping[int, Callable[[], None]]) -> Doing:
    """Counts like `counting`, and lets a hand do something while a certain run of it goes on."""

    async def work(event: Event, state: State, context: AgentContext) -> Any:
        state.data["n"] = state.data.get("n", 0) + 1
        doing.get(state.data["n"], lambda: None)()
        return state

    return Doing(work)


def meddled(root: Node, at: int, swap: Callable[[], Swap | None], **more: Any) -> Probe:
    """A probe in which a config waits from the so-many-th run of agent `n` on."""

    def hand() -> None:
        probe.control.swap = swap()

    probe = Probe(root, {"n": meddling({at: hand}), **more})
    return probe


async def test_it_is_taken_over_before_the_next_iteration_and_told() -> None:
    probe = meddled(loop("n", 3), 2, lambda: swap_to(loop("m", 4), {"m": counting("m")}))
    result = await probe.run()
    assert (result.data["n"], result.data["m"], result.meta["total_iterations"]) == (2, 2, "4")
    (told,) = probe.of_kind(FlowSwapped)
    assert (told.path, told.iteration, told.text, told.before, told.after, told.changes) == (
        "flow",
        2,
        "new",
        "old print",
        "new print",
        ("changed to new",),
    )
    assert [event.kind for event in probe.history[told.seq - 1 : told.seq + 2]] == [
        "iteration_ended",
        "flow_swapped",
        "iteration_started",
    ]
    assert probe.control.swap is None
    assert fold(probe.history).swapped_text == "new"
    assert fold(probe.history[: told.seq]).swapped_text == ""


async def test_a_loop_at_its_limit_goes_on_when_the_new_limit_lets_it() -> None:
    probe = meddled(loop("n", 2), 2, lambda: swap_to(loop("n", 5), {"n": counting()}))
    assert (await probe.run()).meta["total_iterations"] == "5"


async def test_a_lower_limit_than_was_reached_ends_the_loop() -> None:
    probe = meddled(loop("n", 9), 4, lambda: swap_to(loop("n", 2), {"n": counting()}))
    assert (await probe.run()).meta == {
        "loop_iteration": "4",
        "total_iterations": "4",
        "exit_reason": "max_iterations",
    }


async def test_what_an_iteration_has_decided_stands_and_nothing_is_taken_over_after_the_end() -> None:
    done = replace(loop("n", 9), condition=parse_condition("n >= 2"))
    endless = replace(loop("n", 9), condition=parse_condition("n >= 7"))
    probe = meddled(done, 2, lambda: swap_to(endless, {"n": counting()}))
    result = await probe.run()
    assert (result.status, result.data["n"]) == ("completed", 2)
    assert probe.of_kind(FlowSwapped) == []
    assert probe.control.swap is not None


async def test_a_new_condition_is_asked_from_the_next_iteration_on() -> None:
    endless = replace(loop("n", 9), condition=parse_condition("n >= 7"))
    soon = replace(loop("n", 9), condition=parse_condition("n >= 3"))
    probe = meddled(endless, 2, lambda: swap_to(soon, {"n": counting()}))
    result = await probe.run()
    assert (result.data["n"], result.meta["exit_reason"]) == (3, "condition_met")


async def test_the_last_one_wins_and_one_that_was_withdrawn_never_comes() -> None:
    def twice() -> Swap:
        probe.control.swap = swap_to(loop("n", 2), {}, text="first")
        return swap_to(loop("m", 3), {"m": counting("m")}, text="second")

    probe = meddled(loop("n", 3), 1, twice)
    await probe.run()
    assert [event.text for event in probe.of_kind(FlowSwapped)] == ["second"]

    other = meddled(loop("n", 3), 2, lambda: None)
    other.control.swap = None
    await other.run()
    assert other.of_kind(FlowSwapped) == []


async def test_it_may_happen_more_than_once() -> None:
    hands: dict[int, Callable[[], None]] = {}
    agent = meddling(hands)
    probe = Probe(loop("n", 6), {"n": agent})

    def hand(times: int, text: str) -> Callable[[], None]:
        def put() -> None:
            probe.control.swap = swap_to(loop("n", times), {"n": agent}, text=text)

        return put

    hands.update({1: hand(6, "one"), 3: hand(4, "two")})
    result = await probe.run()
    assert result.data["n"] == 4
    assert [(event.text, event.iteration) for event in probe.of_kind(FlowSwapped)] == [("one", 1), ("two", 3)]
    assert fold(probe.history).swaps == 2


async def test_a_branch_of_a_parallel_phase_is_no_place_for_it() -> None:
    inside = Fan("flow", "parallel", (loop_at("flow/a", "n"), step("m", "flow/b")))
    probe = meddled(inside, 1, lambda: swap_to(inside, {}), m=returning(None))
    assert (await probe.run()).data["n"] == 3
    assert probe.of_kind(FlowSwapped) == []


async def test_a_plan_without_that_loop_is_not_taken_over() -> None:
    probe = meddled(loop("n", 3), 1, lambda: swap_to(step("m", "flow"), {"m": counting("m")}))
    assert (await probe.run()).data == {"n": 3}
    assert probe.of_kind(FlowSwapped) == []


def loop_at(path: str, agent: str, times: int = 3) -> Loop:
    return Loop(path, "loop", step(agent, f"{path}/{agent}"), max_iterations=times)


def stage(name: str, body: Callable[[str], Node], index: int, **gates: Any) -> Stage:
    return Stage(f"flow/{name}", name, index, body(f"flow/{name}/body"), **gates)


def stages(*inside: Stage) -> Chain:
    return Chain("flow", "mixed", inside)


async def test_stages_behind_the_loop_are_those_of_the_new_config() -> None:
    first = stage("first", lambda path: loop_at(path, "n"), 1)
    old = stages(first, stage("gone", lambda path: step("gone", path), 2))
    new = stages(
        first,
        stage("second", lambda path: step("m", path, timeout=5), 2),
        stage("third", lambda path: step("m", path), 3),
    )
    probe = meddled(old, 1, lambda: swap_to(new, {"n": counting(), "m": counting("m")}), gone=returning({}))
    result = await probe.run()
    assert (result.data["m"], result.data["total_stages"]) == (2, 3)
    assert [event.path for event in probe.of_kind(ev.NodeStarted)] == [
        "flow",
        "flow/first",
        "flow/first/body",
        "flow/second",
        "flow/third",
    ]


async def test_the_stage_around_the_loop_asks_its_new_success_condition() -> None:
    def flow(least: int) -> Chain:
        condition = parse_condition(f"n >= {least}")
        return stages(stage("only", lambda path: loop_at(path, "n"), 1, success_condition=condition))

    probe = meddled(flow(9), 1, lambda: swap_to(flow(3), {"n": counting()}))
    assert (await probe.run()).status == "completed"
    strict = meddled(flow(3), 1, lambda: swap_to(flow(9), {"n": counting()}))
    assert "success condition not met: n >= 9" in (await strict.run()).error


async def test_the_limit_on_the_whole_run_is_the_new_one_from_its_beginning() -> None:
    def slow(limit: float) -> Probe:
        probe = Probe(loop("n", 9), {"n": sleeping(1.0)}, timeout=5.5)
        swap = swap_to(loop("n", 9), {"n": sleeping(1.0)}, timeout=limit)
        probe.clock.call_later(1.5, lambda: vars(probe.control).update(swap=swap))
        return probe

    assert (await slow(60).run()).status == "completed"
    shorter = slow(2.5)
    assert "timeout after 2.5 s" in (await shorter.run()).error
    assert shorter.clock.now() == 2.5


async def test_a_failure_goes_to_the_new_handler() -> None:
    routes = ErrorRoutes(default=Step("on error/m", "m"))
    agents = {"n": raising(ValueError("no")), "m": counting("m")}
    probe = meddled(loop("n", 9), 1, lambda: swap_to(loop("n", 9), agents, routes=routes))
    result = await probe.run()
    assert (result.status, result.meta["handled_by"], result.data["m"]) == ("failed", "m", 1)


async def test_a_loop_around_the_one_that_took_it_over_goes_on_with_it() -> None:
    def flow(agent: str, outer: int) -> Loop:
        inner = loop_at("flow/in", agent, 2)
        return Loop("flow", "loop", Chain("flow/body", "in order", (inner,)), max_iterations=outer)

    probe = meddled(flow("n", 9), 1, lambda: swap_to(flow("m", 3), {"m": counting("m")}))
    result = await probe.run()
    assert (result.data["n"], result.data["m"]) == (1, 5)
    assert [event.path for event in probe.of_kind(FlowSwapped)] == ["flow/in"]


def swapping() -> tuple[Node, Swap, dict[str, Agent]]:
    """A flow with a loop between stages, and another config for it that keeps only the loop."""
    first = stage("first", lambda path: loop_at(path, "n", 4), 1)
    old = stages(first, stage("last", lambda path: step("n", path), 2))
    agents: dict[str, Agent] = {"n": counting(), "m": counting("m")}
    body = Chain("flow/first/body/in", "in order", (step("n", "flow/n"), step("m", "flow/m")))
    anew = replace(first, body=Loop("flow/first/body", "loop", body, max_iterations=3))
    new = stages(anew, stage("more", lambda path: step("m", path), 2))
    return old, swap_to(new, agents, timeout=300), agents


async def whole() -> Probe:
    old, swap, agents = swapping()
    probe = meddled(old, 2, lambda: swap, m=agents["m"])
    await probe.run({"x": 1}, **EVENT)
    assert len(probe.of_kind(FlowSwapped)) == 1
    assert fold(probe.history).state.data["m"] == 2
    return probe


async def test_a_history_with_another_config_is_replayed_exactly() -> None:
    first = await whole()
    old, swap, agents = swapping()
    nobody = dict.fromkeys(agents, raising(AssertionError("called")))
    past = Past(first.history, len(first.history) - 1, is_replay=True, swaps=[replace(swap, agents=nobody)])
    again = Probe(old, nobody, past=past)
    await again.engine.run(Event.make({"x": 1}, **EVENT))
    assert first_divergence(first.history, again.history) is None


async def test_a_run_goes_on_from_any_event_to_the_same_end() -> None:
    first = await whole()
    at = first.of_kind(FlowSwapped)[0].seq
    for n in range(at, len(first.history) - 1):
        old, swap, agents = swapping()
        past = Past(first.history, n, swaps=[swap])
        second = Probe(old, agents, past=past)
        await second.engine.run(Event.make({"x": 1}, **EVENT))
        assert past.drift == ""
        whole_again = first.history[: n + 1]
        whole_again += [
            replace(event, seq=len(whole_again) + number) for number, event in enumerate(second.history)
        ]
        assert fold(whole_again).state == fold(first.history).state
        assert sum(isinstance(event, FlowSwapped) for event in whole_again) == 1


async def test_without_its_configs_a_history_is_not_gone_through() -> None:
    first = await whole()
    with pytest.raises(ValueError, match="zip"):
        Past(first.history, len(first.history) - 1, is_replay=True)
    # Before the moment there is nothing to take over.
    assert Past(first.history, 3).drift == ""


async def test_one_that_waits_while_the_run_stands_is_taken_over_when_it_goes_on() -> None:
    probe = Probe(loop("n", 3), {"n": counting()}, paused=True)
    task = asyncio.get_running_loop().create_task(probe.engine.run(Event.make({})))
    await probe.settle()
    probe.control.swap = swap_to(loop("m", 3), {"m": counting("m")})
    probe.control.step()
    await probe.settle()
    probe.control.resume()
    result = await task
    # It stood in the first iteration, so the second is the first that begins anew.
    assert (result.data["n"], result.data["m"]) == (1, 2)
