from __future__ import annotations

import pytest
from textual.widgets import Checkbox, Input, Select, TextArea

from agentflow_tui.history.event import AgentCompleted
from agentflow_tui.tui.dialogs.choice_dialog import ChoiceDialog
from agentflow_tui.tui.dialogs.input_dialog import InputDialog
from tests.screen.desk import LOOP, Desk, is_on_top, run, settle, status, until
from tests.screen.edit_form import choose, ran, shown, value
from tests.screen.test_time_travel_keys import edit_dialog, ended, go, seq_after

TEAM = """\
# Try it with: {"message": "tea"}

[llm]
provider = "scripted"

[orchestration]
mode = "collaborative"
collaborative_agents = ["left", "right"]

[agents.left]
prompt = "left of {message}"

[agents.right]
prompt = "right of {message}"

[providers.scripted.replies]
left = ["to the left"]
right = ["to the right"]
"""
BAD_TEAM = TEAM.replace('{message}"\n', '{message}"\noutput = { n = "integer" }\n')


@pytest.mark.parametrize("key", ["ctrl+s", "f5"])
async def test_meta_is_edited_like_data_and_as_text_only(desk: Desk, key: str) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = await ran(pilot)
        first = bench.desk.run_id
        await go(pilot, bench, seq_after(bench, "agent_completed"))
        dialog = await edit_dialog(pilot)
        assert "meta.loop_iteration" in dialog.names
        new = dialog.query_one("#new-key", Input)
        new.focus()
        await pilot.press(*"meta.why", "enter")
        await settle(pilot)
        assert dialog.query_one("#is-json", Checkbox).disabled
        value(dialog).text = "5"
        await pilot.press(key)
        await ended(pilot, desk, bench, first)
        assert bench.bridge.view.newest.agent_runs[1].before.meta["why"] == "5"


async def test_edits_are_listed_and_taken_back_one_by_one(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = await ran(pilot)
        await go(pilot, bench, seq_after(bench, "agent_completed"))
        dialog = await edit_dialog(pilot)
        await choose(pilot, dialog, "quality")
        value(dialog).text = "5"
        await choose(pilot, dialog, "content")
        value(dialog).text = "dogs"
        await settle(pilot)
        assert "2 edits" in shown(dialog, "#pending")
        assert "~ quality  4 → 5" in shown(dialog, "#pending")
        await pilot.press("f4")
        await settle(pilot)
        assert value(dialog).text == "cats are very nice"
        assert "1 edit " in shown(dialog, "#pending")
        await pilot.press("f4")
        assert "has no edit" in shown(dialog, "#note")
        await choose(pilot, dialog, "quality")
        await pilot.press("f4")
        await settle(pilot)
        assert shown(dialog, "#pending") == ""
        await pilot.press("ctrl+s")
        assert pilot.app.screen is dialog
        await pilot.press("escape")


async def test_the_whole_state_is_edited_as_json_with_the_place_of_a_mistake(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = await ran(pilot)
        first = bench.desk.run_id
        await go(pilot, bench, seq_after(bench, "agent_completed"))
        dialog = await edit_dialog(pilot)
        await choose(pilot, dialog, "quality")
        value(dialog).text = "5"
        await pilot.press("f6")
        await settle(pilot)
        whole = dialog.query_one("#whole", TextArea)
        assert '"quality": 5' in whole.text
        good = whole.text
        whole.text = good.replace('"quality": 5', '"quality": five')
        await pilot.press("f6")
        assert "line 6, column" in shown(dialog, "#note")
        assert whole.cursor_location[0] == 5
        whole.text = good.replace('"quality": 5', '"quality": 6')
        await pilot.press("f6")
        await settle(pilot)
        assert "~ quality  4 → 6" in shown(dialog, "#pending")
        await pilot.press("ctrl+s")
        await ended(pilot, desk, bench, first)
        assert bench.bridge.view.newest.agent_runs[1].before.data["quality"] == 6


async def test_a_mistake_leads_to_its_key_and_place(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = await ran(pilot)
        await go(pilot, bench, seq_after(bench, "agent_completed"))
        dialog = await edit_dialog(pilot)
        await choose(pilot, dialog, "quality")
        value(dialog).text = "[1,\n2 3]"
        await choose(pilot, dialog, "content")
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert "line 2, column 3 of quality" in shown(dialog, "#note")
        assert value(dialog).text == "[1,\n2 3]"
        assert value(dialog).cursor_location[0] == 1


async def test_the_input_of_a_run_is_edited_and_all_of_it_runs_again(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = await ran(pilot)
        first, before = bench.desk.run_id, list(bench.bridge.view.history)
        await pilot.press("D")
        await until(pilot, lambda: isinstance(pilot.app.screen, InputDialog))
        field = pilot.app.screen.query_one("#field-0", Input)
        assert field.value == "cats are nice"
        field.value = "dogs are nice"
        pilot.app.screen.query_one("#metadata", Input).value = '{"session_id": "again"}'
        await pilot.press("f5")
        await ended(pilot, desk, bench, first)
        newest = bench.bridge.view.newest
        assert newest.event["data"] == {"content": "dogs are nice"}
        assert newest.session_id == "again"
        assert newest.calls_from_recordings < 3
        found = await bench.workbench.archive.find(bench.desk.run_id)
        assert (found.origin, found.parent_run, found.parent_seq) == ("fork", first, -1)
        assert (await bench.workbench.archive.load(first)).history == before


async def test_a_wrong_input_stays_in_the_form_and_escape_forks_nothing(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = await ran(pilot)
        await pilot.press("D")
        await until(pilot, lambda: isinstance(pilot.app.screen, InputDialog))
        pilot.app.screen.query_one("#metadata", Input).value = '{"k": 1}'
        await pilot.press("f5")
        await settle(pilot)
        assert isinstance(pilot.app.screen, InputDialog)
        assert "must be text" in shown(pilot.app.screen, "#note")
        await pilot.press("escape")
        await settle(pilot)
        assert is_on_top(pilot)
        assert len(await bench.workbench.archive.runs()) == 1


async def test_inside_a_parallel_phase_the_state_of_a_branch_is_edited(desk: Desk) -> None:
    async with desk.open(desk.write(TEAM)) as pilot:
        bench = await ran(pilot)
        first = bench.desk.run_id
        done = next(each for each in bench.bridge.view.history if isinstance(each, AgentCompleted))
        await go(pilot, bench, done.seq)
        dialog = await edit_dialog(pilot)
        branches = dialog.query_one("#branch", Select)
        assert branches.value == done.path
        await choose(pilot, dialog, "response")
        value(dialog).text = "edited"
        other = next(branch for branch in dialog.states if branch != done.path)
        branches.value = other
        await settle(pilot)
        assert "one state is edited at a time" in shown(dialog, "#note")
        assert dialog.branch == done.path
        await pilot.press("f4")
        branches.value = other
        await settle(pilot)
        assert dialog.branch == other
        branches.value = done.path
        await settle(pilot)
        await choose(pilot, dialog, f"{done.agent}_response")
        value(dialog).text = "edited"
        await pilot.press("ctrl+s")
        await ended(pilot, desk, bench, first)
        assert bench.bridge.view.newest.state.data[f"{done.agent}_response"] == "edited"
        assert bench.bridge.view.newest.status == "completed"


async def test_where_every_branch_has_failed_a_key_leads_to_the_nearest_event_that_can_be_edited(
    desk: Desk,
) -> None:
    async with desk.open(desk.write(BAD_TEAM)) as pilot:
        bench = await run(pilot, "space")
        await status(pilot, "failed")
        failed = [e.seq for e in bench.bridge.view.history if e.kind == "agent_failed"]
        await go(pilot, bench, failed[-1])
        await pilot.press("x")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChoiceDialog))
        await pilot.press("g")
        await settle(pilot)
        before = seq_after(bench, "fan_started") - 1
        assert bench.bridge.view.cursor == before
        await edit_dialog(pilot)
        await pilot.press("escape")
