from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from textual.pilot import Pilot

from agentflow_tui.tui.dialogs.not_ready_dialog import NotReadyDialog
from agentflow_tui.tui.dialogs.replay_dialog import ReplayDialog
from agentflow_tui.tui.panes.line_view import LineView
from agentflow_tui.tui.screens.workbench_screen import WorkbenchScreen
from tests.screen.desk import LOOP, Desk, bench_of, is_on_top, run, settle, status, until


async def report(pilot: Pilot[Any], key: str = "P") -> ReplayDialog:
    before = pilot.app.screen
    await pilot.press(key)
    await until(pilot, lambda: isinstance(pilot.app.screen, ReplayDialog) and pilot.app.screen is not before)
    assert isinstance(pilot.app.screen, ReplayDialog)
    return pilot.app.screen


def told(dialog: ReplayDialog) -> str:
    return "\n".join(row.content.plain for row in dialog.query_one(LineView).rows)


async def ended(pilot: Pilot[Any]) -> WorkbenchScreen:
    bench = await run(pilot, "space")
    await status(pilot, "completed")
    return bench


async def test_a_run_that_just_ended_is_replayed_exactly(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = await ended(pilot)
        dialog = await report(pilot)
        assert f"same history, {bench.bridge.view.length} events" in told(dialog)
        await pilot.press("enter")
        assert pilot.app.screen is dialog
        await pilot.press("y")
        await settle(pilot)
        assert "same history" in pilot.app.clipboard
        for key in ("escape", "q"):
            await pilot.press(key)
            await settle(pilot)
            assert is_on_top(pilot)
            await report(pilot)
        await pilot.press("escape")
        await settle(pilot)
        assert len(await bench.workbench.archive.runs()) == 1


async def test_a_changed_prompt_is_shown_and_enter_goes_there(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = await ended(pilot)
        bench.editor.replace_text(LOOP.replace("Improve: {content}", "Better: {content}"))
        await settle(pilot)
        assert "same history" in told(await report(pilot))
        dialog = await report(pilot, "e")
        call = next(event for event in bench.bridge.view.history if event.kind == "model_call_started")
        assert f"event {call.seq}" in told(dialog)
        assert "messages[1].content" in told(dialog)
        assert "Improve" in told(dialog)
        assert "Better" in told(dialog)
        assert "same history" in told(await report(pilot, "e"))
        await report(pilot, "e")
        await pilot.press("enter")
        await settle(pilot)
        assert is_on_top(pilot)
        assert bench.bridge.view.cursor == call.seq


async def test_another_way_names_both_events(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = await ended(pilot)
        bench.editor.replace_text(LOOP.replace("max_iterations = 3", "max_iterations = 2"))
        await settle(pilot)
        await report(pilot)
        dialog = await report(pilot, "e")
        assert "then" in told(dialog)
        assert "now" in told(dialog)
        assert "iteration_started" in told(dialog)


async def test_a_stored_run_is_replayed_and_a_broken_text_is_explained(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = await ended(pilot)
        await bench.times.open(bench.desk.run_id)
        await settle(pilot)
        assert bench.desk.past is not None
        bench.editor.replace_text(LOOP.replace('"improver"', '"nobody"'))
        await settle(pilot)
        assert "same history" in told(await report(pilot))
        await pilot.press("e")
        await until(pilot, lambda: isinstance(pilot.app.screen, NotReadyDialog))
        await pilot.press("escape")
        await settle(pilot)
        assert is_on_top(pilot)


async def test_without_a_run_there_is_nothing_to_replay(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        await pilot.press("P")
        await settle(pilot)
        assert is_on_top(pilot)
        assert bench_of(pilot).desk.run_id == ""


async def test_a_small_terminal_shows_the_report_too(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP), size=(80, 24)) as pilot:
        bench = await ended(pilot)
        bench.editor.replace_text(LOOP.replace("Improve: {content}", "Better: {content}"))
        await settle(pilot)
        await report(pilot)
        dialog = await report(pilot, "e")
        rows = dialog.query_one(LineView)
        assert rows.size.height >= 3
        assert "Better" in told(dialog)


async def test_the_screen_answers_while_a_replay_goes_on_and_escape_gives_it_up(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = await ended(pilot)
        begun, may_end, stopped = threading.Event(), threading.Event(), threading.Event()
        replay = bench.workbench.replay

        async def slow(*given: Any, **settings: Any) -> Any:
            begun.set()
            may_end.wait(10)
            try:
                return await replay(*given, **settings)
            except asyncio.CancelledError:
                stopped.set()
                raise

        monkeypatch.setattr(bench.workbench, "replay", slow)
        await pilot.press("P")
        await until(pilot, begun.is_set)
        assert "STARTING" in str(bench.status.render())
        await pilot.press("comma")
        await settle(pilot)
        assert not bench.bridge.view.is_following
        await pilot.press("escape")
        await settle(pilot)
        may_end.set()
        await until(pilot, lambda: not bench.desk.is_starting)
        assert await asyncio.to_thread(stopped.wait, 10)
        assert is_on_top(pilot)
        assert "same history" in told(await report(pilot))
