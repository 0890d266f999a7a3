"""Timers that outlive the runs that set them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from agentflow_tui.engine.clock import Clock


class Alarm:
    """A timer of an event loop that somebody waits for, or nobody at the moment."""

    __slots__ = ("_free", "at", "callback", "is_over", "loop")

    def __init__(self, free: list[Alarm], at: float, callback: Callable[[], None]) -> None:
        """It goes off at this time of the clock; `free` are those that nobody waits for."""
        self._free = free
        self.loop = asyncio.get_running_loop()
        self.at = at
        self.callback: Callable[[], None] | None = callback
        self.is_over = False

    def cancel(self) -> None:
        """Call nobody, unless somebody else waits for it."""
        if self.callback is not None:
            self.callback = None
            self._free.append(self)

    def go_off(self) -> None:
        """It is time."""
        callback, self.callback = self.callback, None
        self.is_over = True
        if callback is not None:
            callback()


class Alarms:
    """Timers for one run after the other: setting one costs as much as an agent's whole step.

    A run that has ended leaves its timer behind for the next one, whose first limit comes later as a rule; it
    is called too soon then and sets another one.
    """

    __slots__ = ("_clock", "free")

    def __init__(self, clock: Clock) -> None:
        """No timer is set."""
        self._clock = clock
        self.free: list[Alarm] = []
        """Those that nobody waits for."""

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Alarm:
        """Call back in so many seconds, or sooner, unless it is cancelled before."""
        at, loop = self._clock.now() + seconds, asyncio.get_running_loop()
        while True:
            try:
                alarm = self.free.pop()
            except IndexError:  # asked no sooner: a runner may be used by several threads
                break
            # What another loop has set goes off there, in vain.
            if alarm.loop is loop and not alarm.is_over and alarm.at <= at:
                alarm.callback = callback
                return alarm
        alarm = Alarm(self.free, at, callback)
        self._clock.call_later(seconds, alarm.go_off)
        return alarm
