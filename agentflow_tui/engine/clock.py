"""Time as the engine sees it, so that a test can make an hour pass at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

_A_SECOND = 1_000_000_000
"""In nanoseconds."""


class Timer(Protocol):
    """Something that will happen later and can be called off."""

    def cancel(self) -> None:
        """Call it off; harmless when it has happened already."""


class Clock(Protocol):
    """The only source of time in the engine and in agents."""

    def now(self) -> float:
        """Monotonic seconds; only differences mean something."""

    def timestamp(self) -> str:
        """Wall-clock time, ISO 8601, UTC."""

    async def sleep(self, seconds: float) -> None:
        """Wait; cancellable."""

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        """Call `callback` on the event loop after so many seconds, unless the timer is cancelled before."""


class _Second:
    """The second that was written last."""

    last = (0, "")
    """Nanoseconds since 1970 at its start, and how it is written; one pair, for other threads' sake."""


def utc_now() -> str:
    """The machine's wall-clock time, ISO 8601, UTC, to the microsecond; written in full once a second."""
    start, text = _Second.last
    nanoseconds = time.time_ns() - start
    if not 0 <= nanoseconds < _A_SECOND:
        second, nanoseconds = divmod(nanoseconds + start, _A_SECOND)
        text = datetime.fromtimestamp(second, UTC).isoformat()[:19]
        _Second.last = (second * _A_SECOND, text)
    # The digits behind a one, for the zeros in front: a format that writes them takes longer.
    return f"{text}.{str(1_000_000 + nanoseconds // 1000)[1:]}+00:00"


class SystemClock:
    """The machine's own time."""

    now = staticmethod(time.monotonic)
    """Monotonic seconds."""

    timestamp = staticmethod(utc_now)
    """Wall-clock time, ISO 8601, UTC."""

    async def sleep(self, seconds: float) -> None:
        """Wait; cancellable."""
        await asyncio.sleep(seconds)

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        """Call `callback` on the running event loop after so many seconds."""
        return asyncio.get_running_loop().call_later(seconds, callback)
