"""What agents that began at once leave in their task: it never reaches an agent after them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextvars import ContextVar, Token
from typing import Any
from weakref import WeakKeyDictionary

import anyio
import pytest

from agentflow_tui.engine import AgentContext, Event, RunResult, State
from agentflow_tui.engine.standby import Standby
from agentflow_tui.history.event import AgentCompleted, AgentStarted, HistoryEvent
from tests.standing_by import standing_by
from tests.unit.engine.probe import Doing, Probe, step

Work = Callable[[], Awaitable[Any]]
SPAN: ContextVar[str] = ContextVar("SPAN", default="outside")
EACH_WAY = pytest.mark.parametrize("waits", [False, True])


async def _run(work: Work, standby: Standby) -> RunResult:
    async def do(event: Event, state: State, context: AgentContext) -> Any:
        return await work()

    return await Probe(step("a"), {"a": Doing(do)}, standby=standby).run()


async def _turns(count: int = 5) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


def _task() -> asyncio.Task[Any]:
    task = asyncio.current_task()
    assert task is not None
    return task


@EACH_WAY
async def test_who_waits_for_the_task_of_an_agent_is_told_of_its_end(waits: bool) -> None:
    standby = await standing_by()
    kept: list[asyncio.Task[Any]] = []

    async def keep() -> None:
        kept.append(_task())
        await _turns(waits)

    async def wait() -> dict[str, Any]:
        return {"returned": await kept[0]}

    await _run(keep, standby)
    result = await _run(wait, standby)
    assert (result.error, result.data) == ("", {"returned": None})
    assert kept[0].done() and not kept[0].cancelled()


@EACH_WAY
async def test_what_an_agent_has_called_at_the_end_of_its_task_is_called(waits: bool) -> None:
    standby = await standing_by()
    told: list[str] = []

    async def work() -> None:
        _task().add_done_callback(lambda task: told.append(task.get_name()))
        await _turns(waits)

    for _ in range(4):
        await _run(work, standby)
        await _turns(2)
    assert told == ["a"] * 4


@EACH_WAY
async def test_what_is_kept_for_a_task_is_not_found_by_the_next_agent(waits: bool) -> None:
    standby = await standing_by()
    kept: WeakKeyDictionary[asyncio.Task[Any], str] = WeakKeyDictionary()
    found: list[str | None] = []

    async def work() -> None:
        found.append(kept.get(_task()))
        kept[_task()] = "a session"
        await _turns(waits)

    for _ in range(5):
        await _run(work, standby)
    assert found == [None] * 5


@EACH_WAY
async def test_a_cancel_that_comes_after_an_agent_hits_nobody(waits: bool) -> None:
    standby = await standing_by()

    async def hasty() -> None:
        asyncio.get_running_loop().call_soon(_task().cancel)

    async def patient() -> dict[str, Any]:
        await _turns(waits)
        return {"n": 2}

    for _ in range(3):
        await _run(hasty, standby)
        for _ in range(3):
            result = await _run(patient, standby)
            assert (result.error, result.data) == ("", {"n": 2})


async def test_an_agent_after_one_that_cancelled_its_task_is_not_lost() -> None:
    standby = await standing_by()

    async def cancel() -> None:
        _task().cancel()

    for _ in range(3):
        await _run(cancel, standby)
        # The task ends meanwhile.
        await _turns()
        async with asyncio.timeout(60):
            assert (await _run(_turns, standby)).status == "completed"


async def _in_asyncio() -> AsyncGenerator[None, None]:
    async with asyncio.timeout(0):
        yield


async def _in_anyio() -> AsyncGenerator[None, None]:
    with anyio.CancelScope() as scope:
        asyncio.get_running_loop().call_soon(scope.cancel)
        yield


@pytest.mark.parametrize("left", [_in_asyncio, _in_anyio])
async def test_a_limit_that_an_agent_leaves_open_stops_no_other(
    left: Callable[[], AsyncGenerator[None, None]],
) -> None:
    standby = await standing_by()
    opened: list[AsyncGenerator[None, None]] = []

    async def leave() -> None:
        opened.append(left())
        await anext(opened[0])

    await _run(leave, standby)
    for _ in range(4):
        result = await _run(_turns, standby)
        assert result.error == ""
    # Garbage as any other: nobody may close it in another task.
    opened.clear()


@EACH_WAY
async def test_a_listener_is_told_of_start_and_end_in_one_context_and_task(waits: bool) -> None:
    standby = await standing_by()
    open_spans: list[tuple[Token[str], str]] = []
    left: list[tuple[str, str]] = []

    def listen(event: HistoryEvent) -> None:
        if isinstance(event, AgentStarted):
            open_spans.append((SPAN.set("inside"), _task().get_name()))
        elif isinstance(event, AgentCompleted):
            token, name = open_spans.pop()
            SPAN.reset(token)
            left.append((name, _task().get_name()))

    for _ in range(3):
        probe = Probe(step("a"), {"a": Doing(lambda *_: _turns(waits))}, standby=standby)
        probe.engine._emit = listen
        assert (await probe.engine.run(Event.make())).error == ""
    assert left == [("a", "a")] * 3 and SPAN.get() == "outside"


async def test_a_cancel_reaches_an_agent_as_it_was_meant() -> None:
    standby = await standing_by()

    async def work() -> dict[str, Any]:
        _task().cancel("enough")
        try:
            await asyncio.sleep(0)
        except asyncio.CancelledError as error:
            _task().uncancel()
            await asyncio.sleep(0)
            return {"told": list(error.args)}
        return {}

    assert (await _run(work, standby)).data == {"told": ["enough"]}


class _Yields:
    def __init__(self, value: object) -> None:
        self._value = value

    def __await__(self) -> Generator[Any, Any, None]:
        yield self._value


@pytest.mark.parametrize("at_once", [False, True])
@pytest.mark.parametrize("makes", [lambda: 7, asyncio.Future, _task, lambda: (_ for _ in ())])
async def test_what_no_task_may_wait_for_fails_as_in_any_task(
    makes: Callable[[], object], at_once: bool
) -> None:
    standby = await standing_by() if at_once else Standby()

    async def work() -> None:
        await _Yields(makes())

    result = await _run(work, standby)
    assert result.status == "failed"
    assert (
        "Task got bad yield" in result.error or "Task cannot" in result.error or "yield was" in result.error
    )
