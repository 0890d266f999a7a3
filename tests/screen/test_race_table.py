"""What the table of a race tells of its lanes, live and at the end, and how it is sorted."""

from __future__ import annotations

import pytest
from textual.widgets import Static

from agentflow_tui.tui.dialogs.not_ready_dialog import NotReadyDialog
from agentflow_tui.tui.key_footer import KeyFooter
from agentflow_tui.tui.screens import race_screen
from agentflow_tui.tui.screens.race_columns import columns_for
from agentflow_tui.tui.screens.race_screen import RaceScreen
from tests.screen.desk import Desk, settle, until
from tests.screen.races import MODES, RACE, ended, let_pass, lines, modes, start, told


async def test_every_lane_is_told_while_it_runs(desk: Desk) -> None:
    async with desk.open(desk.write(RACE), (140, 40)) as pilot:
        screen = await start(pilot)
        await let_pass(desk, pilot, 3)
        assert modes(screen) == MODES
        assert all("▶ running" in line and "3.0 s" in line for line in lines(screen))
        assert "improver 1" in lines(screen)[2] and "critic" in lines(screen)[0]
        assert "4 of 4 running" in str(screen.query_one("#race-title", Static).content)
        assert "It says nothing" in told(screen) or "cats are" in told(screen)
        await let_pass(desk, pilot, 6.5)
        assert ["● completed" in line for line in lines(screen)] == [True, False, False, False]
        assert "3 of 4 running" in str(screen.query_one("#race-title", Static).content)
        await let_pass(desk, pilot, 100)
        assert "over" in str(screen.query_one("#race-title", Static).content)
        loop = lines(screen)[2]
        assert "★ 9" in loop and "cats are charming animals" in loop
        assert "★" in lines(screen)[0].split("completed")[1].split("s")[0]


async def test_a_small_terminal_tells_who_is_at_work_below_the_table(desk: Desk) -> None:
    async with desk.open(desk.write(RACE), (80, 24)) as pilot:
        screen = await start(pilot)
        await let_pass(desk, pilot, 3)
        assert all(len(line.rstrip()) <= 78 for line in lines(screen))
        assert "▶ loop  improver 1" in told(screen) and "▶ mixed  improver, critic" in told(screen)
        await let_pass(desk, pilot, 100)
        assert "▶" not in told(screen)
        await pilot.press("down")
        assert "sequential" in told(screen) and "[whiskers]" in told(screen)
        await pilot.resize_terminal(140, 40)
        await settle(pilot)
        assert "[whiskers]" in lines(screen)[1]


async def test_a_wide_terminal_tells_of_all_modes_side_by_side(desk: Desk) -> None:
    async with desk.open(desk.write(RACE), (140, 40)) as pilot:
        screen = await ended(desk, pilot)
        views = [screen.details.view_of(mode) for mode in MODES]
        assert all(view.display and view.region.width > 30 for view in views)
        assert ["charming" in view.rows[1].content.plain for view in views] == [False, False, True, False]
        await pilot.click(views[2], offset=(3, 1))
        assert screen.chosen is not None and screen.chosen.mode == "loop"
        await pilot.press("tab")
        assert screen.chosen.mode == "mixed"
        await pilot.resize_terminal(90, 30)
        await settle(pilot)
        assert [view.display for view in views] == [False, False, False, True]


async def test_it_is_drawn_per_frame_and_stops_when_it_is_over(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = 0
    show = RaceScreen._show_rows

    def counting(screen: RaceScreen) -> None:
        nonlocal drawn
        drawn += 1
        show(screen)

    monkeypatch.setattr(RaceScreen, "_show_rows", counting)
    # The frames of this test are its own: the next one is an hour away.
    monkeypatch.setattr(race_screen, "_RATE", 1 / 3600)
    async with desk.open(desk.write(RACE)) as pilot:
        screen = await start(pilot)
        await until(pilot, lambda: screen.rows.region.width > 0)
        before = drawn
        assert before > 0
        await desk.clock.advance(100)
        # A run ends when its last job in a thread is done, and all that follows has happened by then.
        await until(pilot, lambda: screen.race.is_over)
        assert drawn == before
        screen.show_newest()
        assert drawn == before + 1
        screen.show_newest()
        assert drawn == before + 1
        assert screen._frames is None


async def test_the_keys_at_the_bottom_come_to_rest_under_a_race(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    fitted = 0
    fit = KeyFooter._fit

    def counting(footer: KeyFooter) -> None:
        nonlocal fitted
        fitted += 1
        fit(footer)

    monkeypatch.setattr(KeyFooter, "_fit", counting)
    async with desk.open(desk.write(RACE)) as pilot:
        await start(pilot)
        await settle(pilot)
        assert 0 < fitted < 50


async def test_sorting_by_keys_and_by_clicks(desk: Desk) -> None:
    async with desk.open(desk.write(RACE)) as pilot:
        screen = await ended(desk, pilot)
        keys = [column.measure for column in columns_for("quality")]
        for measure in keys:
            await pilot.press("s")
            assert screen.sorted_by is not None and screen.sorted_by.measure == measure
            by_column = modes(screen)
            values = {lane.mode: getattr(lane, measure) for lane in screen.lanes}
            shown = [values[mode] for mode in by_column]
            assert shown == sorted(shown, reverse=measure in ("rate", "score"))
            await pilot.press("r")
            shown = [values[mode] for mode in modes(screen)]
            assert shown == sorted(shown, reverse=measure not in ("rate", "score"))
        await pilot.press("s")
        assert screen.sorted_by is None and modes(screen) == MODES
        await pilot.press("S")
        assert screen.sorted_by is not None and screen.sorted_by.measure == keys[-1]
        place = 2 + 14 + 14 + 5
        await pilot.click(screen.heading, offset=(place, 0))
        assert screen.sorted_by.measure == "seconds" and "▲TIME" in str(screen.heading.content)
        first = modes(screen)
        await pilot.click(screen.heading, offset=(place, 0))
        assert modes(screen) == first[::-1] and "▼TIME" in str(screen.heading.content)
        await pilot.click(screen.heading, offset=(0, 0))
        assert modes(screen) == first[::-1]


async def test_the_cursor_stays_on_its_mode_when_the_order_changes(desk: Desk) -> None:
    async with desk.open(desk.write(RACE)) as pilot:
        screen = await ended(desk, pilot)
        await pilot.press("down", "down", "s", "s", "s")
        assert screen.chosen is not None and screen.chosen.mode == "loop"
        assert "charming" in told(screen)


async def test_a_failed_lane_shows_its_error_and_the_way_out(desk: Desk) -> None:
    text = RACE.replace('"quality": 4}', '"quality": "bad"}')
    async with desk.open(desk.write(text), (140, 40)) as pilot:
        screen = await ended(desk, pilot)
        assert ["✗ failed" in line for line in lines(screen)] == [False, True, True, False]
        assert "★" in lines(screen)[0] and "★" not in lines(screen)[1] + lines(screen)[2]
        await pilot.press("down")
        assert "✗ failed: " in told(screen) and "→ way out: " in told(screen)


async def test_a_lane_that_cannot_start_says_why(desk: Desk) -> None:
    text = RACE.replace("[agents.critic]", '[agents.critic]\nllm.provider = "openai"\nllm.model = "m"')
    async with desk.open(desk.write(text)) as pilot:
        screen = await ended(desk, pilot)
        assert "✗ not started" in lines(screen)[0] and "OPENAI_API_KEY" in told(screen)
        await pilot.press("m", "down", "down", "c")
        await settle(pilot)
        assert pilot.app.screen is screen
        await pilot.press("up", "up", "enter")
        await settle(pilot)
        assert isinstance(pilot.app.screen, NotReadyDialog)
