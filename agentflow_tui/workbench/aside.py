"""Long work beside the event loop that waits for it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

_T = TypeVar("_T")


async def aside(work: Callable[[], Coroutine[Any, Any, _T]]) -> _T:
    """Return what comes of a coroutine, which has a thread and an event loop of its own.

    Whoever stops waiting cancels it too, at its next `await`.
    """
    is_unwanted = threading.Event()
    ways_to_stop: list[Callable[[], object]] = []

    async def done() -> _T:
        task = asyncio.current_task()
        assert task is not None
        ways_to_stop.append(partial(asyncio.get_running_loop().call_soon_threadsafe, task.cancel))
        # Asked only now: whoever gives up from here on finds the way above.
        if is_unwanted.is_set():
            raise asyncio.CancelledError
        return await work()

    try:
        return await asyncio.to_thread(lambda: asyncio.run(done()))
    except asyncio.CancelledError:
        is_unwanted.set()
        for stop in ways_to_stop:
            # The loop is closed when the work was over in this moment.
            with suppress(RuntimeError):
                stop()
        raise
