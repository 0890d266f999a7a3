"""A handler that blocks is named afterwards; otherwise it runs as if nobody watched."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from agentflow_tui.agents.python_agent import PythonAgent
from agentflow_tui.agents.watched_call import watched
from agentflow_tui.engine import AgentContext, Event, State
from agentflow_tui.engine.agent import Caller
from agentflow_tui.engine.journal import Journal
from agentflow_tui.engine.recorder import Recorder
from agentflow_tui.engine.run_time import RunTime
from agentflow_tui.history.event import Warned
from tests.fake_clock import FakeClock
from tests.unit.engine.probe import Probe, chain


def _context() -> AgentContext:
    clock = FakeClock()
    journal = Journal(lambda _: None, RunTime(clock))
    return AgentContext("a", "flow/a", "", None, 1, "", clock, Recorder(journal, "flow/a", "a"))


def _unheard(_: AgentContext, seconds: float) -> None:
    raise AssertionError(f"it did not block for {seconds} s")


async def test_an_agent_that_blocks_is_named_afterwards() -> None:
    async def slow(event: Event, state: State) -> dict[str, Any]:
        # As a long calculation would.
        probe.clock._now += 3.5
        await asyncio.sleep(0)
        probe.clock._now += 0.9
        return {"x": 1}

    probe = Probe(chain("heavy"), {"heavy": PythonAgent("heavy", slow)})
    result = await probe.run()
    assert (result.status, result.data) == ("completed", {"x": 1})
    (warning,) = probe.of_kind(Warned)
    assert warning.path == "flow/0"
    assert warning.message.startswith("agent 'heavy' blocked everything for 3.5 s")


async def test_waiting_is_not_blocking() -> None:
    async def patient(event: Event, state: State) -> None:
        await probe.clock.sleep(500)

    probe = Probe(chain("patient"), {"patient": PythonAgent("patient", patient)})
    assert (await probe.run()).status == "completed"
    assert probe.of_kind(Warned) == []


async def test_who_is_asked_where_it_stands_after_its_end_lets_nothing_be_written() -> None:
    callers: list[Caller] = []

    class Early:
        async def run(self, event: Event, state: State, context: AgentContext) -> None:
            raise AssertionError("it is asked for no context")

        async def run_for(self, event: Event, state: State, caller: Caller) -> None:
            callers.append(caller)

    class Late:
        async def run(self, event: Event, state: State, context: AgentContext) -> None:
            where = callers[0].context()
            assert (where.agent, where.path, where.attempt) == ("early", "flow/0", 1)
            where.recorder.warned("too late")
            context.recorder.warned("in time")

    probe = Probe(chain("early", "late"), {"early": Early(), "late": Late()})
    assert (await probe.run()).status == "completed"
    assert [warning.message for warning in probe.of_kind(Warned)] == ["in time"]


async def test_results_errors_and_cancellation_pass_through() -> None:
    seen: list[str] = []

    async def work(how: str) -> str:
        try:
            await asyncio.sleep(0 if how != "wait" else 60)
            if how == "fail":
                raise ValueError(how)
            return how
        except asyncio.CancelledError:
            seen.append("cancelled")
            await asyncio.sleep(0)
            raise
        finally:
            seen.append(how)

    async def watch(how: str) -> str:
        return await watched(work(how), _context(), _unheard)

    assert await watch("ok") == "ok"
    with pytest.raises(ValueError, match="fail"):
        await watch("fail")
    task = asyncio.create_task(watch("wait"))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert seen == ["ok", "fail", "cancelled", "wait"]


def test_a_call_that_is_dropped_is_closed() -> None:
    closed: list[bool] = []

    async def work() -> None:
        try:
            await asyncio.Future()
        finally:
            closed.append(True)

    async def outer() -> None:
        await watched(work(), _context(), _unheard)

    loop = asyncio.new_event_loop()
    try:
        asyncio.set_event_loop(loop)
        coroutine = outer()
        coroutine.send(None)
        coroutine.close()
    finally:
        asyncio.set_event_loop(None)
        loop.close()
    assert closed == [True]
