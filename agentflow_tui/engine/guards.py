"""What is known about agents beyond one run: their circuit breakers and rate limits."""

from __future__ import annotations

from agentflow_tui.engine.breaker import Breaker
from agentflow_tui.engine.clock import Clock
from agentflow_tui.engine.token_bucket import TokenBucket
from agentflow_tui.plan.policy import BreakerPolicy, RateLimit


class Guards:
    """One breaker and one bucket per agent, for all runs that share these guards.

    An agent whose policy changed gets new ones.
    """

    def __init__(self, clock: Clock) -> None:
        """All breakers closed, all buckets full."""
        self._clock = clock
        self._breakers: dict[str, tuple[BreakerPolicy, Breaker]] = {}
        self._buckets: dict[str, tuple[RateLimit, TokenBucket]] = {}

    def beside(self) -> Guards:
        """Return guards whose breakers are their own, all closed, and whose buckets are these."""
        new = Guards(self._clock)
        new._buckets = self._buckets
        return new

    def breaker(self, key: str, agent: str, policy: BreakerPolicy) -> Breaker:
        """The breaker of the agent that is kept as `key` and called `agent`."""
        known = self._breakers.get(key)
        if known is None or known[0] != policy:
            known = self._breakers[key] = (policy, Breaker(agent, policy, self._clock.now))
        return known[1]

    def bucket(self, key: str, limit: RateLimit) -> TokenBucket:
        """The bucket of the agent that is kept as `key`."""
        known = self._buckets.get(key)
        if known is None or known[0] != limit:
            known = self._buckets[key] = (limit, TokenBucket(limit, self._clock.now))
        return known[1]
