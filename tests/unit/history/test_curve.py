from __future__ import annotations

from math import inf
from typing import Any

from agentflow_tui.history import event as ev
from agentflow_tui.history.compare import compare
from agentflow_tui.history.curve import Curve, curves
from tests.story import Story, quality_loop


def looped(*rounds: tuple[str, dict[str, Any]]) -> Story:
    """A story of loops; each round is the loop's path and what its agent changed."""
    story, numbers = Story(), dict[str, int]()
    last = ""
    for path, changes in rounds:
        # A loop that comes again after another one starts to count anew.
        numbers[path] = numbers.get(path, 0) + 1 if path == last else 1
        last = path
        story.add(ev.IterationStarted, path=path, iteration=numbers[path])
        story.agent(f"{path}/a", iteration=numbers[path], **changes)
        story.add(ev.IterationEnded, path=path, iteration=numbers[path])
    return story


def test_the_numbers_of_two_runs_stand_over_each_other() -> None:
    left = looped(("l", {"score": 3}), ("l", {"score": 5.5, "text": "x"}))
    right = looped(("l", {"score": 3}), ("l", {"score": 4, "extra": 1}), ("l", {"score": 7}))
    assert curves(left.events, right.events) == (
        Curve("l", ("data", "score"), (3.0, 5.5), (3.0, 4.0, 7.0)),
        Curve("l", ("data", "extra"), (), (None, 1.0, 1.0)),
    )


def test_a_loop_that_runs_again_goes_on_where_it_was() -> None:
    story = looped(
        ("l", {"score": 1}), ("m", {"b": 1}), ("l", {"late": 2}), ("m", {"c": True}), ("l", {"score": 4})
    )
    found = {each.key[1]: each.left for each in curves(story.events, ()) if each.loop == "l"}
    assert found == {"score": (1.0, None, 4.0), "late": (None, 2.0, None)}


def test_a_comparison_has_them_and_runs_without_loops_have_none() -> None:
    history = quality_loop().events
    first = next(event.seq for event in history if isinstance(event, ev.IterationEnded))
    compared = compare(history, history[: first + 1])
    scores = next(each for each in compared.curves if each.key == ("data", "quality_score"))
    assert (scores.loop, scores.left, scores.right) == ("loop", (0.74, 0.83, 0.83), (0.74,))
    story = Story()
    story.agent("a", score=3)
    assert compare(story.events, story.events).curves == ()


def test_numbers_that_are_too_large_to_draw_are_infinite() -> None:
    (found,) = curves(looped(("l", {"n": 10**400}), ("l", {"n": -(10**400)}), ("l", {"n": 1})).events, ())
    assert found.left == (inf, -inf, 1.0)
