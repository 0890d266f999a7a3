"""What is asked before a race: which modes, with what input and score; and what keeps it from starting."""

from __future__ import annotations

import pytest
from textual.widgets import Input, Static

from agentflow_tui.tui.dialogs.choice_dialog import ChoiceDialog
from agentflow_tui.tui.dialogs.input_dialog import InputDialog
from agentflow_tui.tui.dialogs.not_ready_dialog import NotReadyDialog
from agentflow_tui.tui.dialogs.race_dialog import ModeList, RaceDialog
from agentflow_tui.tui.screens.race_screen import RaceScreen
from tests.screen.desk import LOOP, Desk, bench_of, is_on_top, settle, until
from tests.screen.races import MODES, RACE, ask, let_pass


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
