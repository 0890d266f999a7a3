"""From a race to its runs and back: what is opened, driven, left, cancelled, compared and copied."""

from __future__ import annotations

import pytest

from agentflow_tui.tui.commands import Commands
from agentflow_tui.tui.dialogs.choice_dialog import ChoiceDialog
from agentflow_tui.tui.dialogs.help_dialog import HelpDialog
from agentflow_tui.tui.dialogs.leave_dialog import LeaveDialog
from agentflow_tui.tui.screens.compare_screen import CompareScreen
from agentflow_tui.tui.screens.race_screen import RaceScreen
from tests.screen.desk import Desk, bench_of, is_on_top, run, settle, status, until
from tests.screen.races import MODES, RACE, ended, let_pass, lines, on_top, start, told


async def test_enter_and_clicks_open_a_run_and_the_table_is_still_there(desk: Desk) -> None:
    async with desk.open(desk.write(RACE)) as pilot:
        screen = await ended(desk, pilot)
        await pilot.press("down", "enter")
        await until(pilot, lambda: is_on_top(pilot))
        bench = bench_of(pilot)
        view = bench.bridge.view
        assert bench.desk.run_id == screen.lanes[1].run_id and view.newest.mode == "sequential"
        assert "race" in bench.status.headline.title and bench.desk.plan is not None
        await pilot.press("C")
        await settle(pilot)
        again = on_top(pilot)
        assert again.race is screen.race
        await pilot.click(again.rows, offset=(5, 2))
        assert again.chosen is not None and again.chosen.mode == "loop" and on_top(pilot) is again
        await pilot.click(again.rows, offset=(5, 2))
        await until(pilot, lambda: is_on_top(pilot))
        assert bench.bridge.view.newest.mode == "loop" and bench.bridge.view.newest.iteration == 2


async def test_a_lane_that_goes_on_can_be_driven_in_the_workbench(desk: Desk) -> None:
    async with desk.open(desk.write(RACE)) as pilot:
        await start(pilot)
        await let_pass(desk, pilot, 2)
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: is_on_top(pilot))
        bench = bench_of(pilot)
        assert bench.desk.is_live and bench.bridge.view.newest.mode == "loop"
        await pilot.press("space")
        await let_pass(desk, pilot, 100)
        await status(pilot, "paused")
        await pilot.press("C")
        await settle(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, RaceScreen) and "⏸ paused" in lines(screen)[2]
        await pilot.press("escape")
        await settle(pilot)
        assert isinstance(pilot.app.screen, ChoiceDialog)
        await pilot.press("l")
        await until(pilot, lambda: is_on_top(pilot))
        await pilot.press("f10")
        await let_pass(desk, pilot, 100)
        await status(pilot, "completed")
        await until(pilot, lambda: any("race is over" in each.message for each in pilot.app._notifications))


async def test_another_live_run_is_not_pushed_aside(desk: Desk) -> None:
    async with desk.open(desk.write(RACE)) as pilot:
        await run(pilot, "S")
        await start(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: is_on_top(pilot))
        assert any("A run is live" in each.message for each in pilot.app._notifications)
        assert bench_of(pilot).desk.is_live


async def test_leaving_asks_while_it_runs(desk: Desk) -> None:
    async with desk.open(desk.write(RACE)) as pilot:
        screen = await start(pilot)
        await pilot.press("escape")
        await settle(pilot)
        assert isinstance(pilot.app.screen, ChoiceDialog)
        await pilot.press("c")
        await settle(pilot)
        assert on_top(pilot) is screen and not screen.race.is_over
        await pilot.press("escape")
        await settle(pilot)
        await pilot.press("x")
        await until(pilot, lambda: is_on_top(pilot) and screen.race.is_over)
        assert {lane.status for lane in screen.race.totals()} == {"cancelled"}
        await pilot.press("C")
        await settle(pilot)
        await pilot.press("escape")
        await settle(pilot)
        assert is_on_top(pilot)


async def test_quitting_tells_of_a_race_that_goes_on(desk: Desk) -> None:
    async with desk.open(desk.write(RACE)) as pilot:
        await start(pilot)
        await pilot.press("ctrl+q")
        await settle(pilot)
        assert isinstance(pilot.app.screen, LeaveDialog)
        assert "race" in pilot.app.screen.body.content.plain  # type: ignore[union-attr]


async def test_one_key_cancels_all(desk: Desk) -> None:
    async with desk.open(desk.write(RACE)) as pilot:
        screen = await start(pilot)
        assert screen.check_action("race_again", ()) is None
        await pilot.press("n")
        assert pilot.app.screen is screen
        await pilot.press("ctrl+c")
        await let_pass(desk, pilot, 1)
        assert all("⊘ cancelled" in line for line in lines(screen)) and "race was cancelled" in told(screen)
        assert screen.check_action("cancel_race", ()) is None and screen.check_action("race_again", ())


async def test_two_marked_modes_are_compared(desk: Desk) -> None:
    async with desk.open(desk.write(RACE)) as pilot:
        screen = await ended(desk, pilot)
        await pilot.press("c")
        assert pilot.app.screen is screen
        await pilot.press("m", "c")
        assert pilot.app.screen is screen
        await pilot.press("m", "m", "down", "m", "down", "m")
        assert screen.marks == ["sequential", "loop"]
        assert lines(screen)[1].startswith("A ") and lines(screen)[2].startswith("B ")
        await pilot.press("c")
        await until(pilot, lambda: isinstance(pilot.app.screen, CompareScreen))
        assert isinstance(pilot.app.screen, CompareScreen)
        assert (pilot.app.screen.left.name, pilot.app.screen.right.name) == ("sequential", "loop")
        assert pilot.app.screen.found.left.calls == 2
        await pilot.press("escape")
        await settle(pilot)
        await pilot.press("m", "up", "up", "apostrophe")
        await until(pilot, lambda: isinstance(pilot.app.screen, CompareScreen))
        assert isinstance(pilot.app.screen, CompareScreen)
        assert (pilot.app.screen.left.name, pilot.app.screen.right.name) == ("sequential", "collaborative")


async def test_the_output_is_copied(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "agentflow_tui.tui.app.AgentflowApp.copy_to_clipboard", lambda _, text: desk.copied.append(text)
    )
    async with desk.open(desk.write(RACE)) as pilot:
        screen = await start(pilot)
        await pilot.press("y")
        assert desk.copied == []
        await let_pass(desk, pilot, 100)
        await pilot.press("down", "y")
        assert desk.copied == ["It says nothing about [whiskers]."]
        assert pilot.app.screen is screen


async def test_the_runs_screen_tells_which_runs_are_of_a_race(desk: Desk) -> None:
    async with desk.open(desk.write(RACE), (140, 40)) as pilot:
        screen = await ended(desk, pilot)
        await pilot.press("escape")
        await settle(pilot)
        found = await bench_of(pilot).workbench.archive.runs()
        assert {run.name for run in found} == {f"race {screen.race.race_id} {mode}" for mode in MODES}


async def test_palette_and_help_have_it(desk: Desk) -> None:
    async with desk.open(desk.write(RACE)) as pilot:
        titles = [command.title for command in Commands(bench_of(pilot)).commands()]
        assert "Run: race modes (C)" in titles
        screen = await ended(desk, pilot)
        titles = [command.title for command in Commands(screen).commands()]
        assert "Race: compare (c ')" in titles and "Race: open (enter)" in titles
        assert not any(title.startswith(("Run:", "Runs:", "Metrics:", "Compare:")) for title in titles)
        await pilot.press("question_mark")
        await settle(pilot)
        assert isinstance(pilot.app.screen, HelpDialog)
        await pilot.press("escape")
