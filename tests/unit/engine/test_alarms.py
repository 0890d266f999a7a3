"""Timers that one run leaves to the next."""

from __future__ import annotations

import asyncio

from agentflow_tui.engine import SystemClock
from agentflow_tui.engine.alarms import Alarm, Alarms
from agentflow_tui.engine.run_time import Deadline, RunTime
from tests.fake_clock import FakeClock


class _Counted(FakeClock):
    """Counts the timers that are set."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def call_later(self, seconds, callback):  # type: ignore[no-untyped-def]
        self.count += 1
        return super().call_later(seconds, callback)


async def test_a_run_takes_over_the_timer_of_the_one_before() -> None:
    clock = _Counted()
    alarms = Alarms(clock)
    for _ in range(100):
        Deadline(RunTime(clock, call_later=alarms.call_later), 60.0, lambda: None).cancel()
    assert clock.count == 1
    assert len(alarms.free) == 1


async def test_a_timer_that_was_taken_over_and_comes_too_soon_ends_nothing() -> None:
    clock, over = _Counted(), asyncio.Event()
    alarms = Alarms(clock)
    first = RunTime(clock, call_later=alarms.call_later)
    Deadline(first, 10.0, lambda: None).cancel()
    await clock.sleep(4.0)
    Deadline(RunTime(clock, call_later=alarms.call_later), 10.0, over.set)
    await over.wait()
    assert clock.now() == 14.0


async def test_a_limit_that_comes_sooner_gets_a_timer_of_its_own() -> None:
    clock, over = _Counted(), asyncio.Event()
    alarms = Alarms(clock)
    Deadline(RunTime(clock, call_later=alarms.call_later), 10.0, lambda: None).cancel()
    Deadline(RunTime(clock, call_later=alarms.call_later), 3.0, over.set)
    await over.wait()
    assert clock.now() == 3.0


async def test_a_timer_that_went_off_while_nobody_waited_is_not_taken_over() -> None:
    clock, over = _Counted(), asyncio.Event()
    alarms = Alarms(clock)
    Deadline(RunTime(clock, call_later=alarms.call_later), 10.0, lambda: None).cancel()
    await clock.sleep(20.0)
    Deadline(RunTime(clock, call_later=alarms.call_later), 10.0, over.set)
    async with asyncio.timeout(5):
        await over.wait()
    assert clock.now() == 30.0


class _Taken(list[Alarm]):
    """A list from which another thread takes the last one between a look at it and a grip."""

    def __bool__(self) -> bool:
        return True


async def test_a_timer_that_another_thread_took_is_made_anew() -> None:
    clock = _Counted()
    alarms = Alarms(clock)
    alarms.free = _Taken()
    Deadline(RunTime(clock, call_later=alarms.call_later), 10.0, lambda: None).cancel()
    assert clock.count == 1


def test_a_timer_of_another_loop_is_not_waited_for() -> None:
    clock = _Counted()
    alarms = Alarms(clock)

    async def once() -> float:
        over = asyncio.Event()
        Deadline(RunTime(clock, call_later=alarms.call_later), 10.0, lambda: None).cancel()
        began = clock.now()
        Deadline(RunTime(clock, call_later=alarms.call_later), 20.0, over.set)
        await over.wait()
        return clock.now() - began

    assert asyncio.run(once()) == 20.0
    clock._is_watching = False
    assert asyncio.run(once()) == 20.0


def test_a_timer_of_another_loop_is_not_taken_over() -> None:
    alarms = Alarms(SystemClock())

    async def leave() -> Alarm:
        alarm = alarms.call_later(60.0, lambda: None)
        alarm.cancel()
        return alarm

    first, second = asyncio.run(leave()), asyncio.run(leave())
    assert first is not second


async def test_a_timer_that_is_called_off_twice_calls_nobody_and_is_free_once() -> None:
    clock, called = FakeClock(), list[str]()
    alarms = Alarms(clock)
    alarm = alarms.call_later(1.0, lambda: called.append("rang"))
    alarm.cancel()
    alarm.cancel()
    await clock.sleep(2.0)
    assert (called, alarms.free) == ([], [alarm])
