"""Agents that follow on each other may share a task, and must not notice."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import ContextVar
from typing import Any

import pytest

from agentflow_tui.engine import AgentContext, Event, State
from agentflow_tui.engine.crew import TURNS
from agentflow_tui.engine.run_time import RunTime
from agentflow_tui.history.event import AgentCompleted, AgentStarted, HistoryEvent
from agentflow_tui.plan.node import Chain, Fan, Loop, Step
from tests.fake_clock import FakeClock, FakeTimer
from tests.unit.engine.probe import Probe, chain

SETTING: ContextVar[str] = ContextVar("SETTING", default="unset")


class _Does:
    """An agent that does what a function does."""

    def __init__(self, what: Callable[[], Awaitable[Any]]) -> None:
        self._what = what

    async def run(self, event: Event, state: State, context: AgentContext) -> Any:
        return await self._what()


def _task() -> asyncio.Task[Any]:
    task = asyncio.current_task()
    assert task is not None
    return task


async def test_agents_in_a_row_work_in_one_task_that_has_the_name_of_each() -> None:
    seen: list[tuple[object, str]] = []

    async def look() -> None:
        # Not the task: one that is known is given no other agent.
        seen.append((_task().get_coro(), _task().get_name()))

    probe = Probe(chain("a", "b", "c"), {name: _Does(look) for name in "abc"})
    assert (await probe.run()).status == "completed"
    assert [name for _, name in seen] == ["a", "b", "c"]
    assert len({work for work, _ in seen}) == 1


async def test_what_an_agent_sets_in_its_context_reaches_no_other() -> None:
    seen: list[str] = []

    async def mark() -> None:
        seen.append(SETTING.get())
        SETTING.set("theirs")

    SETTING.set("ours")
    probe = Probe(chain("a", "b", "c"), {name: _Does(mark) for name in "abc"})
    await probe.run()
    assert seen == ["ours", "ours", "ours"]
    assert SETTING.get() == "ours"


async def test_a_wish_to_be_cancelled_is_not_left_to_the_next_agent() -> None:
    seen: list[str] = []

    async def leave() -> None:
        # Takes effect at the next await, which this agent never comes to.
        _task().cancel()

    async def wait() -> None:
        await asyncio.sleep(0)
        seen.append("waited")

    probe = Probe(chain("a", "b"), {"a": _Does(leave), "b": _Does(wait)})
    assert (await probe.run()).status == "completed"
    assert seen == ["waited"]


async def test_a_cancel_that_an_agent_swallowed_is_not_counted_for_the_next_one() -> None:
    seen: list[int] = []

    async def swallow() -> None:
        _task().cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(0)

    async def count() -> None:
        seen.append(_task().cancelling())

    probe = Probe(chain("a", "b"), {"a": _Does(swallow), "b": _Does(count)})
    assert (await probe.run()).status == "completed"
    assert seen == [0]


async def test_others_get_a_turn_beside_agents_that_never_wait() -> None:
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0)

    async def nothing() -> None:
        return None

    root = Loop("flow", "flow", Step("flow/a", "a"), 20 * TURNS)
    ticking = asyncio.create_task(tick())
    await Probe(root, {"a": _Does(nothing)}).run()
    ticking.cancel()
    assert ticks >= 20


async def test_agents_behind_a_phase_that_is_over_need_not_give_way_after_each_call() -> None:
    ticks: list[int] = []

    async def tick() -> None:
        while True:
            ticks.append(0)
            await asyncio.sleep(0)

    async def begin() -> None:
        ticks.clear()

    async def nothing() -> None:
        return None

    phase = Fan("flow/p", "collaborative", (Step("flow/p/a", "a"), Step("flow/p/b", "a")))
    rest = Loop("flow/l", "loop", Step("flow/l/a", "a"), 20 * TURNS)
    root = Chain("flow", "mixed", (phase, Step("flow/begin", "begin"), rest))
    ticking = asyncio.create_task(tick())
    await Probe(root, {"a": _Does(nothing), "begin": _Does(begin)}).run()
    ticking.cancel()
    assert 20 <= len(ticks) < 40


async def test_an_agent_that_is_stopped_before_its_turn_never_begins() -> None:
    seen: list[str] = []

    async def first() -> None:
        seen.append("a")

    async def second() -> None:
        seen.append("b")

    probe = Probe(chain("a", "b"), {"a": _Does(first), "b": _Does(second)})
    hear = probe.history.append

    def stop(event: HistoryEvent) -> None:
        hear(event)
        if isinstance(event, AgentCompleted):
            probe.control.cancel("enough")

    result = await probe.engine.run(Event.make({}), emit=stop)
    assert (result.status, result.error) == ("cancelled", "enough")
    assert seen == ["a"]
    assert [event.agent for event in probe.history if isinstance(event, AgentStarted)] == ["a"]


async def test_a_run_sets_one_timer_for_all_its_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    set_timers: list[float] = []
    plain = FakeClock.call_later

    def call_later(clock: FakeClock, seconds: float, callback: Callable[[], None]) -> FakeTimer:
        set_timers.append(seconds)
        return plain(clock, seconds, callback)

    async def nothing() -> None:
        return None

    monkeypatch.setattr(FakeClock, "call_later", call_later)
    root = Loop("flow", "flow", Step("flow/a", "a", timeout=5.0), 100)
    assert (await Probe(root, {"a": _Does(nothing)}).run()).status == "completed"
    assert set_timers == [5.0]


async def test_a_limit_that_comes_before_the_timer_still_ends_in_time() -> None:
    clock, rung = FakeClock(), asyncio.Event()

    class _Soon:
        due = 0.0

        def expire(self) -> None:
            rung.set()

    time = RunTime(clock, soonest=50.0)
    late, soon = _Soon(), _Soon()
    time.watch(late, 90.0)
    time.watch(soon, 10.0)
    await rung.wait()
    assert clock.now() == 10.0
    time.forget(late)


class _Odd:
    """A value that cannot be compared, as arrays of numbers cannot."""

    def __eq__(self, other: object) -> bool:
        raise ValueError("the truth value of this is ambiguous")

    __hash__ = None  # type: ignore[assignment]


ODD: ContextVar[object] = ContextVar("ODD", default=None)


async def test_what_cannot_be_compared_in_its_context_does_not_stop_an_agent_from_ending() -> None:
    async def leave() -> None:
        ODD.set(_Odd())

    ODD.set(_Odd())
    probe = Probe(chain("a", "b"), {name: _Does(leave) for name in "ab"})
    assert (await asyncio.wait_for(probe.run(), 10)).status == "completed"
    assert len(probe.of_kind(AgentCompleted)) == 2


SHARED: ContextVar[list[str]] = ContextVar("SHARED")


async def test_what_only_looks_like_the_value_of_before_reaches_no_other() -> None:
    ours: list[str] = []
    seen: list[tuple[bool, list[str]]] = []

    async def swap() -> None:
        seen.append((SHARED.get() is ours, list(SHARED.get())))
        SHARED.set([])

    SHARED.set(ours)
    probe = Probe(chain("a", "b", "c"), {name: _Does(swap) for name in "abc"})
    assert (await probe.run()).status == "completed"
    assert seen == [(True, [])] * 3


async def test_a_cancel_that_comes_late_does_not_lose_the_agent_that_follows() -> None:
    turns = 0

    async def leave() -> None:
        nonlocal turns
        turns += 1
        if turns == TURNS:
            # It comes when the task gives way to others, before the next agent had its turn.
            asyncio.get_running_loop().call_soon(_task().cancel)

    root = Loop("flow", "flow", Step("flow/a", "a"), 2 * TURNS)
    probe = Probe(root, {"a": _Does(leave)})
    assert (await probe.run()).status == "completed"
    assert turns == 2 * TURNS
    assert len(probe.of_kind(AgentCompleted)) == 2 * TURNS
