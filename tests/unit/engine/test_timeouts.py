"""Limits of time on three levels, and pauses that do not count (semantics §5)."""

from __future__ import annotations

import asyncio

import pytest

from agentflow_tui.engine import AgentContext, Event, Hooks, State
from agentflow_tui.engine.hooks import HookCall
from agentflow_tui.history.event import AgentCancelled, AgentCompleted, AgentFailed, NodeEnded
from agentflow_tui.plan.node import Chain, Loop, Node, Stage, Step
from agentflow_tui.plan.policy import Policies, RetryPolicy
from tests.fake_clock import FakeClock
from tests.unit.engine.probe import Doing, Probe, chain, counting, fan, loop, returning, sleeping, step


async def test_the_default_orchestration_timeout_says_which_key_changes_it() -> None:
    probe = Probe(chain("slow"), {"slow": sleeping(100)}, timeout=30.0, is_default=True)
    result = await probe.run({"k": 1})
    assert result.status == "failed"
    assert result.error == (
        "orchestration timeout after 30 s (the default; set [orchestration] timeout_seconds to change it)"
    )
    assert (result.category, result.data) == ("timeout", {"k": 1})
    assert probe.history[-1].at == 30.0
    assert [event.agent for event in probe.of_kind(AgentCancelled)] == ["slow"]


async def test_an_agent_timeout_is_that_agents_failure() -> None:
    root = Chain("flow", "sequential", (step("slow", timeout=5.0),))
    probe = Probe(root, {"slow": sleeping(100)})
    result = await probe.run()
    assert result.error == "agent 'slow' failed: agent timeout after 5 s"
    failed = probe.of_kind(AgentFailed)[0]
    assert (failed.category, failed.duration) == ("timeout", 5.0)
    assert "[agents.slow] timeout_seconds" in failed.hint


async def test_an_agent_that_is_quick_enough_hears_nothing_of_its_limit() -> None:
    root = Loop("flow", "loop", step("quick", timeout=5.0), max_iterations=3)
    probe = Probe(root, {"quick": sleeping(4)})
    result = await probe.run()
    assert (result.status, probe.history[-1].at) == ("completed", 12.0)


async def test_a_stage_timeout_fails_the_stage_and_keeps_what_it_did() -> None:
    body = chain("quick", "slow")
    root = Chain("flow", "mixed", (Stage("flow/s", "Gather", 1, body, timeout=7.0),))
    probe = Probe(root, {"quick": sleeping(1, {"a": 1}), "slow": sleeping(100)})
    result = await probe.run()
    assert result.error == "stage 'Gather' failed: stage timeout after 7 s"
    assert (result.category, result.data) == ("timeout", {"a": 1})
    assert probe.history[-1].at == 7.0


async def test_the_orchestration_timeout_wins_over_a_later_stage_timeout() -> None:
    root = Stage("flow/s", "Gather", 1, chain("slow"), timeout=50.0)
    probe = Probe(root, {"slow": sleeping(100)}, timeout=9.0)
    result = await probe.run()
    assert result.error == "orchestration timeout after 9 s"
    assert [event.status for event in probe.of_kind(NodeEnded)] == ["cancelled", "cancelled"]


TIMED: dict[str, Node] = {
    "orchestration": chain("a", "b"),
    "stage": Stage("flow/s", "S", 1, chain("a", "b"), timeout=10.0),
    "loop": loop("a", 2),
    "fan": fan("a", "b", max_concurrency=1),
}


@pytest.mark.parametrize("where", TIMED)
async def test_time_spent_paused_counts_for_no_limit(where: str) -> None:
    probe = Probe(TIMED[where], {"a": sleeping(4), "b": sleeping(4)}, timeout=10.0)
    run = probe.start()
    await probe.clock.sleep(2)
    probe.control.pause()
    await probe.clock.sleep(1000)
    probe.control.resume()
    result = await run
    assert (result.status, result.error) == ("completed", "")
    assert probe.history[-1].at == 1002 + 4


@pytest.mark.parametrize("where", ["orchestration", "stage"])
async def test_what_is_left_after_a_pause_is_still_a_limit(where: str) -> None:
    limit = 10.0 if where == "orchestration" else 600.0
    probe = Probe(TIMED[where], {"a": sleeping(4), "b": sleeping(400)}, timeout=limit)
    run = probe.start()
    await probe.clock.sleep(2)
    probe.control.pause()
    await probe.clock.sleep(1000)
    probe.control.resume()
    result = await run
    assert f"{where} timeout after 10 s" in result.error
    assert probe.history[-1].at == pytest.approx(1002 + 6)


async def test_a_limit_that_came_due_as_the_run_stood_still_stops_who_waits_to_begin() -> None:
    # So little before the limit that its timer counts as gone off.
    probe = Probe(chain("first", "second"), {"first": sleeping(3.9998), "second": returning({})}, timeout=4.0)
    resumed: list[float] = []

    def resume() -> None:
        probe.control.resume()
        resumed.append(probe.clock.now())

    probe.clock.call_later(1, probe.control.pause)
    probe.clock.call_later(100, resume)
    result = await probe.run()
    assert (result.status, result.category, len(resumed)) == ("failed", "timeout", 1)
    assert [event.agent for event in probe.of_kind(AgentCompleted)] == ["first"]


async def test_an_agent_that_runs_on_into_a_pause_is_still_limited() -> None:
    root = Chain("flow", "sequential", (step("slow", timeout=5.0),))
    probe = Probe(root, {"slow": sleeping(100)})
    run = probe.start()
    await probe.clock.sleep(1)
    probe.control.pause()
    assert "agent timeout after 5 s" in (await run).error


async def test_a_tolerated_timeout_is_marked_like_any_failure() -> None:
    root = fan("slow", "ok")
    root = type(root)(root.path, root.title, (step("slow", timeout=2.0), root.children[1]))
    probe = Probe(root, {"slow": sleeping(100), "ok": returning({"x": 1})})
    result = await probe.run()
    assert result.meta == {"slow_failed": "true", "slow_error": "agent timeout after 2 s"}


async def test_a_timed_out_loop_says_why_it_ended() -> None:
    probe = Probe(loop("a", 50), {"a": counting()}, timeout=5.0)
    assert (await probe.run()).meta["exit_reason"] == "max_iterations"
    probe = Probe(loop("a", 50), {"a": sleeping(2)}, timeout=5.0)
    result = await probe.run()
    assert (result.meta["exit_reason"], result.meta["total_iterations"]) == ("error", "3")


def _blocking(clock: FakeClock, seconds: float) -> Doing:
    async def block(event: Event, state: State, context: AgentContext) -> dict[str, bool]:
        # As a long calculation would: no timer of the event loop is called meanwhile.
        clock._now += seconds
        return {"late": True}

    return Doing(block)


async def test_a_result_that_comes_late_as_the_agent_blocked_everything_does_not_count() -> None:
    clock = FakeClock()
    steps = (step("ok"), step("heavy", timeout=2.0), step("after"))
    agents = {"ok": returning({"n": 1}), "heavy": _blocking(clock, 3.5), "after": counting()}
    probe = Probe(Chain("flow", "sequential", steps), agents, clock=clock)
    result = await probe.run()
    assert result.error == "agent 'heavy' failed: agent timeout after 2 s"
    assert result.data == {"n": 1, "pipeline_failed": True, "failed_stage": "heavy"}
    assert agents["after"].runs == 0


async def test_an_agent_with_policies_that_blocks_past_its_limit_fails_that_attempt() -> None:
    clock = FakeClock()
    retry = RetryPolicy(1, initial_delay=1.0, jitter=False, retryable=frozenset({"timeout"}))
    heavy = _blocking(clock, 3.5)
    root = Chain("flow", "sequential", (Step("flow/h", "heavy", 2.0, Policies(retry)),))
    probe = Probe(root, {"heavy": heavy}, clock=clock)
    result = await probe.run()
    assert result.error == "agent 'heavy' failed: agent timeout after 2 s"
    assert (heavy.runs, probe.history[-1].at) == (2, 3.5 + 1 + 3.5)


@pytest.mark.parametrize("where", ["orchestration", "stage"])
async def test_a_limit_around_an_agent_that_blocked_past_it_still_counts(where: str) -> None:
    clock = FakeClock()
    agents = {"a": _blocking(clock, 11), "b": returning({"b": 1})}
    probe = Probe(TIMED[where], agents, timeout=10.0 if where == "orchestration" else 600.0, clock=clock)
    result = await probe.run()
    assert (result.status, "late" in result.data) == ("failed", False)
    assert f"{where} timeout after 10 s" in result.error


async def test_an_agent_that_blocks_within_all_limits_counts() -> None:
    clock = FakeClock()
    probe = Probe(chain("a"), {"a": _blocking(clock, 9)}, timeout=10.0, clock=clock)
    assert (await probe.run()).data == {"late": True}


@pytest.mark.parametrize("how", ["returns", "raises"])
async def test_what_an_agent_says_after_its_time_is_over_does_not_count(how: str) -> None:
    async def late(event: Event, state: State, context: AgentContext) -> dict[str, bool]:
        try:
            await context.clock.sleep(100)
        except asyncio.CancelledError:
            await context.clock.sleep(1)
            if how == "raises":
                raise ValueError("something else") from None
        return {"late": True}

    root = Chain("flow", "sequential", (step("late", timeout=2.0),))
    probe = Probe(root, {"late": Doing(late)})
    result = await probe.run()
    assert result.error == "agent 'late' failed: agent timeout after 2 s"
    assert ("late" in result.data, probe.history[-1].at) == (False, 3.0)


async def test_a_callback_on_a_timeout_has_time_of_its_own() -> None:
    ended: list[float] = []

    async def slow(call: HookCall) -> None:
        await probe.clock.sleep(50)
        ended.append(probe.clock.now())

    hooks = Hooks()
    hooks.register("AgentError", "slow", slow)
    root = Chain("flow", "sequential", (step("slow", timeout=2.0),))
    probe = Probe(root, {"slow": sleeping(100)}, hooks=hooks)
    assert (await probe.run()).error == "agent 'slow' failed: agent timeout after 2 s"
    assert ended == [52.0]
