"""Agents that follow on each other share a task only as long as nobody else knows it."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any

from tests.unit.engine.probe import Doing, Probe, chain, fan


def _does(what: Callable[[], Awaitable[Any]]) -> Doing:
    return Doing(lambda *_: what())


def _task() -> asyncio.Task[Any]:
    task = asyncio.current_task()
    assert task is not None
    return task


async def test_a_task_that_an_agent_keeps_is_given_no_other() -> None:
    kept: list[asyncio.Task[Any]] = []
    told: list[str] = []

    async def keep() -> None:
        kept.append(_task())

    async def call_back() -> None:
        _task().add_done_callback(lambda task: told.append(task.get_name()))
        assert await kept[0] is None

    async def look() -> None:
        await asyncio.sleep(0)
        assert told == ["b"]

    agents = {"a": _does(keep), "b": _does(call_back), "c": _does(look)}
    result = await Probe(chain("a", "b", "c"), agents).run()
    assert (result.status, result.error) == ("completed", "")


async def test_it_is_no_matter_when_the_garbage_of_agents_that_failed_is_collected() -> None:
    seen: set[object] = set()

    async def fail() -> None:
        seen.add(_task().get_coro())
        raise ValueError

    root = fan(*"abcde", failure_threshold=1.0, max_concurrency=1)
    gc.disable()
    try:
        await Probe(root, {name: _does(fail) for name in "abcde"}).run()
    finally:
        gc.enable()
    assert len(seen) == 1


async def test_a_limit_that_an_agent_leaves_open_stops_no_other() -> None:
    opened: list[AsyncGenerator[None, None]] = []

    async def limited() -> AsyncGenerator[None, None]:
        async with asyncio.timeout(0):
            yield

    async def leave() -> None:
        opened.append(limited())
        await anext(opened[0])

    async def wait() -> None:
        for _ in range(5):
            await asyncio.sleep(0)

    result = await Probe(chain("a", "b"), {"a": _does(leave), "b": _does(wait)}).run()
    assert (result.status, result.error) == ("completed", "")
