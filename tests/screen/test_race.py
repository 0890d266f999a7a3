"""A race of modes on the screen: the dialog, the live table, its keys and clicks, and the way to the runs."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from agentflow_tui.tui.commands import Commands
from agentflow_tui.tui.dialogs.choice_dialog import ChoiceDialog
from agentflow_tui.tui.dialogs.help_dialog import HelpDialog
from agentflow_tui.tui.dialogs.input_dialog import InputDialog
from agentflow_tui.tui.dialogs.leave_dialog import LeaveDialog
from agentflow_tui.tui.dialogs.not_ready_dialog import NotReadyDialog
from agentflow_tui.tui.dialogs.race_dialog import ModeList, RaceDialog
from agentflow_tui.tui.key_footer import KeyFooter
from agentflow_tui.tui.screens import race_screen
from agentflow_tui.tui.screens.compare_screen import CompareScreen
from agentflow_tui.tui.screens.race_columns import columns_for
from agentflow_tui.tui.screens.race_screen import RaceScreen
from tests.screen.desk import LOOP, Desk, bench_of, is_on_top, run, settle, status, until

RACE = """\
# Try it with: {"content": "cats are nice"}

[llm]
provider = "scripted"

[orchestration]
mode = "loop"
timeout_seconds = 300
max_iterations = 3
loop_agent = "improver"
sequential_agents = ["improver", "critic"]
collaborative_agents = ["improver", "critic"]

[orchestration.loop]
condition = "quality >= 9"

[agents.improver]
prompt = "Improve: {content}"
output = { content = "string", quality = "integer" }

[agents.critic]
prompt = "What is wrong with {content}?"

[providers.scripted]
seconds_per_word = 1

[providers.scripted.replies]
improver = [
  '{"content": "cats are very nice", "quality": 4}',
  '{"content": "cats are charming animals", "quality": 9}',
]
critic = ["It says nothing about [whiskers]."]
"""
MODES = ["collaborative", "sequential", "loop", "mixed"]


async def ask(pilot: Pilot[Any]) -> RaceDialog:
    await pilot.press("C")
    await settle(pilot)
    assert isinstance(pilot.app.screen, RaceDialog)
    return pilot.app.screen


async def start(pilot: Pilot[Any]) -> RaceScreen:
    await ask(pilot)
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, RaceScreen))
    assert isinstance(pilot.app.screen, RaceScreen)
    return pilot.app.screen


async def let_pass(desk: Desk, pilot: Pilot[Any], seconds: float) -> None:
    await desk.clock.advance(seconds)
    await settle(pilot)
    for screen in pilot.app.screen_stack:
        if isinstance(screen, RaceScreen):
            screen.show_newest()
    await settle(pilot)


async def ended(desk: Desk, pilot: Pilot[Any]) -> RaceScreen:
    screen = await start(pilot)
    await let_pass(desk, pilot, 100)
    assert screen.race.is_over
    return screen


def on_top(pilot: Pilot[Any]) -> RaceScreen:
    assert isinstance(pilot.app.screen, RaceScreen)
    return pilot.app.screen


def modes(screen: RaceScreen) -> list[str]:
    return [row.key[0] for row in screen.rows.rows]


def lines(screen: RaceScreen) -> list[str]:
    return [row.content.plain for row in screen.rows.rows]


def told(screen: RaceScreen) -> str:
    assert screen.chosen is not None
    return "\n".join(row.content.plain for row in screen.details.view_of(screen.chosen.mode).rows)


def note(dialog: RaceDialog) -> str:
    return str(dialog.query_one("#note", Static).content)


async def test_the_dialog_offers_what_fits_and_says_what_the_rest_lacks(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        dialog = await ask(pilot)
        rows = [row.content.plain for row in dialog.query_one(ModeList).rows]
        assert [row.split()[:3] for row in rows] == [
            ["○", "no", "route"],
            ["●", "yes", "collaborative"],
            ["✗", "cannot", "sequential"],
            ["●", "yes", "loop"],
            ["✗", "cannot", "mixed"],
            ["○", "no", "recordings"],
        ]
        assert "orchestration.sequential_agents" in rows[2] and "needs a target" in rows[0]
        assert "cats are nice" in str(dialog.query_one("#race-input", Static).content)
        assert dialog.query_one("#score", Input).value == "quality"
        await pilot.press("down", "down", "space")
        assert dialog.choice.modes == ("collaborative", "loop") and "sequential_agents" in note(dialog)


async def test_space_and_clicks_switch_modes_on_and_off(desk: Desk) -> None:
    async with desk.open(desk.write(RACE)) as pilot:
        dialog = await ask(pilot)
        assert list(dialog.choice.modes) == MODES
        await pilot.press("down", "space")
        assert list(dialog.choice.modes) == MODES[1:]
        view = dialog.query_one(ModeList)
        await pilot.click(view, offset=(5, 2))
        assert list(dialog.choice.modes) == ["loop", "mixed"] and view.cursor == 2
        await pilot.click(view, offset=(5, 2))
        assert list(dialog.choice.modes) == MODES[1:]
        await pilot.click(view, offset=(5, 5))
        assert dialog.choice.is_saving
        await pilot.press("up", "space", "up", "space", "enter")
        assert pilot.app.screen is dialog and "two modes" in note(dialog)
        await pilot.press("escape")
        assert is_on_top(pilot) and bench_of(pilot).races.race is None


async def test_the_input_is_edited_in_the_same_form_as_for_a_run(desk: Desk) -> None:
    async with desk.open(desk.write(RACE.replace("# Try", "# No"))) as pilot:
        dialog = await ask(pilot)
        assert "nothing yet" in str(dialog.query_one("#race-input", Static).content)
        await pilot.press("enter")
        assert pilot.app.screen is dialog and "needs content" in note(dialog)
        await pilot.press("f6")
        await settle(pilot)
        assert isinstance(pilot.app.screen, InputDialog)
        await pilot.press(*"dogs", "enter")
        await settle(pilot)
        assert pilot.app.screen is dialog
        assert '"dogs"' in str(dialog.query_one("#race-input", Static).content)
        await pilot.click("#race-edit")
        await settle(pilot)
        await pilot.press("escape")
        await settle(pilot)
        await pilot.click("#race-start")
        await until(pilot, lambda: isinstance(pilot.app.screen, RaceScreen))
        race = bench_of(pilot).races.race
        assert race is not None and race.lanes[0].event.data == {"content": "dogs"}


async def test_the_score_key_is_typed_and_kept_for_the_next_race(desk: Desk) -> None:
    async with desk.open(desk.write(RACE)) as pilot:
        dialog = await ask(pilot)
        await pilot.press("tab")
        field = dialog.query_one("#score", Input)
        assert field.has_focus
        field.value = "content"
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, RaceScreen))
        await let_pass(desk, pilot, 100)
        assert "CONTENT" in str(pilot.app.screen.query_one("#race-heading", Static).content)
        await pilot.press("n")
        await settle(pilot)
        assert isinstance(pilot.app.screen, RaceDialog)
        assert pilot.app.screen.query_one("#score", Input).value == "content"
        await pilot.press("escape")
        await settle(pilot)
        assert isinstance(pilot.app.screen, RaceScreen)


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


async def test_a_flow_with_errors_races_nothing(desk: Desk) -> None:
    async with desk.open(desk.write(RACE.replace('"improver"\nseq', '"improve"\nseq'))) as pilot:
        await pilot.press("C")
        await settle(pilot)
        assert isinstance(pilot.app.screen, NotReadyDialog)
        await pilot.press("escape")
        await settle(pilot)
        assert is_on_top(pilot)


@pytest.mark.parametrize("key", ["f5", "ctrl+enter"])
async def test_a_race_without_a_model_says_what_to_do(desk: Desk, key: str) -> None:
    text = RACE.replace('provider = "scripted"', 'provider = "openai"\nmodel = "m"')
    async with desk.open(desk.write(text)) as pilot:
        await ask(pilot)
        await pilot.press(key)
        await until(pilot, lambda: isinstance(pilot.app.screen, NotReadyDialog))
        await pilot.press("escape")
        await settle(pilot)
        assert is_on_top(pilot) and not bench_of(pilot).desk.is_starting


async def test_untrusted_code_is_asked_for_once(desk: Desk) -> None:
    text = """\
[orchestration]
mode = "sequential"
sequential_agents = ["counter"]
[agents.counter]
handler = "counting:count"
"""
    path = desk.write(text)
    code = "async def count(event, state):\n    return {'n': 1}\n"
    path.with_name("counting.py").write_text(code, encoding="utf-8")
    async with desk.open(path) as pilot:
        await ask(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChoiceDialog))
        await pilot.press("t")
        await until(pilot, lambda: isinstance(pilot.app.screen, RaceScreen))
        screen = pilot.app.screen
        assert isinstance(screen, RaceScreen)
        await until(pilot, lambda: screen.race.is_over)
        assert {lane.status for lane in screen.race.totals()} == {"completed"}
        assert screen.race.totals()[0].output == '{"n": 1}'


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
