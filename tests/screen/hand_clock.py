"""A clock that the test moves by hand, so that a run stands exactly where a picture needs it."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(eq=False)
class HandTimer:
    callback: Callable[[], None] | None

    def cancel(self) -> None:
        self.callback = None


@dataclass
class HandClock:
    """`engine.Clock` that stands still until `advance`."""

    _now: float = 100.0
    _order: itertools.count[int] = field(default_factory=itertools.count)
    _due: list[tuple[float, int, HandTimer]] = field(default_factory=list)

    def now(self) -> float:
        return self._now

    def timestamp(self) -> str:
        return "2026-01-01T00:00:00+00:00"

    async def sleep(self, seconds: float) -> None:
        over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def wake() -> None:
            if not over.done():
                over.set_result(None)

        timer = self.call_later(seconds, wake)
        try:
            await over
        finally:
            timer.cancel()

    def call_later(self, seconds: float, callback: Callable[[], None]) -> HandTimer:
        timer = HandTimer(callback)
        heapq.heappush(self._due, (self._now + seconds, next(self._order), timer))
        return timer

    async def advance(self, seconds: float) -> None:
        """Let so much time pass, one due callback after the other."""
        end = self._now + seconds
        while self._due and self._due[0][0] <= end:
            due, _, timer = heapq.heappop(self._due)
            self._now = max(self._now, due)
            if timer.callback is not None:
                timer.callback()
            for _ in range(20):
                await asyncio.sleep(0)
        self._now = end
