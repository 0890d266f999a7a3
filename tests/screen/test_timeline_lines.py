"""What one line of the timeline stands for and says, and the ruler over all of them."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from agentflow_tui.history import event as ev
from agentflow_tui.history.codec import KINDS
from agentflow_tui.history.delta import Delta
from agentflow_tui.tui.panes.timeline.entry import entry_of
from agentflow_tui.tui.panes.timeline.line_index import LineIndex
from agentflow_tui.tui.panes.timeline.ruler import Ruler
from tests.story import Story, quality_loop


def test_the_ruler_falls_back_to_the_duration() -> None:
    story = Story()
    for iteration, length in enumerate((1, 5, 3), 1):
        story.add(ev.IterationStarted, path="loop", iteration=iteration)
        for _ in range(length):
            story.add(ev.Warned, message="")
        story.add(ev.IterationEnded, path="loop", iteration=iteration)
    ruler = Ruler()
    assert ruler.take(story.events)
    assert ruler.text(80) == "seconds it.1 ▁ it.2 █ it.3 ▅"


def test_the_ruler_keeps_the_newest_iterations_that_fit() -> None:
    story = Story()
    for iteration in range(1, 101):
        story.add(ev.IterationStarted, path="loop", iteration=iteration)
        delta = Delta(set={"score": iteration, "name": "x", "flag": True})
        story.add(ev.StateChanged, path="loop", delta=delta)
    ruler = Ruler()
    ruler.take(story.events)
    text = ruler.text(40)
    assert text.startswith("score … it.")
    assert text.endswith("it.100 █")
    assert len(text) <= 40
    assert ruler.text(3) == ""


def test_the_ruler_shows_numbers_that_are_too_large_for_one() -> None:
    story = Story()
    for iteration, score in enumerate((10**400, 1), 1):
        story.add(ev.IterationStarted, path="loop", iteration=iteration)
        story.add(ev.StateChanged, path="loop", delta=Delta(set={"score": score}))
    ruler = Ruler()
    ruler.take(story.events)
    assert ruler.text(80) == "score it.1 ? it.2 ▁"


def test_streams_that_run_side_by_side_keep_one_line_each() -> None:
    story = Story()
    for n in range(1000):
        story.add(ev.TokensReceived, path="fan/a", call=f"c{n % 50}", text="ab")
    story.add(ev.Warned, message="x")
    story.add(ev.TokensReceived, path="fan/a", call="c0", text="ab")
    index = LineIndex()
    index.take(story.events, len(story.events))
    assert len(index.lines) == 1 + 50 + 1 + 1
    assert (index.lines[1].pieces, index.lines[1].length) == (20, 40)
    assert index.line_of(1) == index.line_of(51) == 1
    assert index.line_of(len(story.events) - 1) == 52
    assert index.line_of(-1) == index.line_of(9999) == -1


def test_taking_in_piece_by_piece_equals_taking_in_at_once() -> None:
    history = quality_loop().events
    whole, growing = LineIndex(), LineIndex()
    whole.take(history, len(history))
    for end in range(len(history) + 1):
        growing.take(history, end)
    assert growing.lines == whole.lines
    assert [growing.line_of(n) for n in range(len(history))] == [
        whole.line_of(n) for n in range(len(history))
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_event_is_told_in_words(kind: str) -> None:
    hidden: dict[str, Any] = {
        "seq": 0,
        "at": 0.0,
        "delta": Delta(),
        "duration": 1.0,
        "event": {},
        "branches": ("a",),
    }
    hidden |= {"values": (1,), "iteration": 1, "hop": 1, "messages": (), "prompt_tokens": None}
    hidden |= {"completion_tokens": 3, "first_token_after": None}
    hidden |= {"attempt": 1, "retry_in": 0.5, "wait": 0.5}
    cls = KINDS[kind]
    event = cls(**{name: hidden.get(name, name) for name in (field.name for field in fields(cls))})
    entry = entry_of(event)
    assert entry.glyph != "·"
    assert entry.words


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (6.5, "~k=6.5"),
        (0.1 + 0.2, "~k=0.3"),
        (True, "~k=true"),
        (None, "~k=null"),
        ("yes", '~k="yes"'),
        pytest.param(10**5_000, "~k", id="huge"),
        ("a text that is longer", "~k"),
        ([1], "~k"),
    ],
)
def test_a_short_value_is_told_beside_its_key(value: object, told: str) -> None:
    delta = Delta(set={"k": value})
    assert entry_of(ev.StateChanged(seq=1, at=0.0, path="p", delta=delta)).detail == told
