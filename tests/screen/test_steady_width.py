"""Frames stay straight around what terminals measure each in its own way: joined, coloured, wide signs."""

from __future__ import annotations

import re

import pytest
from rich.cells import get_character_cell_size
from textual.pilot import Pilot

from agentflow_tui.tui.dialogs.choice_dialog import Choice, ChoiceDialog
from agentflow_tui.tui.dialogs.pager_dialog import PagerDialog
from agentflow_tui.tui.dialogs.text_dialog import TextDialog
from agentflow_tui.tui.safe_text import plain
from tests.screen.desk import CHAIN, Desk, run, settle, status

SIGNS = "family 👨‍👩‍👧 warn ⚠️ thumb 👍🏽 heart ❤️ key 1️⃣ han 漢字 end"
FLOW = CHAIN.replace("hello", SIGNS).replace("one two three", SIGNS).replace("Read {", f"Read {SIGNS} {{")
_UNSTEADY = re.compile("[\u200d\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff]")


def assert_straight(pilot: Pilot[None]) -> None:
    """What is painted has in every line as many cells as the screen, counted sign by sign."""
    width = pilot.app.size.width
    for strip in pilot.app.screen._compositor.render_strips():
        assert not _UNSTEADY.search(strip.text)
        assert sum(map(get_character_cell_size, strip.text)) == width, strip.text


@pytest.mark.parametrize("keys", [["i"], ["i", "f6"], ["W"], ["question_mark"], ["f12"], ["B"]])
async def test_dialogs_over_a_flow_with_such_signs(desk: Desk, keys: list[str]) -> None:
    async with desk.open(desk.write(FLOW), (80, 24)) as pilot:
        await pilot.press(*keys)
        await settle(pilot)
        assert len(pilot.app.screen_stack) > 2
        assert_straight(pilot)


@pytest.mark.parametrize("keys", [["x"], ["r"], ["3"], ["3", "right"], ["3", "right", "right"], ["4"], ["1"]])
async def test_views_of_a_run_with_such_signs(desk: Desk, keys: list[str]) -> None:
    async with desk.open(desk.write(FLOW), (80, 24)) as pilot:
        await run(pilot, "f10")
        await status(pilot, "completed")
        await pilot.press(*keys)
        await settle(pilot)
        assert_straight(pilot)


@pytest.mark.parametrize("kind", ["choice", "pager", "text"])
async def test_dialogs_that_show_such_signs(desk: Desk, kind: str) -> None:
    dialogs = {
        "choice": ChoiceDialog(SIGNS, plain(SIGNS), (Choice("c", "cancel", "cancel"),)),
        "pager": PagerDialog(SIGNS, SIGNS),
        "text": TextDialog(SIGNS, value=SIGNS, note=SIGNS),
    }
    async with desk.open(desk.write(CHAIN), (80, 24)) as pilot:
        pilot.app.push_screen(dialogs[kind])
        await settle(pilot)
        assert_straight(pilot)
