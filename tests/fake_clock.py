"""A clock for tests: it moves only when all tasks wait, then jumps to the next due time."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


class FakeTimer:
    """A callback that is due at some fake time."""

    def __init__(self, callback: Callable[[], None]) -> None:
        self.callback: Callable[[], None] | None = callback

    def cancel(self) -> None:
        self.callback = None


class FakeClock:
    """`engine.Clock` without real time: an hour of sleep costs nothing, and every run takes the same time."""

    def __init__(self) -> None:
        self._now = 0.0
        self._order = itertools.count()
        self._due: list[tuple[float, int, FakeTimer]] = []
        self._is_watching = False

    def now(self) -> float:
        return self._now

    def timestamp(self) -> str:
        return (EPOCH + timedelta(seconds=self._now)).isoformat()

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

    def call_later(self, seconds: float, callback: Callable[[], None]) -> FakeTimer:
        timer = FakeTimer(callback)
        heapq.heappush(self._due, (self._now + max(seconds, 0.0), next(self._order), timer))
        if not self._is_watching:
            self._is_watching = True
            asyncio.get_running_loop().call_soon(self._watch)
        return timer

    def _watch(self) -> None:
        loop: Any = asyncio.get_running_loop()
        # Whatever is ready runs first; when this is the only callback, every task waits.
        if not loop._ready:
            self._jump()
        while self._due and self._due[0][2].callback is None:
            heapq.heappop(self._due)
        self._is_watching = bool(self._due)
        if self._is_watching:
            loop.call_soon(self._watch)

    def _jump(self) -> None:
        """Go to the next due time and call one callback; others due then come after its effects."""
        while self._due:
            due, _, timer = heapq.heappop(self._due)
            if timer.callback is None:
                continue
            self._now = max(self._now, due)
            callback, timer.callback = timer.callback, None
            callback()
            return
