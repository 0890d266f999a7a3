"""Timers that outlive the runs that set them."""

from __future__ import annotations

from asyncio import get_running_loop
from collections.abc import Callable
from math import inf

from agentflow_tui.engine.clock import Clock


class Alarm:
    """A timer of an event loop that somebody waits for, or nobody at the moment."""

    __slots__ = ("_free", "at", "callback", "loop")

    def __init__(self, free: list[Alarm], at: float, callback: Callable[[], None]) -> None:
        """It goes off at this time of the clock; `free` are those that nobody waits for."""
        self._free = free
        self.loop = get_running_loop()
        self.at = at
        self.callback: Callable[[], None] | None = callback

    def cancel(self) -> None:
        """Call nobody, unless somebody else waits for it."""
        if self.callback is not None:
            self.callback = None
            self._free.append(self)

    def go_off(self) -> None:
        """It is time."""
        callback, self.callback = self.callback, None
        self.at = inf  # nobody takes it over
        if callback is not None:
            callback()


class Alarms:
    """Timers for one run after the other: setting one costs as much as an agent's whole step.

    A run that has ended leaves its timer behind for the next one, whose first limit comes later as a rule; it
    is called too soon then and sets another one.
    """

    __slots__ = ("_call_later", "_now", "free")

    def __init__(self, clock: Clock) -> None:
        """No timer is set."""
        self._now = clock.now
        self._call_later = clock.call_later
        self.free: list[Alarm] = []
        """Those that nobody waits for."""

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Alarm:
        """Call back in so many seconds, or sooner, unless it is cancelled before."""
        at, loop = self._now() + seconds, get_running_loop()
        while True:
            try:
                alarm = self.free.pop()
            except IndexError:  # asked no sooner: a runner may be used by several threads
                break
            # What another loop has set goes off there, in vain.
            if alarm.at <= at and alarm.loop is loop:
                alarm.callback = callback
                return alarm
        alarm = Alarm(self.free, at, callback)
        self._call_later(seconds, alarm.go_off)
        return alarm
