"""Agents that begin at once, in the name of a task that stands by, and must not notice."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any

import pytest

from agentflow_tui.engine import AgentContext, Event, State
from agentflow_tui.engine.standby import Standby
from agentflow_tui.history.event import AgentCancelled, AgentCompleted, AgentStarted, HistoryEvent
from agentflow_tui.workbench.flow_runner import FlowRunner
from tests.standing_by import standing_by
from tests.unit.engine.probe import Doing, Probe, sleeping, step

SETTING: ContextVar[str] = ContextVar("SETTING", default="unset")


def _task() -> asyncio.Task[Any]:
    task = asyncio.current_task()
    assert task is not None
    return task


async def _run(work: Callable[[], Awaitable[Any]], standby: Standby, **more: Any) -> Probe:
    async def do(event: Event, state: State, context: AgentContext) -> Any:
        return await work()

    probe = Probe(step("a", **more), {"a": Doing(do)}, standby=standby)
    await probe.run({"n": 1})
    return probe


async def test_an_agent_that_waits_for_nothing_takes_no_turn_of_the_event_loop() -> None:
    turns: list[int] = []
    standby = await standing_by()
    asyncio.get_running_loop().call_soon(turns.append, 1)

    async def work() -> dict[str, Any]:
        return {"turns": len(turns)}

    probe = await _run(work, standby)
    assert (turns, probe.history[-1].kind) == ([], "run_ended")
    await asyncio.sleep(0)
    assert turns == [1]


async def test_it_finds_itself_in_a_task_of_its_own_that_has_its_name() -> None:
    seen: list[object] = []
    names: list[str] = []
    standby = await standing_by()

    async def work() -> None:
        # Not the task: one that is known is given no other agent.
        seen.append(_task().get_coro())
        names.append(_task().get_name())

    for _ in range(3):
        await _run(work, standby)
    assert names == ["a"] * 3
    assert len(set(seen)) == 1 and _task().get_coro() not in seen


async def test_nobody_sees_the_task_while_no_agent_is_in_it() -> None:
    standby = await standing_by()
    inside: list[bool] = []

    async def work() -> None:
        await asyncio.sleep(0)
        inside.append(_task() in asyncio.all_tasks())

    await _run(work, standby)
    assert (inside, asyncio.all_tasks()) == ([True], {_task()})


async def test_an_agent_that_waits_goes_on_in_the_same_task() -> None:
    seen: list[asyncio.Task[Any]] = []
    standby = await standing_by()

    async def work() -> dict[str, Any]:
        seen.append(_task())
        await asyncio.sleep(0)
        seen.append(_task())
        async with asyncio.TaskGroup() as group:
            doubled = group.create_task(asyncio.sleep(0, 2))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await asyncio.Event().wait()
        seen.append(_task())
        return {"n": doubled.result()}

    probe = await _run(work, standby)
    assert len(set(seen)) == 1 and _task() not in seen
    assert probe.history[-1].kind == "run_ended" and seen[0].cancelling() == 0
    assert await seen[0] is None


async def test_who_has_waited_has_a_task_of_its_own_from_then_on() -> None:
    standby = await standing_by()
    turns: list[bool] = []

    async def work() -> None:
        await asyncio.sleep(0)

    async def look() -> None:
        turns.append(bool(passed))

    await _run(work, standby)
    for _ in range(3):
        passed: list[bool] = []
        asyncio.get_running_loop().call_soon(passed.append, True)
        await _run(look, standby)
    assert turns == [True] * 3


async def test_what_an_agent_sets_in_its_context_reaches_neither_the_program_nor_another_agent() -> None:
    seen: list[str] = []
    standby = await standing_by()

    async def mark() -> None:
        seen.append(SETTING.get())
        SETTING.set("theirs")
        await asyncio.sleep(0)
        seen.append(SETTING.get())

    SETTING.set("ours")
    for _ in range(2):
        await _run(mark, standby)
    assert (seen, SETTING.get()) == (["ours", "theirs"] * 2, "ours")


async def test_another_may_wait_for_what_it_waits_for() -> None:
    standby = await standing_by()
    shared: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def wait() -> int:
        return await shared

    async def work() -> dict[str, Any]:
        # In front of the task that takes this agent over.
        other = asyncio.get_running_loop().create_task(wait())
        asyncio.get_running_loop().call_soon(asyncio.get_running_loop().call_soon, shared.set_result, 7)
        return {"n": await shared, "other": await other}

    probe = await _run(work, standby)
    assert probe.of_kind(AgentCompleted)[0].delta.set == {"n": 7, "other": 7}


@pytest.mark.parametrize("waits", [False, True])
async def test_an_agent_that_cancels_its_task_fails_when_it_waits_and_spoils_no_other(waits: bool) -> None:
    standby = await standing_by()
    seen: list[asyncio.Task[Any]] = []

    async def work() -> dict[str, Any]:
        seen.append(_task())
        _task().cancel()
        if waits:
            await asyncio.sleep(0)
        return {"n": 2}

    probe = Probe(step("a"), {"a": Doing(lambda *_: work())}, standby=standby)
    result = await probe.run()
    assert result.status == ("failed" if waits else "completed")
    assert ("cancelled itself" in result.error) is waits

    async def look() -> None:
        seen.append(_task())

    for _ in range(3):
        assert (await _run(look, standby)).history[-1].kind == "run_ended"
    assert seen[0] not in seen[1:]


async def test_a_cancel_between_the_first_step_and_the_next_reaches_what_the_agent_waits_for() -> None:
    standby = await standing_by()
    inner: list[asyncio.Task[Any]] = []
    obeyed: list[str] = []

    async def forever() -> None:
        await asyncio.Event().wait()

    async def work(event: Event, state: State, context: AgentContext) -> None:
        inner.append(asyncio.get_running_loop().create_task(forever()))
        asyncio.get_running_loop().call_soon(_cancel)
        try:
            await inner[0]
        except asyncio.CancelledError:
            obeyed.append("agent")
            raise

    def _cancel() -> None:
        probe.control.cancel("enough")

    probe = Probe(step("a"), {"a": Doing(work)}, standby=standby)
    result = await probe.run()
    assert (result.status, result.error, obeyed) == ("cancelled", "enough", ["agent"])
    assert inner[0].cancelled()


@pytest.mark.parametrize("is_deaf", [False, True])
async def test_a_listener_that_cancels_as_the_agent_starts_is_obeyed(is_deaf: bool) -> None:
    standby = await standing_by()

    async def work(event: Event, state: State, context: AgentContext) -> dict[str, Any]:
        if not is_deaf:
            await context.clock.sleep(5)
        return {"n": 2}

    probe = Probe(step("a"), {"a": Doing(work)}, standby=standby)
    told = probe.history.append

    def listen(event: HistoryEvent) -> None:
        told(event)
        if isinstance(event, AgentStarted):
            probe.control.cancel("enough")

    probe.engine._emit = listen
    result = await probe.run()
    assert (result.status, result.error, result.data) == ("cancelled", "enough", {})
    assert len(probe.of_kind(AgentCancelled)) == 1 and probe.history[-1].at < 5
    assert asyncio.all_tasks() == {_task()}


async def test_a_run_whose_program_is_cancelled_ends_in_order() -> None:
    standby = await standing_by()
    probe = Probe(step("a"), {"a": sleeping(100)}, standby=standby)
    run = probe.start()
    await probe.settle()
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    assert [event.kind for event in probe.history[-2:]] == ["agent_cancelled", "run_ended"]
    assert asyncio.all_tasks() == {_task()}


async def test_a_limit_holds_for_an_agent_that_began_at_once() -> None:
    standby = await standing_by()
    probe = Probe(step("slow", timeout=5.0), {"slow": sleeping(100)}, standby=standby)
    result = await probe.run()
    assert (result.error, probe.history[-1].at) == ("agent 'slow' failed: agent timeout after 5 s", 5.0)


async def test_a_run_inside_an_agent_of_a_run() -> None:
    standby = await standing_by()

    async def work() -> dict[str, Any]:
        inner = await _run(deeper, standby)
        return {"inner": len(inner.history)}

    async def deeper() -> dict[str, Any]:
        assert _task().get_name() == "a"
        await asyncio.sleep(0)
        return {"n": 2}

    outer = await _run(work, standby)
    assert outer.of_kind(AgentCompleted)[0].delta.set == {"inner": 4}


async def test_many_runs_on_end_leave_turns_for_the_rest_of_the_program() -> None:
    # The real clock: what is counted is what a person's program would notice.
    runner = FlowRunner.from_text('[orchestration]\nmode = "route"\n[agents.a]\n', env={})

    @runner.agent("a")
    async def agent(event: Event, state: State) -> dict[str, Any]:
        return {"n": 1}

    turns: list[int] = []
    loop = asyncio.get_running_loop()

    def turn() -> None:
        turns.append(1)
        loop.call_soon(turn)

    loop.call_soon(turn)
    started = loop.time()
    while loop.time() - started < 0.05:
        ended = await runner.run({}, target="a", keep_history=False)
        assert ended.status == "completed", ended.error
    assert len(turns) > 5


def test_a_loop_that_ends_loses_nothing_and_complains_of_nothing(
    recwarn: pytest.WarningsRecorder, capfd: pytest.CaptureFixture[str]
) -> None:
    standbys = [asyncio.run(standing_by()) for _ in range(3)]

    async def again(standby: Standby) -> int:
        for _ in range(3):
            await _run(lambda: asyncio.sleep(0, {"n": 2}), standby)
        return len(asyncio.all_tasks())

    assert [asyncio.run(again(standbys[0])) for _ in range(3)] == [1, 1, 1]
    del standbys
    gc.collect()
    assert (capfd.readouterr().err, list(recwarn)) == ("", [])
