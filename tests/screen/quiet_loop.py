"""An event loop that tells when an app under test has done all that it has to do."""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any, TypeVar, TypeVarTuple

import aiosqlite
import pytest

_Answer = TypeVar("_Answer")
_Given = TypeVarTuple("_Given")
SOON = 1 / 50
"""Seconds: what is due within them, as the next frame, is waited for; a clock that ticks is not."""
FRAMES = 50
"""So many of those are waited for: an app that is being left asks for frames without end and paints none."""
PATIENCE = 1.0
"""Seconds that a job in a thread is waited for; one that takes longer was meant to."""
LIMIT = 10.0
"""Seconds after which an app that does not come to rest is taken as it is."""
BUSY_LIMIT = 1.0
"""The same in seconds of processor time, for one that never will."""


class QuietLoop(asyncio.SelectorEventLoop):
    """asyncio's own loop, which knows when nothing is ready to run, due soon, or still with a thread.

    It needs nothing private: a loop asks its selector how long it may sleep, and `run_in_executor` is how all
    but a database's jobs get into threads.
    """

    def __init__(self) -> None:
        """Sleep with a selector that tells before it does."""
        self._waiting: list[asyncio.Future[None]] = []
        self._away: dict[object, float] = {}
        self._busy_until = 0.0
        self._frames_left = 0
        super().__init__(_Selector(self))

    async def quiet(self) -> None:
        """Return when all is done, or after `LIMIT`."""
        waiting = self.create_future()
        self._waiting.append(waiting)
        self._busy_until = time.process_time() + BUSY_LIMIT
        self._frames_left = FRAMES
        try:
            async with asyncio.timeout(LIMIT):
                await waiting
        except TimeoutError:
            return
        finally:
            self._waiting.remove(waiting)

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[*_Given], _Answer], *args: *_Given
    ) -> asyncio.Future[_Answer]:
        """Do as asyncio does, and count the job until its answer is here."""
        answer = super().run_in_executor(executor, func, *args)
        self._away[answer] = time.monotonic()
        answer.add_done_callback(self._away.pop)
        return answer

    @contextmanager
    def away(self) -> Iterator[None]:
        """Count a job that somebody else gave to a thread."""
        job = object()
        self._away[job] = time.monotonic()
        try:
            yield
        finally:
            del self._away[job]

    def work_on(self) -> None:
        """Go on with what is ready, but not for ever."""
        if self._waiting and time.process_time() > self._busy_until:
            self._wake()

    def rest(self, longest: float | None) -> float | None:
        """How long the loop may really sleep; not at all if that woke those that wait for quiet."""
        if not self._waiting:
            return longest
        if self._frames_left > 0 and longest is not None and longest <= SOON:
            self._frames_left -= 1
            return longest
        now = time.monotonic()
        left = max((PATIENCE - (now - since) for since in self._away.values()), default=0.0)
        if left > 0:
            return left if longest is None else min(left, longest)
        return 0 if self._wake() else longest

    def _wake(self) -> bool:
        asleep = [each for each in self._waiting if not each.done()]
        for each in asleep:
            each.set_result(None)
        return bool(asleep)


class _Selector(selectors.DefaultSelector):
    """Tells the loop before it sleeps, once nothing has come from outside."""

    def __init__(self, loop: QuietLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        found = super().select(0)
        if found or timeout == 0:
            self._loop.work_on()
            return found
        return super().select(self._loop.rest(timeout))


def ask_the_loop(patch: pytest.MonkeyPatch) -> None:
    """Have Textual's pilot wait for what `QuietLoop` says, with the store's threads counted, too.

    Textual's own function sleeps until the process was idle for a while, twice at every key; it takes an app
    that others keep from the processor for one that has done all.
    """

    async def quiet(_min_sleep: float = 0, _max_sleep: float = 0) -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, QuietLoop)
        await loop.quiet()

    for module in ("app", "pilot"):
        patch.setattr(f"textual.{module}.wait_for_idle", quiet)
    execute: Any = aiosqlite.Connection._execute

    async def counted(self: aiosqlite.Connection, *args: Any, **options: Any) -> Any:
        loop = asyncio.get_running_loop()
        if not isinstance(loop, QuietLoop):
            return await execute(self, *args, **options)
        with loop.away():
            return await execute(self, *args, **options)

    patch.setattr(aiosqlite.Connection, "_execute", counted)
