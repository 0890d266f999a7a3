"""How often calls may start."""

from __future__ import annotations

from collections.abc import Callable

from agentflow_tui.plan.policy import RateLimit

LONGEST = 1e9
"""Seconds; a longer wait would outlast everybody, and divided by next to nothing it has no number."""


class TokenBucket:
    """A rate limit (semantics §5): `burst` calls at once, then `per_second`, in the order they come."""

    __slots__ = ("_filled_at", "_limit", "_now", "_tokens")

    def __init__(self, limit: RateLimit, now: Callable[[], float]) -> None:
        """Full; `now` gives seconds."""
        self._limit = limit
        self._now = now
        self._tokens = float(limit.burst)
        self._filled_at = now()

    def take(self) -> float:
        """Take the place of one call; gives the seconds until it may start."""
        now = self._now()
        gained = (now - self._filled_at) * self._limit.per_second
        self._tokens = min(self._tokens + gained, float(self._limit.burst)) - 1.0
        self._filled_at = now
        return min(max(0.0, -self._tokens / self._limit.per_second), LONGEST)

    def give_back(self) -> None:
        """The call was cancelled before it started."""
        self._tokens += 1.0
