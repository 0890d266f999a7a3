from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from agentflow_tui.tui.dialogs.swap_dialog import SwapDialog
from tests.pictures.screenshot import Screenshot
from tests.pictures.test_pictures import SIZES
from tests.screen.desk import LOOP, Desk, bench_of, is_on_top, run, settle, status, until

NO_END = LOOP.replace("quality >= 9", "quality >= 99")
EDITED = (
    NO_END.replace('"Improve: {content}"', '"Polish with care: {content}"')
    .replace("max_iterations = 3", "max_iterations = 4")
    .replace("[llm]", '[agent_flow]\nname = "polish"\n\n[llm]\ntemperature = 0.7')
)
by_size = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")


async def asked(pilot: Pilot[Any], text: str) -> None:
    """Stand in the second iteration of a loop, edit the text and ask to apply it."""
    bench = bench_of(pilot)
    await run(pilot, "S")
    await status(pilot, "paused")
    bench.editor.replace_text(text)
    await until(pilot, lambda: bench.workbench.text == text)
    await pilot.press("c")
    await until(pilot, lambda: isinstance(pilot.app.screen, SwapDialog))
    await settle(pilot)


@by_size
async def test_an_edited_config_for_the_live_run(
    desk: Desk, screenshot: Screenshot, size: tuple[int, int]
) -> None:
    async with desk.open(desk.write(NO_END, "quality_loop.toml"), size) as pilot:
        await asked(pilot, EDITED)
        await screenshot(pilot, f"live_edit_{size[0]}x{size[1]}")


@by_size
async def test_a_config_that_waits(desk: Desk, screenshot: Screenshot, size: tuple[int, int]) -> None:
    async with desk.open(desk.write(NO_END, "quality_loop.toml"), size) as pilot:
        await asked(pilot, EDITED)
        await pilot.press("enter")
        await until(pilot, lambda: is_on_top(pilot))
        await screenshot(pilot, f"live_edit_waits_{size[0]}x{size[1]}")


async def test_an_edited_config_that_the_run_cannot_take_over(desk: Desk, screenshot: Screenshot) -> None:
    async with desk.open(desk.write(NO_END, "quality_loop.toml")) as pilot:
        await asked(pilot, NO_END.replace('mode = "loop"', 'mode = "collaborative"'))
        await screenshot(pilot, "live_edit_refused_120x40")
