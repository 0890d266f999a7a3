"""A history cut anywhere holds enough for an engine to go on as if it had never stopped."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentflow_tui.conditions import parse_condition
from agentflow_tui.engine import Agent, AgentContext, AgentError, Event, State
from agentflow_tui.history import event as ev
from agentflow_tui.history import fold
from agentflow_tui.history.compare import first_divergence
from agentflow_tui.history.delta import Delta
from agentflow_tui.history.resume import (
    CUT_OFF,
    EDIT_PATH,
    UNKNOWN_OUTCOME,
    AgentResult,
    KnownEvents,
    ResumePoint,
    resume_point,
    told_before,
)
from agentflow_tui.plan.node import Chain, Fan, Loop, Node, Step
from tests.story import Story, quality_loop
from tests.unit.engine.probe import Doing, Probe, raising


def by_step(point: ResumePoint) -> dict[tuple[str, int], AgentResult]:
    return {(each.path, each.number): each for each in point.results}


class Told:
    """An agent that gives the results of a history, and asks the real one behind them."""

    def __init__(self, point: ResumePoint, real: Agent, live: list[str]) -> None:
        self._results = by_step(point)
        self._real = real
        self._runs: Counter[str] = Counter()
        self._live = live

    async def run(self, event: Event, state: State, context: AgentContext) -> Any:
        number = self._runs[context.path]
        self._runs[context.path] += 1
        result = self._results.get((context.path, number))
        if result is None:
            self._live.append(context.path)
            return await self._real.run(event, state, context)
        if isinstance(result.end, ev.AgentFailed):
            raise AgentError(result.end.error, category=result.end.category)
        if isinstance(result.end, ev.AgentCancelled):
            await asyncio.Event().wait()
        assert isinstance(result.end, ev.AgentCompleted)
        delta = result.end.delta
        state.data.update(delta.set)
        for key in delta.removed:
            del state.data[key]
        state.meta.update(delta.meta_set)
        return state


def plan() -> Node:
    """A step, a parallel phase with a failure, and a loop around a chain."""
    return Chain(
        "main",
        "sequential",
        (
            Step("main/first", "first"),
            Fan(
                "main/fan",
                "collaborative",
                (Step("main/fan/slow", "slow"), Step("main/fan/quick", "quick"), Step("main/fan/bad", "bad")),
                0.5,
                3,
            ),
            Loop(
                "main/loop",
                "loop",
                Chain(
                    "main/loop/body",
                    "sequential",
                    (Step("main/loop/body/count", "count"), Step("main/loop/body/slow", "slow")),
                ),
                5,
                parse_condition("n >= 3"),
            ),
            Step("main/last", "first"),
        ),
    )


def agents() -> dict[str, Agent]:
    async def first(event: Event, state: State, context: AgentContext) -> Any:
        call = context.recorder.model_call_started(provider="p", model="m", messages=[])
        await context.clock.sleep(1)
        context.recorder.tokens(call, "piece")
        await context.clock.sleep(1)
        context.recorder.model_call_ended(call, response="piece", duration=2.0)
        state.data["said"] = state.data.get("said", 0) + 1
        state.meta["by"] = context.path
        return state

    async def slow(event: Event, state: State, context: AgentContext) -> Any:
        await context.clock.sleep(3)
        state.data.pop("quick", None)
        state.data[f"slow {context.iteration}"] = state.data.get("n")
        return state

    async def quick(event: Event, state: State, context: AgentContext) -> Any:
        return {"quick": True}

    async def count(event: Event, state: State, context: AgentContext) -> Any:
        return {"n": state.data.get("n", 0) + 1}

    return {
        "first": Doing(first),
        "slow": Doing(slow),
        "quick": Doing(quick),
        "bad": raising(ValueError("bad")),
        "count": Doing(count),
    }


async def original() -> list[ev.HistoryEvent]:
    probe = Probe(plan(), agents())
    await probe.run({"in": 1})
    return probe.history


async def gone_on(
    history: Sequence[ev.HistoryEvent], n: int, *, why: str = UNKNOWN_OUTCOME
) -> tuple[list[ev.HistoryEvent], list[str]]:
    """The history that a run has which goes on after event n, and the steps that ran live."""
    point, known = resume_point(history, n, why=why), KnownEvents(history, n)
    live: list[str] = []
    told: Mapping[str, Agent] = {name: Told(point, agent, live) for name, agent in agents().items()}
    new = [*history[: n + 1], *point.closing]
    was_over = isinstance(new[-1] if new else None, ev.RunEnded)
    probe = Probe(plan(), told)
    await probe.run({"in": 1})
    for event in probe.history:
        if not known.take(event) and not (isinstance(event, ev.RunEnded) and was_over):
            new.append(replace(event, seq=len(new)))
    assert known.is_exhausted
    return new, live


async def test_a_run_cut_at_any_event_goes_on_to_the_same_end() -> None:
    whole = await original()
    assert whole[-1].kind == "run_ended"
    end = fold(whole)
    steps = [event.path for event in whole if isinstance(event, ev.AgentStarted)]
    for n in range(-1, len(whole)):
        history, live = await gone_on(whole, n)
        state = fold(history)
        assert [event.seq for event in history] == list(range(len(history)))
        assert (state.status, state.error) == (end.status, end.error)
        assert dict(state.state.data) == dict(end.state.data)
        assert dict(state.state.meta) == dict(end.state.meta)
        assert state.scopes == {}
        point = resume_point(whole, n)
        assert sorted(live) == sorted(
            (Counter(steps) - Counter(each.path for each in point.results)).elements()
        )
        assert all(run.status != "running" for run in state.agent_runs)
        if not point.closing:
            assert first_divergence(whole, history) is None


async def test_a_run_may_be_cut_off_again_and_again() -> None:
    whole = await original()
    history, cut = whole, 0
    for cut in range(5, 40, 4):
        history, _ = await gone_on(history, min(cut, len(history) - 1))
    assert dict(fold(history).state.data) == dict(fold(whole).state.data)
    assert fold(history).status == "completed"


async def test_without_anything_behind_it_everything_runs() -> None:
    history, live = await gone_on([], -1)
    assert len(live) == len([event for event in history if isinstance(event, ev.AgentStarted)])
    assert first_divergence(history, await original()) is None


def test_what_was_in_flight_is_marked_and_not_lost() -> None:
    events = quality_loop().events
    point = resume_point(events, len(events) - 1)
    assert [(each.path, each.number) for each in point.results] == [
        ("loop/improver", 0),
        ("loop/improver", 1),
    ]
    assert [run.path for run in point.in_flight] == ["loop/improver"]
    assert [call.call for call in point.unknown_calls] == ["c3"]
    failed, cancelled = point.closing
    assert isinstance(failed, ev.ModelCallFailed)
    assert failed.error.startswith("unknown outcome")
    assert isinstance(cancelled, ev.AgentCancelled)
    assert (failed.seq, cancelled.seq) == (len(events), len(events) + 1)
    state = fold([*events, *point.closing])
    assert state.calls["c3"].status == "failed"
    assert state.calls["c3"].text == "Once upon a time\nthere was"
    again = resume_point([*events, *point.closing], cancelled.seq)
    assert list(by_step(again)) == list(by_step(point))
    assert again.closing == ()


def test_a_fork_says_that_it_cut_the_call_off() -> None:
    events = quality_loop().events
    point = resume_point(events, len(events) - 1, why=CUT_OFF)
    assert [getattr(event, "error", getattr(event, "reason", "")) for event in point.closing] == [
        CUT_OFF,
        CUT_OFF,
    ]


def test_a_persons_edit_comes_back_at_its_place() -> None:
    story = Story({"k": 1})
    story.agent("a", k=2)
    story.add(ev.StateChanged, path=EDIT_PATH, delta=Delta(set={"k": 3}))
    story.agent("b", n=1)
    story.add(ev.StateChanged, path="main", delta=Delta(set={"own": 1}))
    known = KnownEvents(story.events, len(story.events) - 1)
    assert not known.take(story.events[3])
    assert known.take(story.events[-1])
    assert not known.take(story.events[-1])


@pytest.mark.parametrize("n", [-5, -1, 10_000])
def test_positions_outside_are_the_ends(n: int) -> None:
    story = quality_loop()
    story.add(ev.RunEnded, status="completed")
    point = resume_point(story.events, n)
    assert point.closing == ()
    assert point.at_seq == (len(story.events) - 1 if n > 0 else -1)


@given(
    st.lists(
        st.tuples(st.sampled_from(["began", "done", "cut off", "stopped", "edit", "warned"]), st.booleans())
    )
)
def test_what_is_told_before_each_event_is_known_without_looking_from_the_beginning_each_time(
    steps: list[tuple[str, bool]],
) -> None:
    story = Story()
    for what, is_first in steps:
        who = {"path": "a" if is_first else "b", "agent": "a"}
        match what:
            case "began":
                story.add(ev.AgentStarted, **who)
            case "done":
                story.add(ev.AgentCompleted, **who, delta=Delta(), duration=0.0)
            case "cut off" | "stopped":
                story.add(ev.AgentCancelled, **who, duration=0.0, reason=CUT_OFF if what == "cut off" else "")
            case "edit":
                story.add(ev.StateChanged, path=EDIT_PATH, delta=Delta(set={"n": 1}))
            case _:
                story.add(ev.Warned, message=what)
    history = story.events
    assert told_before(history) == [KnownEvents(history, event.seq - 1).left for event in history]
