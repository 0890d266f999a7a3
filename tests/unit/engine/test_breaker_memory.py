"""What a history tells of circuit breakers is how they stood."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from agentflow_tui.engine import Event
from agentflow_tui.engine.breaker import Breaker, BreakerOpenError
from agentflow_tui.engine.breaker_memory import PastBreakers
from agentflow_tui.engine.guards import Guards
from agentflow_tui.engine.past import Past
from agentflow_tui.history import event as ev
from agentflow_tui.plan.node import Chain, Node, Step, walk
from agentflow_tui.plan.policy import BreakerPolicy, Policies, RateLimit
from tests.fake_clock import FakeClock
from tests.unit.engine.probe import Probe, counting, loop, raising
from tests.unit.engine.test_any_plan import agents_of_all_kinds, plans
from tests.unit.engine.test_past import DATA, EVENT, ROUTES


@settings(max_examples=300, deadline=None)
@given(plans(without=("deaf",)), st.sampled_from((4.0, 600.0)))
def test_at_the_end_of_any_run_they_stand_as_the_history_says(root: Node, limit: float) -> None:
    steps = [node for node in walk(root) if isinstance(node, Step)]
    policies: dict[str, set[Any]] = {}
    for step in steps:
        policies.setdefault(step.key, set()).add(step.policies.breaker if step.policies else None)
    # With several policies an agent has several breakers, one after the other.
    guarded = {key for key, found in policies.items() if len(found) == 1 and found != {None}}
    assume(guarded)

    async def check() -> None:
        clock = FakeClock()
        guards = Guards(clock)
        probe = Probe(root, agents_of_all_kinds(), timeout=limit, routes=ROUTES, guards=guards, clock=clock)
        await probe.run(DATA, **EVENT)
        past = PastBreakers.of(probe.history, {step.path: step.key for step in steps})
        for key in guarded & guards._breakers.keys():
            real, told = guards._breakers[key][1], past.by_key[key]
            assert (real.state, real._count) == (told.state, told.count)
            if real.state == "open":
                assert real._opened_at == pytest.approx(told.opened_at)

    asyncio.run(check())


def guarded(agent: str, *, failures: int = 2, seconds: float = 30.0) -> Step:
    return Step(f"flow/{agent}", agent, None, Policies(breaker=BreakerPolicy(failures, 1, 1, seconds)))


async def test_an_open_breaker_is_open_in_the_fork_for_as_long_as_it_had_to_be() -> None:
    step = guarded("bad", failures=1)
    root = Chain("flow", "s", (Step("flow/ok", "ok"), step))
    agents = {"ok": counting(), "bad": raising(ValueError("bad"))}
    first = Probe(root, agents)
    await first.run({})
    failed = first.of_kind(ev.AgentFailed)[0]
    past = PastBreakers.of(first.history[: failed.seq + 1], {step.path: step.key})
    clock = FakeClock()
    breaker = Guards(clock).beside(past).breaker(step.key, "bad", step.policies.breaker)  # type: ignore[union-attr,arg-type]
    with pytest.raises(BreakerOpenError, match="30 s left"):
        breaker.admit()
    await clock.sleep(30)
    breaker.admit()
    assert breaker.state == "half_open"


async def test_failures_in_a_row_are_counted_on() -> None:
    step = guarded("bad", failures=2)
    first = Probe(Chain("flow", "s", (step,)), {"bad": raising(ValueError("bad"))})
    await first.run({})
    past = PastBreakers.of(first.history, {step.path: step.key})
    breaker: Breaker = Guards(FakeClock()).beside(past).breaker(step.key, "bad", step.policies.breaker)  # type: ignore[union-attr,arg-type]
    breaker.fail(breaker.admit())
    assert breaker.state == "open"


def test_other_runs_keep_their_breakers_and_all_share_the_buckets() -> None:
    guards = Guards(FakeClock())
    limit, policy = RateLimit(1.0, 1), BreakerPolicy(1)
    beside = guards.beside(PastBreakers.of((), {}))
    assert beside.bucket("a", limit) is guards.bucket("a", limit)
    assert beside.breaker("a", "a", policy) is not guards.breaker("a", "a", policy)


async def test_a_loop_that_is_gone_on_with_meets_the_breaker_of_then() -> None:
    body = Step("flow/s", "bad", None, Policies(breaker=BreakerPolicy(1, 1, 1, 30.0)))
    root = Chain("flow", "s", (loop("ok", 1), body))
    agents = {"ok": counting(), "bad": raising(ValueError("bad"))}
    first = Probe(root, agents)
    await first.run({})
    n = first.of_kind(ev.AgentFailed)[0].seq
    guards = Guards(FakeClock()).beside(PastBreakers.of(first.history[: n + 1], {body.path: body.key}))
    second = Probe(root, agents, past=Past(first.history, n), guards=guards)
    result = await second.engine.run(Event.make({}))
    assert result.status == "failed"
    with pytest.raises(BreakerOpenError):
        guards.breaker(body.key, "bad", BreakerPolicy(1, 1, 1, 30.0)).admit()
