"""What is known about agents beyond one run: their circuit breakers and rate limits."""

from __future__ import annotations

from agentflow_tui.engine.breaker import Breaker
from agentflow_tui.engine.breaker_memory import PastBreakers
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
        self._past: PastBreakers | None = None
        self._began = 0.0

    def beside(self, past: PastBreakers | None = None) -> Guards:
        """Return guards whose breakers are their own, and whose buckets are these.

        All breakers are closed, or stand as they did in the `past`, as if no time had passed since.
        """
        new = Guards(self._clock)
        new._buckets = self._buckets
        new._past, new._began = past, self._clock.now()
        return new

    def breaker(self, key: str, agent: str, policy: BreakerPolicy) -> Breaker:
        """The breaker of the agent that is kept as `key` and called `agent`."""
        known = self._breakers.get(key)
        if known is None or known[0] != policy:
            breaker = Breaker(agent, policy, self._clock.now)
            if known is None and self._past is not None and key in self._past.by_key:
                then = self._past.by_key[key]
                breaker.restore(then.state, then.count, self._began - (self._past.at - then.opened_at))
            known = self._breakers[key] = (policy, breaker)
        return known[1]

    def bucket(self, key: str, limit: RateLimit) -> TokenBucket:
        """The bucket of the agent that is kept as `key`."""
        known = self._buckets.get(key)
        if known is None or known[0] != limit:
            known = self._buckets[key] = (limit, TokenBucket(limit, self._clock.now))
        return known[1]
