"""How long a run has been going, and limits on it that stand still while the run does."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Protocol

from agentflow_tui.engine.clock import Clock, Timer

_EARLY = 0.0005
"""Timers of an event loop may fire this many seconds too soon."""
_LATE = 0.05
"""A timer this many seconds behind was held up: something let the event loop do nothing else."""


CallLater = Callable[[float, Callable[[], None]], Timer]
"""Sets a timer: seconds, and what is called then."""


class Limit(Protocol):
    """Something that is to happen at a time."""

    due: float
    """In active seconds of the run."""

    @property
    def expire(self) -> Callable[[], None]:
        """What is called then."""


class RunTime:
    """The time of one run: all of it, and what of it was not spent paused (semantics §5).

    All limits of a run share one timer of the clock, because nearly all of them are called off early.
    """

    __slots__ = (
        "_can_ring",
        "_call_later",
        "_limits",
        "_ring_at",
        "_soonest",
        "_still_since",
        "_timer",
        "_zero",
        "clock",
        "late_at",
        "now",
        "started",
    )

    def __init__(
        self,
        clock: Clock,
        soonest: float = inf,
        call_later: CallLater | None = None,
        can_ring: bool = True,  # by its place: a class called by names packs them into a dict first
    ) -> None:
        """Start counting now; `soonest` says in how many seconds the first limit may come, if that is known.

        A timer that is set for then need not be set anew for limits that are put up later. `call_later` takes
        the place of the clock's, and may call too soon. One that cannot ring sets no timer before `wait`.
        """
        self.clock = clock
        self._call_later = call_later or clock.call_later
        self._soonest = soonest
        self.now = now = clock.now
        self.started = self._zero = now()
        # By the clock, `_zero` is when the run would have begun had it never stood still.
        self._still_since: float | None = None
        self._limits: dict[Limit, None] = {}
        self._ring_at = inf
        self._timer: Timer | None = None
        self._can_ring = can_ring
        self.late_at = inf
        """By the clock: no timer was held up before."""

    def active(self) -> float:
        """Seconds since the run began, without those spent standing still."""
        since = self._still_since
        return (self.now() if since is None else since) - self._zero

    @property
    def is_still(self) -> bool:
        """Whether the run stands still."""
        return self._still_since is not None

    def stand_still(self) -> None:
        """From now on no limit comes nearer."""
        if self._still_since is None:
            self._still_since = self.now()

    def go_on(self) -> None:
        """The pause is over."""
        if self._still_since is None:
            return
        self._zero += self.now() - self._still_since
        self._still_since = None
        if self._ring_at == inf:
            self._ring()

    def watch(self, limit: Limit, seconds: float) -> None:
        """Call a limit in so many active seconds, unless it is forgotten before; sets its `due`."""
        since = self._still_since
        active = (self.now() if since is None else since) - self._zero
        limit.due = due = active + seconds
        self._limits[limit] = None
        if due < self._ring_at:
            self._set_timer(active, seconds if seconds < self._soonest else self._soonest)

    def forget(self, limit: Limit) -> None:
        """A limit holds no longer."""
        limits = self._limits
        limits.pop(limit, None)
        if not limits and self._ring_at < inf:
            self._ring_at = inf
            self._cancel_timer()

    def wait(self) -> None:
        """The run is about to wait: until now, no timer could have gone off."""
        if not self._can_ring:
            self._can_ring = True
            if self._ring_at < inf:
                self._timer = self._call_later(self._ring_at - self.active(), self._ring)

    def has_caught_up(self) -> bool:
        """Call the limits whose timer was held up, by an agent that blocked; true when it was."""
        if self.now() - self._zero <= self._ring_at + _LATE or self.is_still:
            return False
        self._cancel_timer()
        self._ring()
        return True

    def _set_timer(self, active: float, seconds: float) -> None:
        """Ring in so many seconds from an active second on, which is that of now."""
        self._cancel_timer()
        self._ring_at = ring_at = active + seconds
        self.late_at = self._zero + ring_at + _LATE
        if self._can_ring:
            self._timer = self._call_later(seconds, self._ring)

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _ring(self) -> None:
        self._ring_at, self._timer = inf, None
        if self.is_still:
            return
        latest = self.active() + _EARLY
        # The sort keeps the order of arrival among those that are due at one time.
        for limit in sorted([limit for limit in self._limits if limit.due <= latest], key=_due):
            if limit in self._limits:
                del self._limits[limit]
                limit.expire()
        if self._limits and self._ring_at == inf:
            active = self.active()
            self._set_timer(active, min(map(_due, self._limits)) - active)


class Deadline:
    """Calls back once when so many active seconds have passed, unless it is cancelled before."""

    __slots__ = ("_time", "due", "expire")

    due: float

    def __init__(self, time: RunTime, seconds: float, callback: Callable[[], None]) -> None:
        """Start counting now."""
        self._time = time
        self.expire = callback
        time.watch(self, seconds)

    def cancel(self) -> None:
        """Never call back."""
        self._time.forget(self)
        # What it would have called holds it, as a rule: no cycle is left behind.
        self.expire = _nothing


def _nothing() -> None:
    """What a limit that does not hold any more calls."""


def _due(limit: Limit) -> float:
    return limit.due
