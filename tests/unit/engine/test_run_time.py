"""The time of a run, and the one timer that all its limits share."""

from __future__ import annotations

import asyncio

from agentflow_tui.engine.run_time import Deadline, RunTime
from tests.fake_clock import FakeClock


async def test_a_timer_that_is_set_late_goes_off_when_the_limit_is_due() -> None:
    clock, over = FakeClock(), asyncio.Event()
    await clock.sleep(5.0)
    time = RunTime(clock, can_ring=False)
    Deadline(time, 10.0, over.set)
    await clock.sleep(4.0)
    time.wait()
    await over.wait()
    assert clock.now() == 15.0


async def test_a_run_that_waits_for_nothing_sets_no_timer_and_its_limits_count_all_the_same() -> None:
    clock, over = FakeClock(), asyncio.Event()
    time = RunTime(clock, can_ring=False)
    Deadline(time, 10.0, over.set)
    await clock.sleep(20.0)
    assert not over.is_set()
    assert time.has_caught_up()
    assert over.is_set()
