from __future__ import annotations

import asyncio
import threading

import pytest

from agentflow_tui.workbench.aside import aside


async def test_the_work_is_done_in_a_thread_with_a_loop_of_its_own() -> None:
    async def work() -> tuple[int, asyncio.AbstractEventLoop]:
        await asyncio.sleep(0)
        return threading.get_ident(), asyncio.get_running_loop()

    thread, loop = await aside(work)
    assert thread != threading.get_ident()
    assert loop is not asyncio.get_running_loop()


async def test_what_the_work_raises_comes_back() -> None:
    async def work() -> None:
        raise LookupError("not here")

    with pytest.raises(LookupError, match="not here"):
        await aside(work)


async def test_work_that_nobody_waits_for_any_more_stops() -> None:
    begun, stopped = threading.Event(), threading.Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    task = asyncio.create_task(aside(work))
    assert await asyncio.to_thread(begun.wait, 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(stopped.wait, 10)
