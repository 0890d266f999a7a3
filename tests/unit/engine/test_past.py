"""A run that has a past goes through it without calling anybody, and then on as if it had never stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentflow_tui.conditions import parse_condition
from agentflow_tui.engine import Agent, AgentContext, Event, State
from agentflow_tui.engine.past import Past
from agentflow_tui.engine.past_moments import lived
from agentflow_tui.history import event as ev
from agentflow_tui.history import fold
from agentflow_tui.history.compare import first_divergence
from agentflow_tui.history.delta import Delta
from agentflow_tui.history.fan_event import FanEnded
from agentflow_tui.history.resume import CUT_OFF, EDIT_PATH, UNKNOWN_OUTCOME
from agentflow_tui.plan.node import Chain, ErrorRoutes, Fan, Loop, Node, Stage, Step
from agentflow_tui.plan.policy import Policies, RetryPolicy
from tests.unit.engine.probe import Doing, Probe, chain, counting, loop, returning, sleeping
from tests.unit.engine.test_any_plan import agents_of_all_kinds, plans

ROUTES = ErrorRoutes(default=Step("on error/flaky", "flaky"))
DATA = {"n": 0, "list": ["start"]}
EVENT: dict[str, Any] = {"event_id": "e", "timestamp": "t"}


def refusing() -> Agent:
    async def work(event: Event, state: State, context: AgentContext) -> Any:
        raise AssertionError(f"{context.path} was called")

    return Doing(work)


async def lived_once(root: Node, *, limit: float = 600.0) -> Probe:
    probe = Probe(root, agents_of_all_kinds(), timeout=limit, routes=ROUTES)
    await probe.run(DATA, **EVENT)
    return probe


async def again(
    root: Node, agents: Mapping[str, Agent], past: Past, *, limit: float = 600.0, **settings: Any
) -> Probe:
    probe = Probe(root, agents, timeout=limit, routes=ROUTES, past=past, **settings)
    await probe.engine.run(Event.make(DATA, **EVENT))
    return probe


@settings(max_examples=200, deadline=None)
@given(plans(without=("deaf",)), st.sampled_from((4.0, 600.0)))
def test_any_history_is_replayed_exactly_and_calls_nobody(root: Node, limit: float) -> None:
    async def check() -> None:
        first = await lived_once(root, limit=limit)
        nobody = dict.fromkeys(agents_of_all_kinds(), refusing())
        past = Past(first.history, len(first.history) - 1, is_replay=True)
        second = await again(root, nobody, past, limit=limit)
        assert first_divergence(first.history, second.history) is None
        assert second.clock.now() == 0

    asyncio.run(check())


@settings(max_examples=200, deadline=None)
@given(plans(without=("deaf",)), st.data())
def test_a_run_goes_on_from_any_event_to_the_same_end(root: Node, data: Any) -> None:
    async def check() -> None:
        first = await lived_once(root)
        whole = first.history
        n = data.draw(st.integers(-1, len(whole) - 2))
        past = Past(whole, n)
        second = await again(root, agents_of_all_kinds(), past)
        assert past.drift == ""
        history = whole[: n + 1]
        history += [replace(event, seq=len(history) + i) for i, event in enumerate(second.history)]
        assert sum(isinstance(event, ev.RunStarted) for event in history) == 1
        assert all(a.at <= b.at for a, b in zip(history, history[1:], strict=False))
        state = fold(history)
        assert state.status in ("completed", "failed")
        assert state.scopes == {}
        assert all(run.status != "running" for run in state.agent_runs)

    asyncio.run(check())


async def test_what_lies_behind_is_not_called_and_what_comes_is() -> None:
    agents = {"a": counting(), "b": counting("m")}
    root = chain("a", "b", "a")
    first = Probe(root, agents)
    await first.run({})
    cut = next(
        event.seq for event in first.history if isinstance(event, ev.AgentStarted) and event.agent == "b"
    )
    past = Past(first.history, cut - 1)
    second = Probe(root, agents, past=past)
    result = await second.engine.run(Event.make({}))
    assert (agents["a"].runs, agents["b"].runs) == (3, 2)
    assert result.data == {"n": 2, "m": 1}
    assert first_divergence(first.history, [*first.history[:cut], *second.history]) is None


async def test_an_edit_comes_right_after_the_event_and_decides_what_follows() -> None:
    root = Loop("flow", "loop", Step("flow/s", "count"), 5, parse_condition("n >= 3"))
    first = Probe(root, {"count": counting()})
    await first.run({})
    completed = [event.seq for event in first.history if isinstance(event, ev.AgentCompleted)]
    past = Past(first.history, completed[0], edit=Delta(set={"n": 9, "why": "x"}, removed=("gone",)))
    agent = counting()
    second = Probe(root, {"count": agent}, past=past)
    result = await second.engine.run(Event.make({}))
    assert agent.runs == 0
    assert result.data == {"n": 9, "why": "x"}
    assert isinstance(second.history[0], ev.StateChanged)
    assert second.history[0].path == EDIT_PATH
    whole = [*first.history[: completed[0] + 1], *second.history]
    assert dict(fold(whole).state.data) == result.data

    third = Probe(root, {"count": agent}, past=Past(whole, len(whole) - 2))
    assert (await third.engine.run(Event.make({}))).data == result.data
    assert [event.kind for event in third.history] == ["run_ended"]
    replayed = Probe(root, {"count": agent}, past=Past(whole, len(whole) - 1, is_replay=True))
    await replayed.engine.run(Event.make({}))
    assert first_divergence(whole, replayed.history) is None


async def test_an_edit_right_after_a_merge_is_on_top_of_it() -> None:
    root = Chain("flow", "s", (Fan("flow/f", "c", (Step("flow/f/a", "a"),)), Step("flow/b", "b")))
    agents = {"a": returning({"k": 1}), "b": counting()}
    first = Probe(root, agents)
    await first.run({})
    (ended,) = first.of_kind(FanEnded)
    second = Probe(root, agents, past=Past(first.history, ended.seq, edit=Delta(set={"k": 2})))
    assert (await second.engine.run(Event.make({}))).data == {"k": 2, "n": 1}


async def test_an_edit_of_the_beginning_is_one_of_the_input() -> None:
    probe = Probe(chain("a"), {"a": counting()}, past=Past([], -1, edit=Delta(set={"n": 5})))
    assert (await probe.engine.run(Event.make({"n": 1}))).data == {"n": 6}


async def test_a_flow_that_takes_another_way_calls_nobody_and_tells_nothing() -> None:
    first = Probe(chain("a", "b", "a"), {"a": counting(), "b": counting("m")})
    await first.run({})
    past = Past(first.history, len(first.history) - 3)
    second = Probe(chain("a", "c"), {"a": counting(), "c": refusing()}, past=past)
    result = await second.engine.run(Event.make({}))
    assert "agent_started of b" in past.drift
    assert (result.status, second.history) == ("cancelled", [])


async def test_what_was_in_flight_in_a_crash_is_not_done_again_in_silence() -> None:
    root = chain("slow", "slow")
    first = Probe(root, {"slow": sleeping(7, {"k": 1})})
    await first.run({})
    crashed = first.history[:-3]
    assert isinstance(crashed[-1], ev.AgentStarted)
    past = Past(crashed, len(crashed) - 1, why=UNKNOWN_OUTCOME)
    second = Probe(root, {"slow": sleeping(7, {"k": 2})}, past=past)
    assert (await second.engine.run(Event.make({}))).data == {"k": 2}
    cancelled, warned, started = second.history[:3]
    assert isinstance(cancelled, ev.AgentCancelled)
    assert cancelled.reason == UNKNOWN_OUTCOME
    assert isinstance(warned, ev.Warned)
    assert "'slow'" in warned.message
    assert isinstance(started, ev.AgentStarted)


async def test_a_paused_run_stands_where_its_past_ends_and_time_goes_on_from_there() -> None:
    root = chain("slow", "slow")
    first = Probe(root, {"slow": sleeping(7, {"k": 1})})
    await first.run({})
    (done, _) = first.of_kind(ev.AgentCompleted)
    second = Probe(root, {"slow": sleeping(7)}, past=Past(first.history, done.seq), paused=True)
    run = asyncio.create_task(second.engine.run(Event.make({})))
    await second.clock.sleep(100)
    assert [event.kind for event in second.history] == ["run_paused"]
    second.control.resume()
    assert (await run).data == {"k": 1}
    assert second.of_kind(ev.RunEnded)[0].at == pytest.approx(7 + 100 + 7)


async def test_the_time_of_then_counts_for_limits() -> None:
    root = chain("slow", "slow")
    first = Probe(root, {"slow": sleeping(7)})
    await first.run({})
    (done, _) = first.of_kind(ev.AgentCompleted)
    second = Probe(root, {"slow": sleeping(7)}, past=Past(first.history, done.seq), timeout=10)
    result = await second.engine.run(Event.make({}))
    assert "timeout after 10 s" in result.error
    assert second.clock.now() == pytest.approx(3)


async def test_the_limit_of_one_attempt_is_none_of_all_of_them_in_the_past_either() -> None:
    policies = Policies(retry=RetryPolicy(3, initial_delay=1.0, jitter=False))
    body = Step("flow/s/slow", "slow", timeout=5.0, policies=policies)
    first = await lived_once(Stage("flow/s", "Gather", 1, body, timeout=12.0))
    assert [event.at for event in first.of_kind(ev.AgentCancelled)] == [12.0]
    past = Past(first.history, len(first.history) - 1, is_replay=True)
    second = await again(Stage("flow/s", "Gather", 1, body, timeout=12.0), {"slow": refusing()}, past)
    assert first_divergence(first.history, second.history) is None


async def test_a_cancelled_run_and_one_that_stops_in_the_middle_are_replayed_as_far_as_they_went() -> None:
    root = loop("slow", 3)
    first = Probe(root, {"slow": sleeping(7)})
    first.clock.call_later(10, lambda: first.control.cancel("enough"))
    await first.run({})
    for history in (first.history, first.history[:-4], first.history[:4]):
        past = Past(history, len(history) - 1, is_replay=True)
        second = Probe(root, {"slow": refusing()}, past=past)
        await second.engine.run(Event.make({}))
        assert first_divergence(history, second.history) is None


async def test_callbacks_of_then_are_not_called_again() -> None:
    from agentflow_tui.engine import Hooks

    calls: list[str] = []

    def hooks() -> Hooks:
        made = Hooks()

        def before(call: Any) -> Any:
            calls.append("before")
            call.state.data["hooked"] = len(calls)
            return call.state

        made.register("BeforeEventHandling", "h", before)
        made.register("BeforeAgentRun", "h", before)
        made.register("AfterEventHandling", "h", before)
        return made

    root = chain("a", "b")
    agents = {"a": counting(), "b": counting("m")}
    first = Probe(root, agents, hooks=hooks())
    await first.run({})
    assert len(calls) == 4
    second = Probe(
        root, agents, hooks=hooks(), past=Past(first.history, len(first.history) - 1, is_replay=True)
    )
    await second.engine.run(Event.make({}))
    assert len(calls) == 4
    assert first_divergence(first.history, second.history) is None
    bare = Probe(root, agents, past=Past(first.history, len(first.history) - 1, is_replay=True))
    await bare.engine.run(Event.make({}))
    assert first_divergence(first.history, bare.history) is None
    (done, _) = first.of_kind(ev.AgentCompleted)
    third = Probe(root, agents, hooks=hooks(), past=Past(first.history, done.seq))
    await third.engine.run(Event.make({}))
    assert len(calls) == 6


def test_what_a_crash_cut_off_is_no_part_of_what_was_lived() -> None:
    def started(seq: int) -> ev.AgentStarted:
        return ev.AgentStarted(seq=seq, at=0, path="p", agent="a")

    call = ev.TokensReceived(seq=1, at=0, path="p", call="c", text="x")
    gone = ev.AgentCancelled(seq=2, at=0, path="p", agent="a", duration=0, reason=CUT_OFF)
    done = ev.AgentCompleted(seq=4, at=0, path="p", agent="a", delta=Delta(), duration=0)
    assert lived([started(0), call, gone, started(3), done]) == [started(0), replace(done, seq=1)]
