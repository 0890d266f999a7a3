"""Scrubbing to n is the fold of the first n events, at once, wherever one comes from."""

from __future__ import annotations

import time
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from agentflow_tui.history import event as ev
from agentflow_tui.history import fold
from agentflow_tui.history.delta import Delta
from agentflow_tui.history.fan_event import FanEnded, FanStarted
from agentflow_tui.history.scrub import Scrubber
from tests.story import Story, quality_loop


def busy_story(iterations: int) -> Story:
    """A loop around a parallel phase, with streaming calls, a failure, a pause and warnings."""
    story = Story({"n": 0, "text": "start"})
    story.add(ev.NodeStarted, path="loop")
    for iteration in range(1, iterations + 1):
        story.add(ev.IterationStarted, path="loop", iteration=iteration)
        story.add(FanStarted, path="loop/fan", branches=("loop/fan/a", "loop/fan/b"))
        for branch in ("loop/fan/a", "loop/fan/b"):
            story.add(ev.AgentStarted, path=branch, agent=branch[-1], scope=branch, iteration=iteration)
            story.call(branch, f"{branch} {iteration}", "one ", "two ")
        story.add(ev.RunPaused, path="loop/fan/b", reason="pause")
        story.add(ev.RunResumed)
        story.answered("loop/fan/a", f"loop/fan/a {iteration}", "one two three")
        story.add(
            ev.AgentCompleted,
            path="loop/fan/a",
            agent="a",
            scope="loop/fan/a",
            delta=Delta(set={"n": iteration, f"key{iteration % 7}": "x"}, meta_set={"m": str(iteration)}),
            duration=1.0,
        )
        story.add(
            ev.AgentFailed,
            path="loop/fan/b",
            agent="b",
            scope="loop/fan/b",
            error="no",
            category="llm",
            duration=1.0,
        )
        story.add(ev.Warned, message="careful")
        story.add(
            FanEnded,
            path="loop/fan",
            status="completed",
            delta=Delta(set={"n": iteration}, removed=(f"key{iteration % 7}",)),
        )
        story.add(ev.IterationEnded, path="loop", iteration=iteration)
    return story


STORY = busy_story(6).events
# By how many events were folded.
FOLDS = [fold(STORY[:count]) for count in range(len(STORY) + 1)]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(-3, len(STORY) + 3), min_size=1, max_size=12), st.integers(1, 40))
def test_any_walk_shows_the_fold_of_the_first_events(walk: list[int], every: int) -> None:
    scrubber = Scrubber(STORY, every=every)
    for seq in walk:
        assert scrubber.at(seq) == FOLDS[min(max(seq, -1) + 1, len(STORY))]
    assert scrubber.newest() == FOLDS[-1]


def test_states_that_were_shown_stay_as_they_were() -> None:
    scrubber = Scrubber(STORY, every=10)
    states = [scrubber.at(seq) for seq in range(len(STORY))]
    for seq in reversed(range(len(STORY))):
        scrubber.at(seq)
    assert states == FOLDS[1:]


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_a_history_may_grow_while_it_is_looked_at(data: st.DataObject) -> None:
    history: list[ev.HistoryEvent] = []
    scrubber = Scrubber(history, every=7)
    while len(history) < len(STORY):
        history += STORY[len(history) : len(history) + data.draw(st.integers(1, 40))]
        seq = data.draw(st.integers(-1, len(history)))
        assert scrubber.at(seq) == FOLDS[min(seq + 1, len(history))]
        assert scrubber.newest() == FOLDS[len(history)]
        assert scrubber.length == len(history)


def test_what_did_not_change_is_the_same_object() -> None:
    scrubber = Scrubber(STORY)
    assert scrubber.newest() is scrubber.newest()
    assert scrubber.at(20) is scrubber.at(20)


def long_look(scrubber: Scrubber, walk: Sequence[int]) -> float:
    """Return the processor seconds that 98 of 100 looks stay below; others may meet garbage collection."""
    looks = []
    for seq in walk:
        began = time.thread_time()
        scrubber.at(seq)
        looks.append(time.thread_time() - began)
    return sorted(looks)[len(looks) * 98 // 100]


def test_fifty_thousand_events_are_scrubbed_at_once() -> None:
    history = busy_story(2800).events
    assert len(history) > 50_000
    end = len(history)
    walks: dict[str, Sequence[int]] = {
        "back": range(end - 2, end - 600, -1),
        "forth": range(20_000, 20_600),
        "jumps": [n * 7919 % end for n in range(200)],
    }
    # What a walk leaves behind is only where it stopped: the next one begins far from there.
    scrubber = Scrubber(history)
    scrubber.newest()
    for direction, walk in walks.items():
        assert long_look(scrubber, walk) < 0.02, direction


def test_a_run_that_streams_is_scrubbed_too() -> None:
    events = quality_loop().events
    scrubber = Scrubber(events, every=4)
    assert scrubber.at(len(events) - 2).calls["c3"].text == "Once upon a time\n"
    assert scrubber.newest().calls["c3"].text == "Once upon a time\nthere was"
