"""Every writer of a key is found, with its value, in any history."""

from __future__ import annotations

import time
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from agentflow_tui.history import event as ev
from agentflow_tui.history import fold
from agentflow_tui.history.delta import Delta
from agentflow_tui.history.fan_event import FanEnded, FanStarted
from agentflow_tui.history.provenance import Provenance, is_same, neighbour, provenance
from tests.story import Story, quality_loop

VALUE = st.sampled_from([0, 1, True, "a", [1], {"x": 1}, None])
STEP = st.tuples(st.sampled_from(["agent", "engine"]), st.sampled_from("abc"), VALUE | st.just(...))


def told(events: list[ev.HistoryEvent], *path: str) -> list[tuple[str, str, int | None, Any]]:
    return [(write.by, write.agent, write.iteration, write.value) for write in provenance(events, path)]


def test_the_start_and_each_iteration_are_writers() -> None:
    story = Story({"score": 0})
    for iteration, score in enumerate((4, 6), 1):
        story.agent("loop/improver", iteration=iteration, score=score, other=1)
    assert told(story.events, "data", "score") == [
        ("start", "", None, 0),
        ("agent", "improver", 1, 4),
        ("agent", "improver", 2, 6),
    ]
    assert told(story.events, "meta", "score") == []


def test_a_merge_names_the_agent_whose_value_was_kept() -> None:
    story = Story({"k": 0})
    story.add(FanStarted, path="fan", branches=("fan/a", "fan/b"))
    story.agent("fan/a", "fan/a", k=1)
    story.agent("fan/b", "fan/b", k=2)
    story.add(FanEnded, path="fan", status="completed", delta=Delta(set={"k": 1}))
    assert told(story.events, "data", "k") == [
        ("start", "", None, 0),
        ("agent", "a", None, 1),
        ("agent", "b", None, 2),
        ("merge", "a", None, 1),
    ]


def test_a_removal_is_a_write() -> None:
    story = Story({"k": 0})
    story.add(ev.StateChanged, path="p", delta=Delta(removed=("k",)))
    assert [write.is_removal for write in provenance(story.events, ("data", "k"))] == [False, True]


def test_inside_a_value_only_those_who_changed_it_count() -> None:
    story = Story({"r": {"items": ["a", "b"], "n": 1}})
    story.agent("one", r={"items": ["a", "b"], "n": 2})
    story.agent("two", r={"items": ["a", "c"], "n": 2})
    story.agent("three", r={"items": ["a"], "n": 2})
    writes = provenance(story.events, ("data", "r", "items", "1"))
    assert [(write.agent, write.value, write.is_removal) for write in writes] == [
        ("", "b", False),
        ("two", "c", False),
        ("three", None, True),
    ]
    assert [write.agent for write in provenance(story.events, ("data", "r", "n"))] == ["", "one"]


def test_walking_goes_to_the_neighbours_and_stops_at_the_ends() -> None:
    writes = provenance(quality_loop().events, ("data", "content"))
    first, second = (write.seq for write in writes)
    assert [neighbour(writes, seq, -1) for seq in (first, second + 5)] == [None, writes[1]]
    assert neighbour(writes, second, -1) == writes[0]
    assert neighbour(writes, -1, 1) == writes[0]
    assert neighbour(writes, second, 1) is None


@given(st.lists(STEP, max_size=12))
def test_the_last_writer_wrote_what_the_state_holds(steps: list[tuple[str, str, Any]]) -> None:
    story = Story({"a": 0})
    for by, key, value in steps:
        delta = Delta(removed=(key,)) if value is ... else Delta(set={key: value})
        if by == "engine":
            story.add(ev.StateChanged, path="p", delta=delta)
        else:
            story.add(ev.AgentCompleted, path="p", agent="x", delta=delta, duration=1.0)
    data = fold(story.events).state.data
    for key in "abc":
        writes = provenance(story.events, ("data", key))
        assert [write.seq for write in writes] == sorted(write.seq for write in writes)
        is_there = bool(writes) and not writes[-1].is_removal
        assert is_there == (key in data)
        assert not is_there or is_same(writes[-1].value, data[key])


@given(st.lists(STEP, max_size=8), st.integers(0, 9))
def test_growing_equals_at_once(steps: list[tuple[str, str, Any]], cut: int) -> None:
    story = Story()
    for _, key, value in steps:
        story.agent("p", **({key: value} if value is not ... else {}))
    growing = Provenance()
    growing.take(story.events[:cut])
    growing.take(story.events[cut:])
    assert growing.writes(("data", "a")) == provenance(story.events, ("data", "a"))
    assert {key for _, key in growing.written_keys()} == {key for _, key, value in steps if value is not ...}


def test_a_hundred_thousand_events_are_read_in_a_moment() -> None:
    story = Story()
    for n in range(50_000):
        story.agent("a", k=n)
    began = time.process_time()
    assert len(provenance(story.events, ("data", "k"))) == 50_000
    assert time.process_time() - began < 2
