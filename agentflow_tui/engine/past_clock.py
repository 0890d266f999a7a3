"""The clock of a run that first lives its past again: no time passes until it is at its end."""

from __future__ import annotations

from collections.abc import Callable

from agentflow_tui.engine.clock import Clock, Timer


class PastClock:
    """Stands where the past says, keeps its timers, and goes on from there with another clock.

    So events that are added later come after those that are there, and time limits count what the past took.
    """

    def __init__(self, live: Clock) -> None:
        """Begin at zero."""
        self._live = live
        self._now = 0.0
        self._offset: float | None = None
        self._timers: list[_Timer] = []

    def now(self) -> float:
        """Seconds since the run began."""
        return self._now if self._offset is None else self._live.now() + self._offset

    def timestamp(self) -> str:
        """The wall clock, which nothing turns back."""
        return self._live.timestamp()

    async def sleep(self, seconds: float) -> None:
        """Wait as the other clock does."""
        await self._live.sleep(seconds)

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        """Call back after so many seconds, of which none pass before the past has ended."""
        if self._offset is not None:
            return self._live.call_later(seconds, callback)
        timer = _Timer(self._now + seconds, callback)
        self._timers.append(timer)
        return timer

    def advance(self, now: float) -> None:
        """Move on to a moment of the past; never back."""
        self._now = max(self._now, now)

    def ring(self) -> bool:
        """Let the timer ring that is due first, as it did then; false when there is none."""
        waiting = [timer for timer in self._timers if timer.callback is not None]
        self._timers = waiting
        if not waiting:
            return False
        first = min(waiting, key=lambda timer: timer.due)
        self.advance(first.due)
        first.ring()
        return True

    def go_live(self) -> None:
        """The past is over: from now on time passes."""
        if self._offset is not None:
            return
        self._offset = self._now - self._live.now()
        for timer in self._timers:
            if timer.callback is not None:
                timer.live = self._live.call_later(timer.due - self._now, timer.ring)
        self._timers = []


class _Timer:
    def __init__(self, due: float, callback: Callable[[], None]) -> None:
        self.due = due
        self.callback: Callable[[], None] | None = callback
        self.live: Timer | None = None

    def ring(self) -> None:
        callback, self.callback = self.callback, None
        if callback is not None:
            callback()

    def cancel(self) -> None:
        self.callback = None
        if self.live is not None:
            self.live.cancel()
