"""Two histories: where they part, and what differs in the end."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from agentflow_tui.history import event as ev
from agentflow_tui.history.compare import compare, first_divergence
from agentflow_tui.history.delta import Delta
from agentflow_tui.history.fan_event import BranchFailed, FanEnded, FanStarted, MergeConflict
from tests.story import FIRST, Story, quality_loop


def test_a_run_is_the_same_as_itself_told_later_by_another_name() -> None:
    left = quality_loop().events
    right: list[ev.HistoryEvent] = []
    for event in left:
        changes: dict[str, Any] = {"at": event.at * 3, "seq": len(right)}
        if isinstance(event, ev.RunStarted):
            changes |= {"run_id": "other", "started_at": "2027", "event": {**event.event, "id": "x"}}
        if isinstance(event, ev.ModelCallEnded):
            changes |= {"source": "recording", "duration": 0.0}
        if not isinstance(event, ev.TokensReceived):
            right.append(replace(event, **changes))
    right.insert(3, ev.Warned(seq=3, at=0.0, message="a remark"))
    compared = compare(left, right)
    assert compared.divergence is None
    assert (compared.data, compared.meta) == ((), ())
    assert (compared.left.from_recordings, compared.right.from_recordings) == (0, 2)
    assert compared.right.seconds > compared.left.seconds


def test_an_empty_history_is_compared_too() -> None:
    assert first_divergence([], []) is None
    compared = compare([], quality_loop().events)
    assert compared.divergence is not None
    assert compared.divergence.text == "the left one ends; the other goes on with event 0 (run_started)"


def test_the_first_difference_is_named() -> None:
    left = quality_loop().events
    position = next(n for n, event in enumerate(left) if isinstance(event, ev.AgentCompleted))
    old = left[position]
    assert isinstance(old, ev.AgentCompleted)
    right = [*left]
    right[position] = replace(old, delta=Delta(set={**old.delta.set, "content": "A wolf."}))
    found = first_divergence(left, right)
    assert found is not None
    assert (found.left, found.right, found.fields) == (old, right[position], ("delta",))
    assert found.text == f"event {position} (agent_completed of improver): delta differ"


@pytest.mark.parametrize(("one", "other"), [(1, True), (0, False), (1, 1.0), ([0], [False])])
def test_values_that_python_calls_equal_differ(one: Any, other: Any) -> None:
    left, right = Story(), Story()
    left.agent("a", k=one)
    right.agent("a", k=other)
    found = first_divergence(left.events, right.events)
    assert found is not None
    assert found.fields == ("delta",)


def test_another_input_is_the_first_difference() -> None:
    found = first_divergence(Story({"a": 1}).events, Story({"a": 2}).events)
    assert found is not None
    assert found.fields == ("event",)


def test_another_prompt_and_another_agent_are_differences() -> None:
    left, right = Story(), Story()
    left.call("a", "c1", prompt="one")
    right.call("a", "c9", prompt="two")
    found = first_divergence(left.events, right.events)
    assert found is not None
    assert found.fields == ("messages",)
    right = Story()
    right.agent("b")
    found = first_divergence(left.events, right.events)
    assert found is not None
    assert (
        found.text
        == "event 1 (model_call_started of a) on the left, event 1 (agent_started of b) on the right"
    )


def test_which_branch_is_faster_makes_no_difference() -> None:
    def told(order: tuple[str, ...], text: str = "same") -> list[ev.HistoryEvent]:
        story = Story()
        story.add(FanStarted, path="fan", branches=("fan/a", "fan/b", "fan/c"))
        for kind in (ev.AgentStarted, ev.AgentCompleted):
            for name in order:
                values: dict[str, Any] = {"path": f"fan/{name}", "agent": name, "scope": f"fan/{name}"}
                if kind is ev.AgentCompleted:
                    values |= {"delta": Delta(set={name: text if name == "b" else 1}), "duration": 1.0}
                story.add(kind, **values)
        story.add(FanEnded, path="fan", status="completed")
        story.agent("after")
        return story.events

    left = told(("a", "b", "c"))
    for order in permutations("abc"):
        assert first_divergence(left, told(order)) is None
        found = first_divergence(left, told(order, "other"))
        assert found is not None
        assert isinstance(found.left, ev.AgentCompleted)
        assert found.left.agent == "b"


def test_which_branch_fails_first_makes_no_difference() -> None:
    def told(order: tuple[str, ...], error: str = "gone", conflict: str = "k") -> list[ev.HistoryEvent]:
        story = Story()
        story.add(FanStarted, path="fan", branches=("fan/a", "fan/b", "fan/c", "fan/d"))
        for name in order:
            story.add(BranchFailed, path="fan", branch=name, error=error if name == "b" else "gone")
        for key in (conflict, "a key before it"):
            story.add(MergeConflict, path="fan", key=key, branches=("c", "d"), values=(1, 2))
        story.add(FanEnded, path="fan", status="completed")
        return story.events

    left = told(("a", "b", "b"))
    for order in permutations("abb"):
        assert first_divergence(left, told(order)) is None
        found = first_divergence(left, told(order, "refused"))
        assert found is not None
        assert isinstance(found.left, BranchFailed)
        assert (found.left.branch, found.fields) == ("b", ("error",))
    for order in (("a", "b"), ("a", "b", "c")):
        assert first_divergence(left, told(order)) is not None
    found = first_divergence(left, told(("a", "b", "b"), conflict="j"))
    assert found is not None
    assert isinstance(found.left, MergeConflict)
    assert found.fields == ("key",)


def test_states_outputs_and_totals_are_side_by_side() -> None:
    left, right = quality_loop(), quality_loop()
    left.answered("loop/improver", "c3", FIRST)
    right.answered("loop/improver", "c3", "Another end.")
    left.agent("critic", verdict="good", kept=1)
    right.agent("critic", verdict="bad", kept=1)
    right.add(ev.AgentFailed, path="x", agent="publisher", error="no", category="network", duration=2.0)
    right.add(ev.AgentStarted, path="publish", agent="publisher")
    right.add(ev.AgentFailed, path="publish", agent="publisher", error="no", category="llm", duration=2.0)
    right.add(ev.RunEnded, status="failed", error="no", category="llm")
    compared = compare(left.events, right.events)
    assert [(change.key, change.old, change.new) for change in compared.data] == [("verdict", "good", "bad")]
    assert (compared.left.status, compared.right.status) == ("running", "failed")
    assert (compared.left.completion_tokens, compared.left.calls) == (120, 3)
    assert [name for name, _, _ in compared.agents] == ["improver", "critic", "publisher"]
    improver, publisher = compared.agents[0], compared.agents[2]
    assert (improver[1].output, improver[2].output) == (FIRST, "Another end.")
    assert (improver[1].runs, improver[1].calls, improver[1].completion_tokens) == (3, 3, 120)
    assert (publisher[1].runs, publisher[2].runs, publisher[2].failures) == (0, 1, 1)
    assert publisher[2].seconds == 2.0
