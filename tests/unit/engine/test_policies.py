"""Retry, circuit breaker and rate limit in a run (semantics §5, §9)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from agentflow_tui.engine import AgentContext, AgentError, Event, Hooks, State
from agentflow_tui.engine.call import GRACE_SECONDS
from agentflow_tui.engine.errors import CATEGORIES, AgentNetworkError
from agentflow_tui.engine.guards import Guards
from agentflow_tui.engine.hooks import HookCall
from agentflow_tui.engine.retry import retrying
from agentflow_tui.engine.token_bucket import TokenBucket
from agentflow_tui.history.event import (
    AgentCancelled,
    AgentCompleted,
    AgentFailed,
    AgentStarted,
    RunEnded,
    Warned,
)
from agentflow_tui.history.fold import fold
from agentflow_tui.history.policy_event import AttemptFailed, AttemptStarted, BreakerChanged, Throttled
from agentflow_tui.plan.node import Chain, Loop, Step
from agentflow_tui.plan.policy import BreakerPolicy, Policies, RateLimit, RetryPolicy
from tests.fake_clock import FakeClock
from tests.unit.engine.probe import Doing, Probe, counting, raising, returning, sleeping, stubborn

STEADY = RetryPolicy(3, initial_delay=1.0, backoff_factor=2.0, jitter=False)
TOUCHY = BreakerPolicy(failure_threshold=2, success_threshold=1, half_open_max_calls=1, open_seconds=30.0)


def failing(times: int, error: BaseException | None = None) -> Doing:
    """An agent whose first calls fail; what it did to the state before is never seen again."""

    async def work(event: Event, state: State, context: AgentContext) -> Any:
        state.data["seen"] = [*state.data.get("seen", []), context.attempt]
        if agent.runs <= times:
            raise error or AgentNetworkError("gone")
        return state

    agent = Doing(work)
    return agent


def guarded(agent: str, timeout: float | None = None, **policies: Any) -> Step:
    return Step(f"flow/{agent}", agent, timeout, Policies(**policies))


async def test_every_failed_attempt_and_every_wait_is_in_the_history() -> None:
    probe = Probe(Chain("flow", "s", (guarded("a", retry=STEADY),)), {"a": failing(2)})
    result = await probe.run()
    assert (result.status, result.data) == ("completed", {"seen": [3]})
    failed = probe.of_kind(AttemptFailed)
    assert [(event.attempt, event.retry_in, event.category) for event in failed] == [
        (1, 1.0, "network"),
        (2, 2.0, "network"),
    ]
    assert [(event.attempt, event.at) for event in probe.of_kind(AttemptStarted)] == [(2, 1.0), (3, 3.0)]
    assert len(probe.of_kind(AgentStarted)) == len(probe.of_kind(AgentCompleted)) == 1
    assert probe.of_kind(AgentCompleted)[0].duration == 3.0


async def test_the_graph_shows_what_an_agent_waits_for() -> None:
    step = guarded("a", retry=STEADY, rate_limit=RateLimit(1.0))
    probe = Probe(Chain("flow", "s", (step,)), {"a": failing(1)})
    await probe.run()
    statuses: list[str] = []
    for end in range(len(probe.history)):
        node = fold(probe.history[: end + 1]).nodes.get("flow/a")
        if node is not None and (not statuses or statuses[-1] != node.status):
            statuses.append(node.status)
    # The retry comes when the limit lets it through at once.
    assert statuses == ["running", "retrying", "running", "completed"]
    probe = Probe(Loop("flow", "l", guarded("a", rate_limit=RateLimit(0.5)), 2), {"a": counting()})
    await probe.run()
    (wait,) = probe.of_kind(Throttled)
    assert (wait.wait, wait.iteration) == (2.0, 2)
    assert fold(probe.history[: wait.seq + 1]).nodes["flow/a"].status == "throttled"


async def test_hooks_fire_once_per_agent_run_and_know_the_attempt() -> None:
    fired: list[tuple[str, int | None]] = []

    def note(call: HookCall) -> State | None:
        fired.append((call.hook, call.attempt))
        if call.hook == "BeforeAgentRun":
            call.state.data["seen"] = ["hook"]
            return call.state
        return None

    hooks = Hooks()
    hooks.register("AllHooks", "note", note)
    steps = (guarded("a", retry=STEADY), guarded("b", retry=STEADY))
    probe = Probe(Chain("flow", "s", steps), {"a": failing(1), "b": failing(9)}, hooks=hooks)
    result = await probe.run()
    assert result.data["seen"] == ["hook", 2]
    assert fired == [
        ("BeforeEventHandling", None),
        ("BeforeAgentRun", 1),
        ("AfterAgentRun", 2),
        ("BeforeAgentRun", 1),
        ("AgentError", 4),
        ("AfterEventHandling", None),
    ]


async def test_an_attempt_that_was_refused_leaves_nothing_for_the_next_one() -> None:
    seen: list[list[str]] = []

    async def work(event: Event, state: State, context: AgentContext) -> Any:
        seen.append(sorted(state.data))
        return {"half": 1, "bad": {1}} if context.attempt == 1 else None

    hooks = Hooks()
    hooks.register("BeforeAgentRun", "hook", lambda call: {"hooked": 1})
    retry = RetryPolicy(1, jitter=False, retryable=frozenset({"validation"}))
    root = Chain("flow", "s", (guarded("a", retry=retry),))
    result = await Probe(root, {"a": Doing(work)}, hooks=hooks).run()
    assert seen == [["hooked"], ["hooked"]]
    assert result.data == {"hooked": 1}


async def test_a_wait_longer_than_the_agents_time_limit_is_waited_out() -> None:
    retry = RetryPolicy(1, initial_delay=9.0, jitter=False)
    probe = Probe(Chain("flow", "s", (guarded("a", 2.0, retry=retry),)), {"a": failing(1)})
    result = await probe.run()
    assert (result.status, probe.history[-1].at) == ("completed", 9.0)


async def test_an_agents_time_limit_holds_for_each_attempt_and_not_for_the_waits() -> None:
    slow = sleeping(10, {"x": 1})

    async def sometimes(event: Event, state: State, context: AgentContext) -> Any:
        if context.attempt < 3:
            return await slow.run(event, state, context)
        await context.clock.sleep(1.5)
        return {"attempt": context.attempt}

    probe = Probe(Chain("flow", "s", (guarded("a", 2.0, retry=STEADY),)), {"a": Doing(sometimes)})
    result = await probe.run()
    assert (result.status, result.data) == ("completed", {"attempt": 3})
    assert [event.error for event in probe.of_kind(AttemptFailed)] == ["agent timeout after 2 s"] * 2
    assert probe.history[-1].at == 2 + 1 + 2 + 2 + 1.5


async def test_an_attempt_that_does_not_stop_is_left_behind_and_not_tried_again() -> None:
    deaf = stubborn(60)
    step = guarded("deaf", 3.0, retry=STEADY, breaker=BreakerPolicy(failure_threshold=1))
    probe = Probe(Chain("flow", "s", (step,)), {"deaf": deaf})
    result = await probe.run()
    assert (result.status, deaf.runs) == ("failed", 1)
    assert result.error == "agent 'deaf' failed: agent timeout after 3 s"
    assert probe.history[-1].at == 3 + GRACE_SECONDS
    assert [event.state for event in probe.of_kind(BreakerChanged)] == ["open"]
    length = len(probe.history)
    await probe.clock.sleep(7200)
    assert (len(probe.history), deaf.runs, len(probe.of_kind(Warned))) == (length, 1, 1)


@pytest.mark.parametrize("second", [0.5, 1.5, 4.0])
async def test_cancelling_ends_a_wait_at_once(second: float) -> None:
    steps = (guarded("a", retry=STEADY, rate_limit=RateLimit(0.1)),)
    probe = Probe(Chain("flow", "s", steps), {"a": failing(9)})
    probe.clock.call_later(second, probe.control.cancel)
    result = await probe.run()
    assert (result.status, probe.history[-1].at) == ("cancelled", second)
    assert len(probe.of_kind(AgentCancelled)) == 1


@pytest.mark.parametrize("error", [SystemExit(1), KeyboardInterrupt(), GeneratorExit()])
async def test_what_is_no_ordinary_error_is_not_retried(error: BaseException) -> None:
    agent = raising(error)
    retry = RetryPolicy(3, jitter=False, retryable=frozenset(CATEGORIES))
    probe = Probe(Chain("flow", "s", (guarded("a", retry=retry),)), {"a": agent})
    assert ((await probe.run()).status, agent.runs) == ("failed", 1)


async def test_an_agent_that_cancels_itself_is_retried_only_as_an_unknown_error() -> None:
    for retryable, runs in ((frozenset(CATEGORIES) - {"unknown"}, 1), (frozenset({"unknown"}), 4)):
        agent = raising(asyncio.CancelledError())
        retry = RetryPolicy(3, jitter=False, retryable=retryable)
        probe = Probe(Chain("flow", "s", (guarded("a", retry=retry),)), {"a": agent})
        assert ((await probe.run()).status, agent.runs) == ("failed", runs)


async def test_an_open_breaker_is_not_asked_again_whatever_is_retryable() -> None:
    retry = RetryPolicy(5, initial_delay=1.0, jitter=False, retryable=frozenset(CATEGORIES))
    probe = Probe(Chain("flow", "s", (guarded("a", retry=retry, breaker=TOUCHY),)), {"a": failing(9)})
    result = await probe.run()
    assert "circuit breaker for 'a' is open" in result.error
    assert [event.attempt for event in probe.of_kind(AttemptFailed)] == [1, 2]


async def test_a_result_that_cannot_be_taken_is_a_failed_attempt() -> None:
    retry = RetryPolicy(2, jitter=False, retryable=frozenset({"validation"}))
    agent = returning({"a": {1}})
    probe = Probe(Chain("flow", "s", (guarded("a", retry=retry),)), {"a": agent})
    result = await probe.run()
    assert agent.runs == 3
    assert result.error == "agent 'a' failed: a: a set is not a JSON value"


async def test_what_a_server_asks_for_wins_over_the_cap_and_nonsense_does_not_count() -> None:
    waits = []

    async def slept(seconds: float) -> None:
        waits.append(seconds)

    for asked in (100, 0.0, -5, float("nan"), float("inf"), True, "7", None, 10**400):
        error = AgentError("busy", category="rate_limit")
        error.retry_after = asked  # type: ignore[assignment]

        async def call(error: AgentError = error) -> None:
            raise error

        policy = RetryPolicy(1, initial_delay=9.0, max_delay=5.0, jitter=False)
        with pytest.raises(AgentError):
            await retrying(policy, sleep=slept, rng=lambda: 0.5, failed=lambda *_: None)(call)
    assert waits == [100, 0.0, 0.0, 5.0, 5.0, 5.0, 5.0, 5.0, 5.0]


async def test_an_open_breaker_fails_the_call_at_once_and_is_shared_by_runs() -> None:
    clock = FakeClock()
    guards, agent = Guards(clock), failing(2)
    step = guarded("a", breaker=TOUCHY, retry=RetryPolicy(5, initial_delay=1.0, jitter=False))
    root = Chain("flow", "s", (step,))
    first = Probe(root, {"a": agent}, guards=guards, clock=clock)
    result = await first.run()
    assert result.error == "agent 'a' failed: circuit breaker for 'a' is open (28 s left)"
    assert agent.runs == 2
    assert fold(first.history).nodes["flow/a"].status == "open"
    second = Probe(root, {"a": agent}, guards=guards, clock=clock)
    assert "is open (28 s left)" in (await second.run()).error
    assert second.of_kind(AgentFailed)[0].category == "resource"
    assert [event.state for event in second.of_kind(BreakerChanged)] == ["open"]
    assert fold(second.history).nodes["flow/a"].status == "open"
    await clock.sleep(28)
    third = Probe(root, {"a": agent}, guards=guards, clock=clock)
    assert (await third.run()).status == "completed"
    assert [event.state for event in third.of_kind(BreakerChanged)] == ["half_open", "closed"]


async def test_a_cancelled_call_says_nothing_to_the_breaker_and_gives_its_place_back() -> None:
    clock = FakeClock()
    guards = Guards(clock)
    step = guarded("a", breaker=TOUCHY, rate_limit=RateLimit(0.1))
    for _ in range(4):
        probe = Probe(Chain("flow", "s", (step,)), {"a": sleeping(60)}, guards=guards, clock=clock)
        clock.call_later(1.0, probe.control.cancel)
        assert (await probe.run()).status == "cancelled"
        assert probe.of_kind(BreakerChanged) == []
    assert guards.breaker("a", "a", TOUCHY).state == "closed"


async def test_a_changed_policy_gets_a_fresh_breaker_and_bucket() -> None:
    guards = Guards(FakeClock())
    breaker, bucket = guards.breaker("a", "a", TOUCHY), guards.bucket("a", RateLimit(1.0))
    assert guards.breaker("a", "a", TOUCHY) is breaker and guards.bucket("a", RateLimit(1.0)) is bucket
    assert guards.breaker("a", "a", BreakerPolicy()) is not breaker
    assert guards.bucket("a", RateLimit(2.0)) is not bucket


def test_a_bucket_never_lets_more_through_than_its_burst() -> None:
    now = [0.0]
    bucket = TokenBucket(RateLimit(2.0, burst=3), lambda: now[0])
    assert [bucket.take() for _ in range(5)] == [0.0, 0.0, 0.0, 0.5, 1.0]
    bucket.give_back()
    assert bucket.take() == 1.0
    now[0] = 1000.0
    assert [bucket.take() for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]


async def test_a_run_without_policies_imports_and_keeps_nothing_for_them() -> None:
    probe = Probe(Chain("flow", "s", (Step("flow/a", "a"),)), {"a": raising(AgentNetworkError("gone"))})
    assert (await probe.run()).status == "failed"
    assert probe.names() == [
        "run_started",
        "node_started",
        "agent_started",
        "agent_failed",
        "state_changed",
        "node_ended",
        "run_ended",
    ]
    assert len(probe.of_kind(RunEnded)) == 1


def test_a_wait_is_always_a_number_of_seconds() -> None:
    bucket = TokenBucket(RateLimit(1e-320), lambda: 0.0)
    assert [bucket.take(), bucket.take()] == [0.0, 1e9]
