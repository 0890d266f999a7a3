"""What a call that ends late says to a circuit breaker that has moved on: nothing (semantics §5, §9)."""

from __future__ import annotations

import pytest

from agentflow_tui.engine.breaker import Breaker, BreakerOpenError
from agentflow_tui.plan.policy import BreakerPolicy

POLICY = BreakerPolicy(failure_threshold=2, success_threshold=2, half_open_max_calls=1, open_seconds=30.0)


class _Desk:
    """A breaker, its time, and a call that began while it was closed."""

    def __init__(self) -> None:
        self.now = 0.0
        self.breaker = Breaker("a", POLICY, lambda: self.now)
        self.late = self.breaker.admit()
        for _ in range(POLICY.failure_threshold):
            self.breaker.fail(self.breaker.admit())
        assert self.breaker.state == "open"


def test_a_late_failure_does_not_keep_it_open_for_longer() -> None:
    desk = _Desk()
    desk.now = 20.0
    for _ in range(POLICY.failure_threshold):
        desk.breaker.fail(desk.late)
    desk.now = 30.0
    desk.breaker.admit()
    assert desk.breaker.state == "half_open"


def test_a_late_failure_does_not_open_it_again() -> None:
    desk = _Desk()
    desk.now = 30.0
    desk.breaker.admit()
    desk.breaker.fail(desk.late)
    assert desk.breaker.state == "half_open"


def test_a_late_success_closes_nothing_and_frees_no_place() -> None:
    desk = _Desk()
    desk.now = 30.0
    desk.breaker.admit()
    for _ in range(POLICY.success_threshold):
        desk.breaker.succeed(desk.late)
    assert desk.breaker.state == "half_open"
    with pytest.raises(BreakerOpenError, match="at its limit of 1 probes"):
        desk.breaker.admit()


def test_a_call_that_was_cancelled_late_frees_no_place() -> None:
    desk = _Desk()
    desk.now = 30.0
    desk.breaker.admit()
    desk.breaker.drop(desk.late)
    with pytest.raises(BreakerOpenError):
        desk.breaker.admit()


def test_a_late_success_does_not_forgive_failures_of_a_new_round() -> None:
    desk = _Desk()
    desk.now = 30.0
    for _ in range(POLICY.success_threshold):
        desk.breaker.succeed(desk.breaker.admit())
    assert desk.breaker.state == "closed"
    desk.breaker.fail(desk.breaker.admit())
    desk.breaker.succeed(desk.late)
    desk.breaker.fail(desk.breaker.admit())
    assert desk.breaker.state == "open"


def test_one_failure_while_half_open_opens_it_again_for_the_whole_time() -> None:
    desk = _Desk()
    desk.now = 30.0
    desk.breaker.fail(desk.breaker.admit())
    assert desk.breaker.state == "open"
    desk.now = 59.0
    with pytest.raises(BreakerOpenError, match=r"is open \(1 s left\)"):
        desk.breaker.admit()
