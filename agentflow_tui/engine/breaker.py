"""A switch in front of one agent that lets no call through for a while after failures in a row."""

from __future__ import annotations

import math
from collections.abc import Callable

from agentflow_tui.engine.errors import AgentError
from agentflow_tui.plan.policy import BreakerPolicy

_TINY = 1e-6
"""Seconds that adding up times may lose."""


class BreakerOpenError(AgentError):
    """A call was not made, because the ones before it failed; never retried."""

    category = "resource"


class Breaker:
    """Closed, open or half-open (semantics §5, §9 breaker).

    `admit` before a call, then exactly one of `succeed`, `fail`, `drop` with what `admit` gave. The end of
    a call that began in an earlier state of the breaker says nothing about this one.
    """

    __slots__ = ("_agent", "_count", "_now", "_opened_at", "_policy", "_probes", "_term", "state")

    def __init__(self, agent: str, policy: BreakerPolicy, now: Callable[[], float]) -> None:
        """Closed; `now` gives seconds."""
        self._agent = agent
        self._policy = policy
        self._now = now
        self._opened_at = 0.0
        self._count = 0
        self._probes = 0
        self._term = 0
        self.state = "closed"
        """`closed`, `open` or `half_open`, which an open one becomes with the first call after its time."""

    def restore(self, state: str, count: int, opened_at: float) -> None:
        """Stand as it did: failures in a row, or successes while half-open, and since when it is open."""
        self.state, self._count, self._opened_at = state, count, opened_at

    def admit(self) -> int:
        """A call wants to start; raises `BreakerOpenError` when it may not."""
        if self.state == "open":
            left = self._opened_at + self._policy.open_seconds - self._now()
            if left > _TINY:
                seconds = math.ceil(left - _TINY)
                raise BreakerOpenError(
                    f"circuit breaker for '{self._agent}' is open ({seconds} s left)",
                    hint="it opened after failures in a row; the history shows them",
                )
            self._go("half_open")
        if self.state == "half_open":
            if self._probes >= self._policy.half_open_max_calls:
                raise BreakerOpenError(
                    f"circuit breaker for '{self._agent}' is half-open "
                    f"and at its limit of {self._policy.half_open_max_calls} probes"
                )
            self._probes += 1
        return self._term

    def succeed(self, term: int) -> None:
        """The call ended well."""
        if term != self._term:
            return
        if self.state == "closed":
            self._count = 0
            return
        self._probes -= 1
        self._count += 1
        if self._count >= self._policy.success_threshold:
            self._go("closed")

    def fail(self, term: int) -> None:
        """The call failed."""
        if term != self._term:
            return
        self._count += 1
        if self.state == "half_open" or self._count >= self._policy.failure_threshold:
            self._opened_at = self._now()
            self._go("open")

    def drop(self, term: int) -> None:
        """The call was cancelled, which says nothing about the agent."""
        if term == self._term and self.state == "half_open":
            self._probes -= 1

    def _go(self, state: str) -> None:
        self.state = state
        self._term += 1
        self._count = self._probes = 0
