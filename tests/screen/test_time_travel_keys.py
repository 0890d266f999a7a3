from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Checkbox, Input, OptionList, Static, TextArea

from agentflow_tui.tui.dialogs.choice_dialog import ChoiceDialog
from agentflow_tui.tui.dialogs.edit_dialog import EditDialog
from agentflow_tui.tui.dialogs.not_ready_dialog import NotReadyDialog
from agentflow_tui.tui.dialogs.text_dialog import TextDialog
from agentflow_tui.tui.screens.workbench_screen import WorkbenchScreen
from agentflow_tui.workbench.redaction import MASK
from tests.screen.desk import LOOP, SLOW_LOOP, Desk, bench_of, is_on_top, run, settle, status, until


async def ended(pilot: Pilot[Any], desk: Desk, bench: WorkbenchScreen, other_than: str) -> None:
    """Wait until another run is shown; let time pass, in which recordings stream, until it is over."""
    await until(pilot, lambda: bench.desk.run_id != other_than)
    for _ in range(20):
        await desk.clock.advance(1)
        await settle(pilot)
    await until(pilot, lambda: bench.bridge.view.newest.is_over)


def seq_after(bench: WorkbenchScreen, kind: str) -> int:
    return next(event.seq for event in bench.bridge.view.history if event.kind == kind)


async def go(pilot: Pilot[Any], bench: WorkbenchScreen, seq: int) -> None:
    bench.bridge.look_at(seq)
    await settle(pilot)


async def edit_dialog(pilot: Pilot[Any]) -> EditDialog:
    await pilot.press("x")
    await until(pilot, lambda: isinstance(pilot.app.screen, EditDialog))
    assert isinstance(pilot.app.screen, EditDialog)
    return pilot.app.screen


def is_open(pilot: Pilot[Any], dialog: EditDialog) -> bool:
    return bool(pilot.app.screen is dialog)


@pytest.mark.parametrize("key", ["f", "x", "D", "R"])
async def test_without_a_run_nothing_can_be_changed(desk: Desk, key: str) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        await pilot.press(key)
        await settle(pilot)
        assert is_on_top(pilot)
        assert bench_of(pilot).desk.run_id == ""


async def test_a_fork_goes_on_from_the_cursor_and_leaves_the_run_as_it_is(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = await run(pilot, "space")
        await status(pilot, "completed")
        first, before = bench.desk.run_id, list(bench.bridge.view.history)
        at = seq_after(bench, "agent_completed")
        await go(pilot, bench, at)
        await pilot.press("f")
        await until(pilot, lambda: isinstance(pilot.app.screen, TextDialog))
        await pilot.press(*"other", "enter")
        await ended(pilot, desk, bench, first)
        assert list(bench.bridge.view.history)[1 : at + 1] == before[1 : at + 1]
        assert bench.bridge.view.newest.calls_from_recordings == 2
        assert "2 of 3 from recordings" in str(bench.status.render())
        archive = bench.workbench.archive
        found = await archive.find(bench.desk.run_id)
        assert (found.name, found.parent_run, found.parent_seq) == ("other", first, at)
        assert (await archive.load(first)).history == before


async def test_leaving_the_question_forks_nothing(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = await run(pilot, "space")
        await status(pilot, "completed")
        for key in ("f", "x"):
            await pilot.press(key)
            await until(pilot, lambda: not is_on_top(pilot))
            await pilot.press("escape")
            await settle(pilot)
        assert len(await bench.workbench.archive.runs()) == 1


async def test_an_edited_state_is_what_the_fork_goes_on_with(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = await run(pilot, "space")
        await status(pilot, "completed")
        first = bench.desk.run_id
        await go(pilot, bench, seq_after(bench, "agent_completed"))
        dialog = await edit_dialog(pilot)
        await pilot.press("ctrl+s")
        assert is_open(pilot, dialog)
        keys = dialog.query_one(OptionList)
        keys.highlighted = dialog.names.index("quality")
        await settle(pilot)
        assert dialog.query_one(Checkbox).value
        dialog.query_one("#state-value", TextArea).text = "4,"
        await pilot.press("ctrl+s")
        assert is_open(pilot, dialog)
        dialog.query_one("#state-value", TextArea).text = "5"
        keys.highlighted = dialog.names.index("content")
        await settle(pilot)
        assert dialog.query_one("#state-value", TextArea).text == "cats are very nice"
        dialog.query_one("#state-value", TextArea).text = "dogs\nbark"
        new = dialog.query_one("#new-key", Input)
        new.focus()
        await pilot.press(*"note", "enter")
        await settle(pilot)
        dialog.query_one("#state-value", TextArea).text = "mine"
        await pilot.press("ctrl+s")
        await ended(pilot, desk, bench, first)
        state = next(r for r in bench.bridge.view.newest.agent_runs if r.number == 1).before
        assert state.data["quality"] == 5
        assert state.data["content"] == "dogs\nbark"
        assert state.data["note"] == "mine"
        original = (await bench.workbench.archive.load(first)).history
        assert "dogs" not in repr(original)


async def test_a_key_can_be_taken_away(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = await run(pilot, "space")
        await status(pilot, "completed")
        first = bench.desk.run_id
        await go(pilot, bench, seq_after(bench, "agent_completed"))
        dialog = await edit_dialog(pilot)
        dialog.query_one(OptionList).highlighted = dialog.names.index("quality")
        await settle(pilot)
        dialog.query_one("#is-removed", Checkbox).value = True
        await pilot.press("ctrl+s")
        await ended(pilot, desk, bench, first)
        assert "quality" not in bench.bridge.view.newest.agent_runs[1].before.data


async def test_running_again_uses_the_text_in_the_editor(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = await run(pilot, "space")
        await status(pilot, "completed")
        first = bench.desk.run_id
        await pilot.press("R")
        await ended(pilot, desk, bench, first)
        assert bench.bridge.view.newest.calls_from_recordings == 3
        second = bench.desk.run_id
        bench.editor.replace_text(LOOP.replace("Improve:", "Better:"))
        await settle(pilot)
        await go(pilot, bench, seq_after(bench, "iteration_ended"))
        await pilot.press("R")
        await ended(pilot, desk, bench, second)
        newest = bench.bridge.view.newest
        assert newest.calls_from_recordings == 1
        assert "Better:" in repr(newest.agent_runs) or "Better:" in repr(list(newest.calls.values())[-1])


async def test_a_flow_that_goes_another_way_is_explained_and_nothing_is_kept(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = await run(pilot, "space")
        await status(pilot, "completed")
        first = bench.desk.run_id
        await go(pilot, bench, bench.bridge.view.length - 3)
        bench.editor.replace_text(LOOP.replace("improver", "mender"))
        await settle(pilot)
        await pilot.press("R")
        await until(pilot, lambda: isinstance(pilot.app.screen, NotReadyDialog))
        await pilot.press("escape")
        await settle(pilot)
        assert bench.desk.run_id == first
        assert not bench.desk.is_starting
        assert len(await bench.workbench.archive.runs()) == 1


async def test_going_on_without_the_secrets_of_then_is_asked_first(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP.replace("cats are nice", f"cats have {MASK}"))) as pilot:
        bench = await run(pilot, "space")
        await status(pilot, "completed")
        first = bench.desk.run_id
        await go(pilot, bench, seq_after(bench, "agent_started"))
        for answer in ("n", "escape", "g"):
            await pilot.press("R")
            await until(pilot, lambda: isinstance(pilot.app.screen, ChoiceDialog))
            assert "content" in str(pilot.app.screen.query_one(".dialog-body Static", Static).render())
            assert bench.desk.run_id == first
            await pilot.press(answer)
            await until(pilot, lambda: is_on_top(pilot))
        await ended(pilot, desk, bench, first)
        second = bench.desk.run_id
        await go(pilot, bench, seq_after(bench, "agent_completed") + 1)
        await pilot.press("R")
        await ended(pilot, desk, bench, second)
        assert len(await bench.workbench.archive.runs()) == 3


async def test_secrets_that_are_set_anew_are_not_asked_for(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP.replace("cats are nice", MASK))) as pilot:
        bench = await run(pilot, "space")
        await status(pilot, "completed")
        first = bench.desk.run_id
        await go(pilot, bench, seq_after(bench, "agent_started"))
        dialog = await edit_dialog(pilot)
        dialog.query_one(OptionList).highlighted = dialog.names.index("content")
        await settle(pilot)
        dialog.query_one("#state-value", TextArea).text = "cats have keys"
        await pilot.press("ctrl+s")
        await ended(pilot, desk, bench, first)
        assert "cats have keys" in repr(bench.bridge.view.newest.agent_runs[1].before)


async def test_forking_a_paused_run_ends_that_one(desk: Desk) -> None:
    async with desk.open(desk.write(SLOW_LOOP)) as pilot:
        bench = await run(pilot, "s")
        await desk.clock.advance(20)
        await status(pilot, "paused")
        original = bench.desk.run
        assert original is not None
        await pilot.press("f")
        await until(pilot, lambda: isinstance(pilot.app.screen, TextDialog))
        await pilot.press("enter")
        await until(pilot, lambda: bench.desk.run is not original and original.is_over)
        assert bench.desk.is_live
        assert (await original.wait()).status == "cancelled"
