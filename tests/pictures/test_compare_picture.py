from __future__ import annotations

import pytest

from agentflow_tui.history import event as ev
from agentflow_tui.history.compare import compare
from agentflow_tui.history.delta import Delta
from agentflow_tui.history.run_summary import RunSummary
from agentflow_tui.tui.screens.compare_screen import CompareScreen
from tests.pictures.screenshot import Screenshot
from tests.screen.desk import LOOP, Desk, settle
from tests.story import Story

SIZES = [(80, 24), (120, 40), (200, 60)]


def scored(*scores: float | None) -> list[ev.HistoryEvent]:
    """A loop whose critic gives these scores."""
    story = Story({"topic": "bees"})
    for iteration, score in enumerate(scores, 1):
        story.add(ev.IterationStarted, path="loop", iteration=iteration)
        story.add(ev.AgentStarted, path="loop/critic", agent="critic", iteration=iteration)
        call = f"c{iteration}"
        story.call("loop/critic", call, "Well.")
        story.answered("loop/critic", call, "Well.")
        story.add(
            ev.AgentCompleted,
            path="loop/critic",
            agent="critic",
            iteration=iteration,
            delta=Delta(set={"text": f"draft {iteration}", **({} if score is None else {"score": score})}),
            duration=1.0,
        )
        story.add(ev.IterationEnded, path="loop", iteration=iteration)
    return story.events


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_two_compared_runs(desk: Desk, screenshot: Screenshot, size: tuple[int, int]) -> None:
    left, right = scored(5, 8, 3, 2.25, 2), scored(None, 8, 8.5, 9)
    # The first iteration of the right one is inherited.
    begun = next(e.seq for e in right if isinstance(e, ev.IterationEnded)) + 1
    found = compare(left, right, inherited=(0, begun))
    facts = ("report", "loop", "2026-11-22T10:00:00+00:00", "completed", "", len(left))
    async with desk.open(desk.write(LOOP, "quality_loop.toml"), size) as pilot:
        runs = (RunSummary("0a1b2c3d4e5f", *facts), RunSummary("5f4e3d2c1b0a", *facts, name="keep-section"))
        pilot.app.push_screen(CompareScreen(found, *runs))
        await settle(pilot)
        await screenshot(pilot, f"compare_{size[0]}x{size[1]}")
