from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from agentflow_tui.tui.dialogs.answers_dialog import AnswersDialog
from agentflow_tui.workbench.answers import Answers
from tests.screen.desk import LOOP, SLOW_LOOP, Desk, bench_of, is_on_top, run, settle, status, until
from tests.screen.test_time_travel_keys import ended


async def choose(pilot: Pilot[Any], *keys: str) -> None:
    await pilot.press("alt+r")
    await until(pilot, lambda: isinstance(pilot.app.screen, AnswersDialog))
    await pilot.press(*keys)
    await settle(pilot)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_choice_is_shown_and_escape_keeps_what_was(desk: Desk, size: tuple[int, int]) -> None:
    async with desk.open(desk.write(LOOP), size=size) as pilot:
        bench = bench_of(pilot)
        await choose(pilot, "down", "down", "down", "down", "tab", "down", "enter")
        assert is_on_top(pilot)
        assert bench.desk.answers == Answers("replay", "original")
        assert "answers: replay, recordings at original speed" in str(bench.status.render())
        await choose(pilot, "up", "escape")
        assert bench.desk.answers == Answers("replay", "original")
        await choose(pilot, "home", "tab", "home", "enter")
        assert bench.desk.answers == Answers()
        assert "answers" not in str(bench.status.render())


async def test_a_miss_in_replay_names_the_nearest_recording_and_the_difference(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = await run(pilot, "space")
        await status(pilot, "completed")
        first = bench.desk.run_id
        await choose(pilot, "end", "enter")
        bench.editor.replace_text(LOOP.replace("Improve: {content}", "Mend: {content}"))
        await settle(pilot)
        await pilot.press("R")
        await ended(pilot, desk, bench, first)
        assert bench.bridge.view.newest.status == "failed"
        told = str(bench.query_one("#outcome", Static).render())
        assert "no recording of this call" in told
        assert "% alike" in told
        assert "'Mend' instead of 'Improve'" in told


async def test_a_new_run_may_be_answered_from_recordings_alone_and_a_rerun_by_the_model(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = await run(pilot, "space")
        await status(pilot, "completed")
        first = bench.desk.run_id
        await choose(pilot, "end", "enter")
        await pilot.press("space")
        await ended(pilot, desk, bench, first)
        assert bench.bridge.view.newest.calls_from_recordings == 3
        assert "3 of 3 from recordings" in str(bench.status.render())
        second = bench.desk.run_id
        await choose(pilot, "home", "down", "down", "enter")
        assert bench.desk.answers == Answers("live")
        await pilot.press("R")
        await ended(pilot, desk, bench, second)
        assert bench.bridge.view.newest.calls_from_recordings == 0


@pytest.mark.parametrize(("keys", "seconds"), [(("down",), 5), ((), 0), (("down", "down"), 0)])
async def test_recordings_stream_at_the_chosen_speed(
    desk: Desk, keys: tuple[str, ...], seconds: float
) -> None:
    async with desk.open(desk.write(SLOW_LOOP)) as pilot:
        bench = await run(pilot, "space")
        for _ in range(30):
            await desk.clock.advance(1)
            await settle(pilot)
        await status(pilot, "completed")
        first, then = bench.desk.run_id, bench.bridge.view.newest
        assert then.elapsed > 10
        await choose(pilot, "tab", *keys, "enter")
        await pilot.press("R")
        await until(pilot, lambda: bench.desk.run_id != first)
        for _ in range(40):
            if bench.bridge.view.newest.is_over:
                break
            await desk.clock.advance(1)
            await settle(pilot)
        now = bench.bridge.view.newest
        assert now.calls_from_recordings == 3
        assert (now.elapsed > 10) is bool(seconds)
        pieces = [e for e in bench.bridge.view.history if e.kind == "tokens_received"]
        assert (len(pieces) > 3) is (keys != ("down", "down"))
