"""How long a run has been going, and limits on it that stand still while the run does."""

from __future__ import annotations

from collections.abc import Callable

from agentflow_tui.engine.clock import Clock

_EARLY = 0.0005
"""Timers of an event loop may fire this many seconds too soon."""


class RunTime:
    """The time of one run: all of it, and what of it was not spent paused (semantics §5)."""

    __slots__ = ("_parked", "_still", "_still_since", "clock", "started")

    def __init__(self, clock: Clock) -> None:
        """Start counting now."""
        self.clock = clock
        self.started = clock.now()
        self._still = 0.0
        self._still_since: float | None = None
        self._parked: list[Deadline] = []

    def at(self) -> float:
        """Seconds since the run began, pauses included."""
        return self.clock.now() - self.started

    def active(self) -> float:
        """Seconds since the run began, without those spent standing still."""
        now = self.clock.now() if self._still_since is None else self._still_since
        return now - self.started - self._still

    @property
    def is_still(self) -> bool:
        """Whether the run stands still."""
        return self._still_since is not None

    def stand_still(self) -> None:
        """From now on no limit comes nearer."""
        if self._still_since is None:
            self._still_since = self.clock.now()

    def go_on(self) -> None:
        """The pause is over."""
        if self._still_since is None:
            return
        self._still += self.clock.now() - self._still_since
        self._still_since = None
        parked, self._parked = self._parked, []
        for deadline in parked:
            deadline.check()

    def park(self, deadline: Deadline) -> None:
        """Look at this limit again when the run goes on."""
        self._parked.append(deadline)


class Deadline:
    """Calls back once when so many active seconds have passed, unless it is cancelled before."""

    __slots__ = ("_callback", "_due", "_time", "_timer")

    def __init__(self, time: RunTime, seconds: float, callback: Callable[[], None]) -> None:
        """Start counting now."""
        self._time = time
        self._due = time.active() + seconds
        self._callback: Callable[[], None] | None = callback
        self._timer = time.clock.call_later(seconds, self.check)

    def check(self) -> None:
        """Call back when it is due; else come again when it may be."""
        if self._callback is None:
            return
        if self._time.is_still:
            self._time.park(self)
            return
        left = self._due - self._time.active()
        if left > _EARLY:
            self._timer = self._time.clock.call_later(left, self.check)
            return
        callback, self._callback = self._callback, None
        callback()

    def cancel(self) -> None:
        """Never call back."""
        self._callback = None
        self._timer.cancel()
