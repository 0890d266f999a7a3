"""Stopping where one wants to look, holding, cancelling and pinning single agents."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from agentflow_tui.conditions import ConditionSyntaxError
from agentflow_tui.engine import AgentContext, Event, State
from agentflow_tui.engine.breakpoints import Breakpoint, Breakpoints
from agentflow_tui.engine.past import Past
from agentflow_tui.history import event as ev
from agentflow_tui.history.compare import first_divergence
from agentflow_tui.history.delta import Delta
from agentflow_tui.plan.node import Chain, Fan, Stage, Step
from tests.unit.engine.probe import Doing, Probe, chain, counting, fan, loop, raising, returning, sleeping


def started(probe: Probe) -> list[str]:
    return [event.agent for event in probe.of_kind(ev.AgentStarted)]


def reasons(probe: Probe) -> list[str]:
    return [event.reason for event in probe.of_kind(ev.RunPaused)]


async def test_a_condition_stops_before_the_agent_and_the_name_says_why() -> None:
    probe = Probe(loop("c", 4), {"c": counting()})
    point = Breakpoint("c", condition="iteration >= 3")
    probe.control.breakpoints.set(point)
    run = probe.start()
    await probe.settle()
    assert (started(probe), reasons(probe)) == (["c", "c"], ["breakpoint before c if iteration >= 3"])
    probe.control.resume()
    await probe.settle()
    assert reasons(probe)[1:] == ["breakpoint before c if iteration >= 3, hit 2"]
    probe.control.breakpoints.remove(point)
    probe.control.resume()
    assert (await run).data == {"n": 4}


async def test_after_an_agent_the_condition_sees_what_it_did() -> None:
    probe = Probe(chain("a", "b", "a"), {"a": counting(), "b": counting("m")})
    probe.control.breakpoints.set(Breakpoint("a", "after", "n == 1"))
    run = probe.start()
    await probe.settle()
    assert (started(probe), reasons(probe)) == (["a"], ["breakpoint after a if n == 1"])
    probe.control.resume()
    assert (await run).status == "completed"


async def test_hits_before_the_wanted_one_are_only_counted() -> None:
    probe = Probe(loop("c", 4), {"c": counting()})
    point = Breakpoint("flow", from_hit=3)
    probe.control.breakpoints.set(point)
    run = probe.start()
    await probe.settle()
    assert len(started(probe)) == 2
    assert probe.control.breakpoints.hits(point) == 3
    probe.control.breakpoints.toggle(point)
    probe.control.resume()
    assert (await run).data == {"n": 4}
    assert probe.control.breakpoints.hits(point) == 3


async def test_a_condition_that_fails_stops_and_says_so() -> None:
    probe = Probe(chain("a"), {"a": counting()})
    probe.control.breakpoints.set(Breakpoint("a", condition="1 / 0 > 2"))
    run = probe.start()
    await probe.settle()
    assert "division by zero" in reasons(probe)[0]
    probe.control.resume()
    await run


def test_tokens_and_calls_count_in_conditions() -> None:
    from agentflow_tui.conditions import Scope

    points = Breakpoints([Breakpoint("a", condition="tokens > 50 and calls == 1")])
    scope = Scope({})
    assert points.hit(Step("p", "a"), "before", scope) == ""
    points.hear(
        ev.ModelCallEnded(
            seq=0,
            at=0,
            path="p",
            agent="a",
            call="c",
            prompt_tokens=40,
            completion_tokens=11,
            first_token_after=None,
            duration=0,
            finish_reason="stop",
            response="",
        )
    )
    assert points.hit(Step("p", "a"), "before", scope)
    assert not points.hit(Step("p", "a"), "before", Scope({"tokens": 1}))
    points.forget_hits()
    assert points.hit(Step("p", "a"), "before", scope) == ""


def test_breakpoints_are_kept_as_json_and_damaged_ones_left_out() -> None:
    points = Breakpoints([Breakpoint("a"), Breakpoint("b", "after", "n > 1", 3, False)])
    values = points.to_json()
    assert list(Breakpoints.from_json(values)) == list(points)
    assert not list(Breakpoints.from_json([{"where": "a", "condition": "import os"}, {"x": 1}, {}]))
    with pytest.raises(ConditionSyntaxError):
        points.set(Breakpoint("a", condition="="))


async def test_a_run_goes_to_a_node_and_stops_there_once() -> None:
    probe = Probe(chain("a", "b", "a", "b"), {"a": counting(), "b": counting("m")}, paused=True)
    run = probe.start()
    await probe.settle()
    probe.control.run_to("flow/2")
    await probe.settle()
    assert (started(probe), reasons(probe)[-1]) == (["a", "b"], "reached flow/2")
    probe.control.resume()
    assert (await run).status == "completed"


async def test_a_parallel_phase_is_stepped_over_whole() -> None:
    root = Chain("flow", "s", (Step("flow/x", "c"), fan("a", "b"), Step("flow/y", "c")))
    agents = {"a": sleeping(1), "b": sleeping(2), "c": counting()}
    probe = Probe(root, agents, paused=True)
    run = probe.start()
    for expected in (["c"], ["c", "a", "b"], ["c", "a", "b", "c"]):
        await probe.clock.sleep(0.5)
        probe.control.step_over()
        await probe.clock.sleep(5)
        assert started(probe) == expected
    assert (await run).status == "completed"


async def test_one_branch_is_held_while_the_others_go_on() -> None:
    branch = Chain("flow/f/b", "s", (Step("flow/f/b/1", "b"), Step("flow/f/b/2", "b")))
    root = Fan("flow/f", "c", (branch, Step("flow/f/a", "a")))
    probe = Probe(root, {"a": sleeping(3, {"a": 1}), "b": counting()}, timeout=20)
    probe.control.hold("flow/f/b")
    run = probe.start()
    await probe.clock.sleep(100)
    assert started(probe) == ["a"]
    assert probe.names()[-2:] == ["agent_completed", "run_paused"]
    assert reasons(probe) == ["held"]
    probe.control.release("flow/f/b")
    result = await run
    assert (result.status, result.data) == ("completed", {"a": 1, "n": 2})


async def test_one_agent_is_cancelled_and_the_flow_deals_with_it() -> None:
    probe = Probe(fan("a", "b"), {"a": sleeping(5), "b": sleeping(2, {"b": 1})})
    run = probe.start()
    await probe.clock.sleep(1)
    probe.control.cancel_agent("flow/0", "too slow")
    result = await run
    assert (result.status, result.data) == ("completed", {"b": 1})
    assert result.meta["a_error"] == "cancelled by hand: too slow"
    (cancelled,) = probe.of_kind(ev.AgentCancelled)
    assert (cancelled.agent, cancelled.reason, cancelled.at) == ("a", "cancelled by hand: too slow", 1)
    again = Probe(fan("a", "b"), {}, past=Past(probe.history, len(probe.history) - 1, is_replay=True))
    await again.engine.run(Event.make({}))
    assert first_divergence(probe.history, again.history) is None


async def test_alone_in_a_chain_a_cancelled_agent_fails_it() -> None:
    probe = Probe(chain("a", "b"), {"a": sleeping(5), "b": counting()})
    run = probe.start()
    await probe.clock.sleep(1)
    probe.control.cancel_agent("flow/0")
    result = await run
    assert (result.status, result.error) == ("failed", "agent 'a' failed: cancelled by hand")
    assert result.data["failed_stage"] == "a"


@pytest.mark.parametrize("root", [chain("a", "b"), fan("a", "b")])
async def test_a_second_pause_stops_the_call_keeps_its_words_and_asks_again(root: Any) -> None:
    async def asking(event: Event, state: State, context: AgentContext) -> Any:
        call = context.recorder.model_call_started(provider="p", model="m", messages=[])
        context.recorder.tokens(call, "half of it")
        await context.clock.sleep(10)
        context.recorder.model_call_ended(call, response="half of it and the rest", duration=10)
        return {"a": "whole"}

    agent = Doing(asking)
    probe = Probe(root, {"a": agent, "b": returning({"b": 1})})
    run = probe.start()
    await probe.clock.sleep(1)
    probe.control.pause()
    await probe.settle()
    assert probe.of_kind(ev.RunPaused) == []
    probe.control.pause()
    await probe.clock.sleep(50)
    (failed,) = probe.of_kind(ev.ModelCallFailed)
    assert failed.call == probe.of_kind(ev.TokensReceived)[0].call
    assert [event.reason for event in probe.of_kind(ev.AgentCancelled)] == ["stopped by a second pause"]
    assert isinstance(probe.history[-1], ev.RunPaused)
    probe.control.resume()
    result = await run
    assert (result.status, result.data) == ("completed", {"a": "whole", "b": 1})
    assert agent.runs == 2
    again = Probe(root, {}, past=Past(probe.history, len(probe.history) - 1, is_replay=True))
    await again.engine.run(Event.make({}))
    assert first_divergence(probe.history, again.history) is None


async def test_an_agent_that_a_second_pause_stopped_does_not_stop_at_its_breakpoint_again() -> None:
    probe = Probe(chain("a"), {"a": sleeping(5, {"a": 1})})
    point = Breakpoint("a")
    probe.control.breakpoints.set(point)
    run = probe.start()
    await probe.settle()
    probe.control.resume()
    await probe.clock.sleep(1)
    probe.control.pause()
    probe.control.pause()
    await probe.settle()
    assert reasons(probe) == ["breakpoint before a", "pause"]
    assert probe.control.breakpoints.hits(point) == 1
    probe.control.resume()
    assert (await run).data == {"a": 1}


async def test_a_pinned_agent_is_not_called_until_it_is_unpinned() -> None:
    agent = counting()
    probe = Probe(chain("a", "b", "a"), {"a": agent, "b": counting("m")}, paused=True)
    probe.control.pins["flow/0"] = Delta(set={"n": 10})
    result_of = probe.start()
    await probe.settle()
    probe.control.resume()
    result = await result_of
    assert (agent.runs, result.data) == (1, {"n": 11, "m": 1})
    (pinned,) = probe.of_kind(ev.AgentPinned)
    assert pinned.path == "flow/0"
    again = Probe(chain("a", "b", "a"), {}, past=Past(probe.history, len(probe.history) - 1, is_replay=True))
    await again.engine.run(Event.make({}))
    assert first_divergence(probe.history, again.history) is None


async def test_a_run_that_is_cancelled_while_everything_is_held_ends() -> None:
    probe = Probe(chain("a"), {"a": counting()})
    probe.control.hold("a")
    run = probe.start()
    await probe.clock.sleep(5)
    assert probe.control.held == ("a",)
    probe.control.cancel("enough")
    assert (await asyncio.wait_for(run, 5)).status == "cancelled"


async def test_after_the_last_agent_the_run_stands_before_its_end() -> None:
    probe = Probe(chain("a", "b"), {"a": counting(), "b": counting("m")}, timeout=20)
    probe.control.breakpoints.set(Breakpoint("b", "after"))
    run = probe.start()
    await probe.clock.sleep(100)
    assert probe.names()[-1] == "run_paused"
    assert (reasons(probe), probe.of_kind(ev.RunPaused)[0].path) == (["breakpoint after b"], "")
    assert not run.done()
    probe.control.resume()
    assert (await run).status == "completed"
    assert [event.until for event in probe.of_kind(ev.RunResumed)] == ["end"]
    again = Probe(chain("a", "b"), {}, past=Past(probe.history, len(probe.history) - 1, is_replay=True))
    await again.engine.run(Event.make({}))
    assert first_divergence(probe.history, again.history) is None


async def test_after_an_agent_that_failed_the_run_stands_before_it_fails() -> None:
    probe = Probe(chain("a", "b"), {"a": raising(ValueError("no")), "b": counting()})
    probe.control.breakpoints.set(Breakpoint("a", "after"))
    run = probe.start()
    await probe.settle()
    assert probe.names()[-1] == "run_paused"
    probe.control.step()
    assert (await run).status == "failed"


@pytest.mark.parametrize("status", ["completed", "failed"])
async def test_to_cancel_a_run_that_stands_at_its_end_lets_it_end_as_it_did(status: str) -> None:
    agents = {"a": counting() if status == "completed" else raising(ValueError("no"))}
    probe = Probe(chain("a"), agents)
    probe.control.breakpoints.set(Breakpoint("a", "after"))
    run = probe.start()
    await probe.settle()
    probe.control.cancel("enough")
    result = await asyncio.wait_for(run, 5)
    assert result.status == status
    assert probe.of_kind(ev.RunResumed) == []
    again = Probe(chain("a"), {}, past=Past(probe.history, len(probe.history) - 1, is_replay=True))
    await again.engine.run(Event.make({}))
    assert first_divergence(probe.history, again.history) is None


async def test_a_run_goes_to_an_iteration_of_an_agent() -> None:
    probe = Probe(loop("c", 4), {"c": counting()}, paused=True)
    run = probe.start()
    await probe.settle()
    probe.control.run_to("c", iteration=3)
    await probe.settle()
    assert (started(probe), reasons(probe)[1:]) == (["c", "c"], ["reached c"])
    probe.control.resume()
    assert (await run).data == {"n": 4}


async def test_a_stage_is_stepped_over_with_the_loop_in_it() -> None:
    stages = tuple(
        Stage(f"flow/{name}", name, number, replace(loop(name, 2), path=f"flow/{name}/l"))
        for number, name in enumerate(("a", "b"), start=1)
    )
    probe = Probe(Chain("flow", "mixed", stages), {"a": counting(), "b": counting("m")}, paused=True)
    run = probe.start()
    await probe.settle()
    probe.control.step_stage()
    await probe.settle()
    assert (started(probe), reasons(probe)[1:]) == (["a", "a"], ["stage"])
    probe.control.step_stage()
    assert (await run).status == "completed"
