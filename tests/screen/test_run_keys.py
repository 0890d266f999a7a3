from __future__ import annotations

import pytest

from agentflow_tui.history.event import AgentStarted
from agentflow_tui.tui.dialogs.input_dialog import InputDialog
from tests.screen.desk import LOOP, SLOW_CHAIN, Desk, bench_of, is_on_top, run, settle, status


async def test_space_asks_for_the_input_once_and_runs_to_the_end(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = bench_of(pilot)
        await pilot.press("space")
        await settle(pilot)
        assert isinstance(pilot.app.screen, InputDialog)
        await pilot.press("enter")
        await status(pilot, "completed")
        assert bench.bridge.view.newest.state.data["content"] == "cats are charming animals"
        first = bench.desk.run
        await pilot.press("space")
        await settle(pilot)
        await status(pilot, "completed")
        assert is_on_top(pilot)
        assert bench.desk.run is not first


async def test_escape_in_the_input_starts_nothing(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        await pilot.press("space")
        await settle(pilot)
        await pilot.press("escape")
        await settle(pilot)
        assert bench_of(pilot).desk.run is None
        assert bench_of(pilot).status.headline.state.status == "idle"


@pytest.mark.parametrize("key", ["s", "f8"])
async def test_step_runs_exactly_one_agent(desk: Desk, key: str) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = await run(pilot, key)
        await status(pilot, "paused")
        assert _agents_started(bench.bridge.view.history) == 1
        await pilot.press(key)
        await settle(pilot)
        await status(pilot, "paused")
        assert _agents_started(bench.bridge.view.history) == 2


@pytest.mark.parametrize("key", ["S", "f9"])
async def test_an_iteration_at_a_time(desk: Desk, key: str) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = await run(pilot, key)
        await status(pilot, "paused")
        assert bench.bridge.view.newest.state.data["quality"] == 4
        await pilot.press(key)
        await settle(pilot)
        await status(pilot, "paused")
        assert bench.bridge.view.newest.state.data["quality"] == 6


async def test_f10_runs_from_a_step_to_the_end(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        await run(pilot, "s")
        await status(pilot, "paused")
        await pilot.press("f10")
        await status(pilot, "completed")


@pytest.mark.parametrize("key", ["space", "f5"])
async def test_a_live_run_is_paused_and_goes_on(desk: Desk, key: str) -> None:
    async with desk.open(desk.write(SLOW_CHAIN)) as pilot:
        bench = await run(pilot, key)
        await desk.clock.advance(1)
        await pilot.press(key)
        await settle(pilot)
        assert bench.status.headline.word == "pausing"
        await desk.clock.advance(5)
        await status(pilot, "paused")
        await pilot.press(key)
        await settle(pilot)
        await desk.clock.advance(10)
        await status(pilot, "completed")


@pytest.mark.parametrize("key", ["escape", "ctrl+c"])
async def test_a_live_run_is_cancelled_and_the_program_stays(desk: Desk, key: str) -> None:
    async with desk.open(desk.write(SLOW_CHAIN)) as pilot:
        await run(pilot, "space")
        await desk.clock.advance(1)
        await pilot.press(key)
        await status(pilot, "cancelled")
        await pilot.press("ctrl+c")
        await settle(pilot)
        assert is_on_top(pilot)
        assert pilot.app.is_running


async def test_f_keys_run_while_the_editor_has_the_focus_and_letters_type(desk: Desk) -> None:
    async with desk.open(desk.write("# \n" + LOOP)) as pilot:
        bench = bench_of(pilot)
        await pilot.press("1", "end", "s", "space", "S")
        await settle(pilot)
        assert bench.editor.text.startswith("# s S\n")
        assert bench.desk.run is None
        await pilot.press("f5")
        await settle(pilot)
        await pilot.press("enter")
        await status(pilot, "completed")


async def test_the_text_that_runs_is_the_text_in_the_editor(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = bench_of(pilot)
        bench.editor.code.replace_all(LOOP.replace("max_iterations = 3", "max_iterations = 1"))
        await run(pilot, "space")
        await status(pilot, "completed")
        assert bench.bridge.view.newest.iteration == 1


async def test_i_edits_the_input_that_the_next_run_takes(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = await run(pilot, "s")
        await status(pilot, "paused")
        await pilot.press("escape")
        await status(pilot, "cancelled")
        await pilot.press("i")
        await settle(pilot)
        await pilot.press("end", *"!!", "enter")
        await settle(pilot)
        await pilot.press("s")
        await settle(pilot)
        await status(pilot, "paused")
        assert bench.bridge.view.newest.event["data"] == {"content": "cats are nice!!"}


async def test_bad_json_is_named_by_line_and_column(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        await pilot.press("i")
        await settle(pilot)
        dialog = pilot.app.screen
        assert isinstance(dialog, InputDialog)
        await pilot.press("tab", *"{x}", "f5")
        await settle(pilot)
        assert pilot.app.screen is dialog
        assert "line 1, column 2" in str(dialog.query_one("#note").render())


async def test_a_failed_run_tells_why_and_runs_again_with_one_key(desk: Desk) -> None:
    broken = LOOP.replace('{"content": "cats are very nice", "quality": 4}', "no JSON")
    async with desk.open(desk.write(broken)) as pilot:
        bench = await run(pilot, "space")
        await status(pilot, "failed")
        outcome = bench.query_one("#outcome")
        assert outcome.display
        assert "improver" in str(outcome.render())
        first = bench.desk.run
        await pilot.press("space")
        await settle(pilot)
        await status(pilot, "failed")
        assert bench.desk.run is not first


def _agents_started(history: object) -> int:
    assert isinstance(history, list)
    return sum(isinstance(event, AgentStarted) for event in history)
