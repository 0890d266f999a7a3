"""The table of a loop: what its cells say."""

from __future__ import annotations

from agentflow_tui.history import event as ev
from agentflow_tui.history.delta import Delta
from agentflow_tui.history.loop_lens import loop_lenses
from agentflow_tui.tui.panes.inspector.loop_rows import grid_of, loop_rows
from tests.story import Story

_SAME = "A long draft that begins as it always began and ends with "


def _lens(count: int) -> list[str]:
    story = Story({"draft": f"{_SAME}nothing"})
    for number in range(1, count + 1):
        story.add(ev.IterationStarted, path="loop", iteration=number)
        delta = Delta(set={"draft": f"{_SAME}cat {number}", "score": number + 0.5})
        story.add(ev.AgentStarted, path="loop/a", agent="a", iteration=number)
        story.add(ev.AgentCompleted, path="loop/a", agent="a", iteration=number, delta=delta, duration=1.0)
        story.add(ev.IterationEnded, path="loop", iteration=number)
    lenses = loop_lenses(story.events)
    cursor = story.events[-1].seq
    assert grid_of(lenses[0], cursor, 120).cell >= 11
    return [row.content.plain.rstrip() for row in loop_rows(lenses, (), cursor, 120)]


def test_few_iterations_share_the_width_and_say_what_differs_in_a_text() -> None:
    rows = _lens(3)
    draft = next(row for row in rows if row.startswith("draft"))
    assert [f"cat {number}" in draft for number in (1, 2, 3)] == [True, True, True] and "…" in draft


def test_numbers_come_first() -> None:
    rows = _lens(2)
    assert [row.split()[0] for row in rows[2:4]] == ["score", "draft"]


def test_many_iterations_keep_narrow_columns() -> None:
    assert "it.40" in _lens(40)[1] and "before" in _lens(40)[1]
