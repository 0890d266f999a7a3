"""The loop lens shows what each iteration left, and names loops that stall or go round."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentflow_tui.history import event as ev
from agentflow_tui.history import fold
from agentflow_tui.history.delta import Delta
from agentflow_tui.history.fan_event import FanStarted
from agentflow_tui.history.loop_lens import GONE, Finding, LoopLens, LoopWatch, loop_lenses
from tests.story import Story, quality_loop

VALUE = st.sampled_from([0, 1, True, "a", [1], None])


def looped(rounds: list[dict[str, Any]], story: Story | None = None, path: str = "loop") -> Story:
    story = story or Story({"kept": 1})
    for iteration, changes in enumerate(rounds, 1):
        story.add(ev.IterationStarted, path=path, iteration=iteration)
        counter = Delta(meta_set={"loop_iteration": str(iteration)})
        story.add(ev.StateChanged, path=path, delta=counter)
        story.agent(f"{path}/a", iteration=iteration, **changes)
        story.add(ev.IterationEnded, path=path, iteration=iteration)
    return story


def lens_of(story: Story) -> LoopLens:
    (lens,) = loop_lenses(story.events)
    return lens


def test_iterations_are_columns_and_changed_keys_are_rows() -> None:
    lens = lens_of(looped([{"score": 4}, {"score": 4, "text": "x"}, {"score": 9}]))
    assert [iteration.number for iteration in lens.iterations] == [1, 2, 3]
    score, text = lens.rows
    assert (score.key, score.values, score.changed) == (("data", "score"), (4, 4, 9), (True, False, True))
    assert score.start is GONE
    assert text.values == (GONE, "x", "x")
    assert score.numbers == (4.0, 4.0, 9.0)
    assert text.numbers is None
    assert lens.findings == ()


def test_the_iteration_that_goes_on_shows_what_came_so_far() -> None:
    lens = lens_of(quality_loop())
    assert [iteration.status for iteration in lens.iterations] == ["completed", "completed", "running"]
    content = next(row for row in lens.rows if row.key == ("data", "content"))
    assert content.changed == (True, True, False)


def test_a_loop_that_runs_again_is_another_lens() -> None:
    story = looped([{"n": 1}, {"n": 2}])
    looped([{"n": 3}], story)
    assert [len(lens.iterations) for lens in loop_lenses(story.events)] == [2, 1]


def test_a_loop_in_a_branch_sees_its_branch_only() -> None:
    story = Story({"k": 0})
    story.add(FanStarted, path="fan", branches=("fan/a", "fan/b"))
    story.add(ev.IterationStarted, path="fan/a", iteration=1, scope="fan/a")
    story.agent("fan/a/x", "fan/a", k=1)
    story.agent("fan/b", "fan/b", other=2)
    story.add(ev.IterationEnded, path="fan/a", iteration=1, scope="fan/a")
    (row,) = lens_of(story).rows
    assert (row.key, row.start, row.values) == (("data", "k"), 0, (1,))


@pytest.mark.parametrize(
    ("reason", "told"),
    [("condition_met", "condition met"), ("max_iterations", "limit reached"), ("error", "")],
)
def test_a_loop_tells_why_it_ended(reason: str, told: str) -> None:
    story = looped([{"n": 1}, {"n": 2}])
    assert lens_of(story).ended == ""
    watch = LoopWatch()
    watch.take(story.events)
    path = lens_of(story).path
    story.add(ev.StateChanged, path=path, delta=Delta(meta_set={"exit_reason": reason}))
    assert watch.take(story.events[-1:]) is bool(told)
    assert lens_of(story).ended == watch.lenses()[0].ended == told
    assert fold(story.events).nodes[path].reason == told


def test_two_idle_iterations_are_a_stall() -> None:
    lens = lens_of(looped([{"n": 1}, {"n": 1}, {"n": 1}, {"n": 2}, {}, {}, {}]))
    assert lens.findings == (Finding("stalled", 2, 3), Finding("stalled", 5, 7))


def test_keys_that_go_round_together_are_one_finding() -> None:
    rounds = [{"n": 0, "a": 9, "b": 9}] + [{"n": n, "a": n % 2, "b": "xy"[n % 2]} for n in range(1, 5)]
    lens = lens_of(looped(rounds))
    assert lens.findings == (Finding("oscillating", 2, 5, (("data", "a"), ("data", "b")), 2),)


@pytest.mark.parametrize("period", [2, 3, 4])
def test_each_period_is_recognised(period: int) -> None:
    lens = lens_of(looped([{"k": n % period} for n in range(3 * period)]))
    assert [(found.kind, found.period, found.first) for found in lens.findings] == [
        ("oscillating", period, 1)
    ]


@given(st.lists(VALUE, min_size=1, max_size=10))
def test_findings_are_never_invented(values: list[Any]) -> None:
    lens = lens_of(looped([{"k": value} for value in values]))
    for found in lens.findings:
        if found.kind == "stalled":
            inside = values[max(found.first - 2, 0) : found.last]
            assert all(type(value) is type(inside[0]) and value == inside[0] for value in inside)
        else:
            tail = values[found.first - 1 : found.last]
            assert found.last == len(values)
            assert len(tail) >= 2 * found.period
            assert all(tail[n] == tail[n - found.period] for n in range(found.period, len(tail)))


@given(st.lists(st.dictionaries(st.sampled_from("abc"), VALUE, max_size=2), min_size=1, max_size=6))
def test_each_column_is_the_state_at_the_end_of_its_iteration(rounds: list[dict[str, Any]]) -> None:
    story = looped(rounds)
    lens = lens_of(story)
    for number, iteration in enumerate(lens.iterations):
        assert iteration.ended_seq is not None
        data = fold(story.events[: iteration.ended_seq + 1]).state.data
        for row in lens.rows:
            assert row.key[0] == "data"
            shown = row.values[number]
            assert (row.key[1] in data) == (shown is not GONE)
            assert shown is GONE or shown == data[row.key[1]]


@given(st.lists(st.dictionaries(st.sampled_from("abc"), VALUE, max_size=2), max_size=5), st.integers(0, 30))
def test_growing_equals_at_once(rounds: list[dict[str, Any]], cut: int) -> None:
    story = looped(rounds)
    watch = LoopWatch()
    watch.take(story.events[:cut])
    watch.lenses()
    watch.take(story.events[cut:])
    assert watch.lenses() == loop_lenses(story.events)
