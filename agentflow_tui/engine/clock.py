"""Time as the engine sees it, so that a test can make an hour pass at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol


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
    """The second that was written last, and how."""

    number = -1
    text = ""


def utc_now() -> str:
    """The machine's wall-clock time, ISO 8601, UTC, to the microsecond; written in full once a second."""
    second, nanoseconds = divmod(time.time_ns(), 1_000_000_000)
    if second == _Second.number:
        text = _Second.text
    else:
        text = datetime.fromtimestamp(second, UTC).isoformat()[:19]
        _Second.text, _Second.number = text, second
    return f"{text}.{nanoseconds // 1000:06d}+00:00"


class SystemClock:
    """The machine's own time."""

    now = staticmethod(time.monotonic)
    """Monotonic seconds."""

    def timestamp(self) -> str:
        """Wall-clock time, ISO 8601, UTC."""
        return utc_now()

    async def sleep(self, seconds: float) -> None:
        """Wait; cancellable."""
        await asyncio.sleep(seconds)

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        """Call `callback` on the running event loop after so many seconds."""
        return asyncio.get_running_loop().call_later(seconds, callback)
