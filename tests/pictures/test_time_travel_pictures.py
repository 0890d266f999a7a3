from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList, TextArea

from agentflow_tui.tui.dialogs.answers_dialog import AnswersDialog
from agentflow_tui.tui.dialogs.edit_dialog import EditDialog
from agentflow_tui.tui.dialogs.replay_dialog import ReplayDialog
from agentflow_tui.tui.screens.workbench_screen import WorkbenchScreen
from tests.pictures.screenshot import Screenshot
from tests.screen.desk import LOOP, Desk, run, settle, status, until

SIZES = [(80, 24), (120, 40), (200, 60)]
by_size = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")


async def ended(pilot: Pilot[Any]) -> WorkbenchScreen:
    bench = await run(pilot, "space")
    await status(pilot, "completed")
    return bench


@by_size
async def test_a_replay_with_a_changed_prompt(
    desk: Desk, screenshot: Screenshot, size: tuple[int, int]
) -> None:
    async with desk.open(desk.write(LOOP, "quality_loop.toml"), size) as pilot:
        bench = await ended(pilot)
        text = LOOP.replace("Improve: {content}", "Improve in two sentences, and count them: {content}")
        bench.editor.replace_text(text)
        await settle(pilot)
        await pilot.press("P")
        await until(pilot, lambda: isinstance(pilot.app.screen, ReplayDialog))
        own = pilot.app.screen
        await pilot.press("e")
        await until(pilot, lambda: isinstance(pilot.app.screen, ReplayDialog) and pilot.app.screen is not own)
        await screenshot(pilot, f"replay_{size[0]}x{size[1]}")


@by_size
async def test_an_edit(desk: Desk, screenshot: Screenshot, size: tuple[int, int]) -> None:
    async with desk.open(desk.write(LOOP, "quality_loop.toml"), size) as pilot:
        bench = await ended(pilot)
        bench.bridge.look_at(next(e.seq for e in bench.bridge.view.history if e.kind == "agent_completed"))
        await settle(pilot)
        await pilot.press("x")
        await until(pilot, lambda: isinstance(pilot.app.screen, EditDialog))
        dialog = pilot.app.screen
        assert isinstance(dialog, EditDialog)
        dialog.query_one("#state-keys", OptionList).highlighted = dialog.names.index("quality")
        await settle(pilot)
        dialog.query_one("#state-value", TextArea).text = "9"
        await settle(pilot)
        await screenshot(pilot, f"edit_{size[0]}x{size[1]}")


@by_size
async def test_where_answers_come_from(desk: Desk, screenshot: Screenshot, size: tuple[int, int]) -> None:
    async with desk.open(desk.write(LOOP, "quality_loop.toml"), size) as pilot:
        await pilot.press("alt+r")
        await until(pilot, lambda: isinstance(pilot.app.screen, AnswersDialog))
        await pilot.press("down")
        await screenshot(pilot, f"answers_{size[0]}x{size[1]}")
