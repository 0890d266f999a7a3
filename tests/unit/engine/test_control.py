"""Pause, step, step an iteration, go on: in every mode, without real time."""

from __future__ import annotations

import asyncio

import pytest

from agentflow_tui.engine import RunResult
from agentflow_tui.history.event import AgentCompleted, AgentStarted, RunPaused, RunResumed
from agentflow_tui.history.fold import fold
from agentflow_tui.plan.node import Chain, Choice, Fan, Node, Option, Routing, Stage
from tests.unit.engine.probe import (
    Doing,
    Probe,
    chain,
    counting,
    fan,
    loop,
    raising,
    returning,
    sleeping,
    step,
)

ROUTE = Choice("flow", "route", (Option("a", step("a")), Option("b", step("b"))), Routing())
MIXED = Chain(
    "flow",
    "mixed",
    (
        fan("a", "b"),
        Chain("flow/s", "sequential", (step("c", "flow/s/c"),)),
    ),
)
MODES: dict[str, tuple[Node, list[str]]] = {
    "route": (ROUTE, ["a", "b"]),
    "collaborative": (fan("a", "b", "c"), ["a", "b", "c"]),
    "sequential": (chain("a", "b", "a"), ["a", "b", "a"]),
    "loop": (loop("c", 3), ["c", "c", "c"]),
    "mixed": (MIXED, ["a", "b", "c"]),
}


def _agents() -> dict[str, Doing]:
    async def handing_over(event: object, state: object, context: object) -> object:
        state.meta["route"] = "b"  # type: ignore[attr-defined]
        return state

    return {"a": Doing(handing_over), "b": sleeping(1, {"b": 1}), "c": counting()}


def _started(probe: Probe) -> list[str]:
    return [event.agent for event in probe.of_kind(AgentStarted)]


async def _ended(run: asyncio.Task[RunResult]) -> RunResult:
    return await asyncio.wait_for(run, 10)


@pytest.mark.parametrize("mode", MODES)
async def test_every_step_runs_exactly_one_agent(mode: str) -> None:
    root, order = MODES[mode]
    probe = Probe(root, _agents(), paused=True)
    run = asyncio.create_task(probe.run({}, target="a"))
    for number in range(len(order)):
        await probe.clock.sleep(5)
        assert _started(probe) == order[:number]
        assert probe.control.is_paused
        assert isinstance(probe.history[-1], RunPaused)
        assert probe.history[-1].reason == ("step" if number else "pause")
        probe.control.step()
    result = await _ended(run)
    assert result.status == "completed"
    assert _started(probe) == order
    assert len(probe.of_kind(RunPaused)) == len(probe.of_kind(RunResumed)) == len(order)


@pytest.mark.parametrize("mode", MODES)
async def test_a_run_that_starts_paused_goes_on_when_resumed(mode: str) -> None:
    root, order = MODES[mode]
    probe = Probe(root, _agents(), paused=True)
    run = asyncio.create_task(probe.run({}, target="a"))
    await probe.clock.sleep(100)
    assert _started(probe) == []
    probe.control.resume()
    result = await _ended(run)
    assert result.status == "completed"
    assert _started(probe) == order
    assert [event.until for event in probe.of_kind(RunResumed)] == ["end"]


@pytest.mark.parametrize("mode", MODES)
async def test_a_paused_run_can_be_cancelled(mode: str) -> None:
    root, _ = MODES[mode]
    probe = Probe(root, _agents(), paused=True)
    run = asyncio.create_task(probe.run({}, target="a"))
    await probe.clock.sleep(100)
    probe.control.cancel("enough")
    result = await _ended(run)
    assert (result.status, result.error) == ("cancelled", "enough")
    assert _started(probe) == []


async def test_an_iteration_at_a_time() -> None:
    probe = Probe(loop("c", 3), _agents(), paused=True)
    run = probe.start()
    for number in range(1, 4):
        await probe.settle()
        probe.control.step_iteration()
        await probe.settle()
        assert _started(probe) == ["c"] * number
    result = await _ended(run)
    assert result.data == {"n": 3}
    assert [event.reason for event in probe.of_kind(RunPaused)] == ["pause", "iteration", "iteration"]
    assert [event.until for event in probe.of_kind(RunResumed)] == ["iteration"] * 3


async def test_an_iteration_with_a_parallel_body_is_run_whole() -> None:
    body = Chain("flow/body", "sequential", (fan("a", "c"), step("b", "flow/body/b")))
    root = loop("a", 2)
    root = type(root)(root.path, root.title, body, max_iterations=2)
    agents = {**_agents(), "a": returning({"a": 1})}
    probe = Probe(root, agents, paused=True)
    run = probe.start()
    await probe.settle()
    probe.control.step_iteration()
    await probe.clock.sleep(10)
    assert _started(probe) == ["a", "c", "b"]
    probe.control.resume()
    assert (await _ended(run)).status == "completed"


async def test_outside_of_a_loop_a_phase_at_a_time() -> None:
    probe = Probe(MIXED, _agents(), paused=True)
    run = probe.start()
    await probe.settle()
    probe.control.step_iteration()
    await probe.clock.sleep(10)
    assert _started(probe) == ["a", "b"]
    assert probe.control.is_paused
    probe.control.resume()
    assert (await _ended(run)).status == "completed"


async def test_a_stage_at_a_time() -> None:
    stages = tuple(
        Stage(f"flow/{name}", name, number, step(name, f"flow/{name}/s"))
        for number, name in enumerate(("b", "c"), start=1)
    )
    probe = Probe(Chain("flow", "mixed", stages), _agents(), paused=True)
    run = probe.start()
    await probe.settle()
    probe.control.step_iteration()
    await probe.clock.sleep(10)
    assert _started(probe) == ["b"]
    probe.control.step_iteration()
    result = await _ended(run)
    assert result.data["workflow_complete"] is True


async def test_a_pause_lets_the_running_agent_end() -> None:
    probe = Probe(chain("b", "c"), _agents())
    run = probe.start()
    await probe.clock.sleep(0.5)
    probe.control.pause()
    await probe.settle()
    assert probe.of_kind(RunPaused) == []
    await probe.clock.sleep(100)
    assert probe.names()[-2:] == ["agent_completed", "run_paused"]
    assert probe.history[-1].at == 1.0
    probe.control.resume()
    assert (await _ended(run)).data == {"b": 1, "n": 1}


async def test_a_run_stands_still_only_when_no_sibling_is_running() -> None:
    probe = Probe(fan("b", "c"), _agents(), paused=True)
    run = probe.start()
    await probe.settle()
    probe.control.step()
    await probe.clock.sleep(0.5)
    assert [event.reason for event in probe.of_kind(RunPaused)] == ["pause"]
    await probe.clock.sleep(0.6)
    assert [event.reason for event in probe.of_kind(RunPaused)] == ["pause", "step"]
    probe.control.resume()
    assert (await _ended(run)).status == "completed"


async def test_the_first_reason_to_cancel_stays() -> None:
    probe = Probe(chain("b"), _agents())
    run = probe.start()
    await probe.clock.sleep(0.5)
    probe.control.interrupt()
    probe.control.cancel("too late")
    result = await _ended(run)
    assert (result.status, result.error) == ("cancelled", "interrupted")
    assert probe.control.cancel_reason == "interrupted"


async def test_a_run_that_was_cancelled_before_it_began_runs_nothing() -> None:
    probe = Probe(chain("c"), _agents())
    probe.control.cancel()
    result = await probe.run({"kept": 1})
    assert (result.status, result.data) == ("cancelled", {"kept": 1})
    assert probe.names() == ["run_started", "run_ended"]


async def test_an_agent_that_is_stopped_as_it_is_let_in_leaves_its_place() -> None:
    phase = Fan("flow/f", "collaborative", (step("a", "flow/f/a"), step("b", "flow/f/b")))
    root = Chain("flow", "sequential", (phase, step("c", "flow/c")))
    probe = Probe(root, {name: sleeping(1) for name in "abc"}, paused=True)
    run = probe.start()
    await probe.settle()
    probe.control.resume()
    probe.control.cancel_agent("flow/f/a")
    probe.control.pause()
    await probe.clock.sleep(5)
    assert [event.path for event in probe.of_kind(RunPaused)] == ["flow/f/a", "flow/c"]
    probe.control.resume()
    await run
    assert [event.agent for event in probe.of_kind(AgentCompleted)] == ["b", "c"]


async def test_a_run_whose_only_agent_is_stopped_as_it_is_let_in_stands_still_again() -> None:
    probe = Probe(fan("c", "c", "c"), _agents(), timeout=20, paused=True)
    run = probe.start()
    await probe.settle()
    probe.control.step()
    probe.control.cancel_agent("flow/0")
    await probe.clock.sleep(100)
    assert [(event.path, event.reason) for event in probe.of_kind(RunPaused)] == [
        ("flow/0", "pause"),
        ("flow/1", "step"),
    ]
    probe.control.resume()
    assert (await _ended(run)).status == "completed"
    assert [event.path for event in probe.of_kind(AgentStarted)] == ["flow/1", "flow/2"]


def _stand(probe: Probe) -> list[str]:
    """Where the agents of a phase stand in the history so far."""
    nodes = fold(probe.history).nodes
    return [nodes[path].status for path in sorted(nodes) if path.startswith("flow/")]


async def _paused_twice(root: Fan) -> tuple[Probe, asyncio.Task[RunResult]]:
    probe = Probe(root, {"b": sleeping(1, {"b": 1}), "bad": raising(ValueError("no"))})
    run = probe.start()
    await probe.clock.sleep(0.5)
    probe.control.pause()
    probe.control.pause()
    await probe.settle()
    return probe, run


async def test_all_that_a_second_pause_stopped_stand_paused_until_they_begin_again() -> None:
    probe, run = await _paused_twice(fan("b", "b", "b"))
    assert _stand(probe) == ["paused"] * 3
    probe.control.step()
    await probe.settle()
    assert _stand(probe) == ["running", "paused", "paused"]
    await probe.clock.sleep(5)
    assert _stand(probe) == ["completed", "paused", "paused"]
    probe.control.resume()
    await probe.settle()
    assert _stand(probe) == ["completed", "running", "running"]
    assert (await _ended(run)).status == "completed"
    assert _stand(probe) == ["completed"] * 3


async def test_what_a_second_pause_stopped_stands_cancelled_when_the_run_is_cancelled() -> None:
    probe, run = await _paused_twice(fan("b", "b"))
    probe.control.cancel("enough")
    assert (await _ended(run)).status == "cancelled"
    assert _stand(probe) == ["cancelled"] * 2


async def test_what_a_second_pause_stopped_stands_cancelled_when_its_phase_ends_without_it() -> None:
    held = Chain("flow/1", "sequential", (step("b", "flow/1/b"),))
    fails = Chain("flow/2", "sequential", (step("b", "flow/2/b"), step("bad", "flow/2/bad")))
    probe, run = await _paused_twice(
        Fan("flow", "parallel", (step("b", "flow/0"), held, fails), is_parallel=True)
    )
    probe.control.hold("flow/0")
    probe.control.hold("flow/1")
    probe.control.resume()
    assert (await _ended(run)).status == "failed"
    # The end of the run would end them too.
    assert probe.names()[-2:] == ["fan_ended", "run_ended"]
    del probe.history[-1]
    assert _stand(probe) == ["cancelled", "cancelled", "cancelled", "failed", "completed", "failed"]
