"""Who shares a rate limit, and what one leaves who never came to its turn (semantics §5)."""

from __future__ import annotations

from agentflow_tui.engine.guards import Guards
from agentflow_tui.history.policy_event import Throttled
from agentflow_tui.plan.node import Chain, Step
from agentflow_tui.plan.policy import BreakerPolicy, Policies, RateLimit
from tests.fake_clock import FakeClock
from tests.unit.engine.probe import Probe, returning

SLOW = RateLimit(0.125)


async def test_a_call_that_was_cancelled_while_it_waited_gives_its_place_back() -> None:
    clock = FakeClock()
    guards = Guards(clock)
    root = Chain("flow", "s", (Step("flow/a", "a", policies=Policies(rate_limit=SLOW)),))
    probes = [Probe(root, {"a": returning(None)}, guards=guards, clock=clock) for _ in range(3)]
    await probes[0].run()
    clock.call_later(4.0, probes[1].control.cancel)
    assert (await probes[1].run()).status == "cancelled"
    await probes[2].run()
    assert [event.wait for event in probes[2].of_kind(Throttled)] == [4.0]


def test_guards_beside_others_share_the_limits_and_not_the_breakers() -> None:
    guards, policy = Guards(FakeClock()), BreakerPolicy()
    beside = guards.beside()
    assert beside.bucket("a", SLOW) is guards.bucket("a", SLOW)
    assert beside.breaker("a", "a", policy) is not guards.breaker("a", "a", policy)
