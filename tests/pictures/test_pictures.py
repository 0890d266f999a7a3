from __future__ import annotations

import pytest

from tests.pictures.screenshot import Screenshot
from tests.screen.desk import CHAIN, LOOP, SLOW_LOOP, Desk, run, status

SIZES = [(80, 24), (120, 40), (200, 60)]
by_size = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")


def _name(what: str, size: tuple[int, int]) -> str:
    return f"{what}_{size[0]}x{size[1]}"


@by_size
async def test_gallery(
    desk: Desk, screenshot: Screenshot, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.write(LOOP, "loop_quality.toml")
    folder = desk.write(CHAIN, "sequential_pipeline.toml").parent.rename(desk.folder / "samples")
    monkeypatch.setattr("agentflow_tui.tui.screens.flow_entry.resource_folder", lambda _: folder)
    desk.write(CHAIN, "agentflow.toml")
    async with desk.open(None, size) as pilot:
        await pilot.press("down")
        await screenshot(pilot, _name("gallery", size))


@by_size
async def test_idle(desk: Desk, screenshot: Screenshot, size: tuple[int, int]) -> None:
    async with desk.open(desk.write(LOOP, "quality_loop.toml"), size) as pilot:
        await screenshot(pilot, _name("idle", size))


@by_size
async def test_running(desk: Desk, screenshot: Screenshot, size: tuple[int, int]) -> None:
    async with desk.open(desk.write(SLOW_LOOP, "quality_loop.toml"), size) as pilot:
        await run(pilot, "space")
        await desk.clock.advance(10)
        await status(pilot, "running")
        await screenshot(pilot, _name("running", size))


@by_size
async def test_paused_in_a_loop(desk: Desk, screenshot: Screenshot, size: tuple[int, int]) -> None:
    async with desk.open(desk.write(LOOP, "quality_loop.toml"), size) as pilot:
        await run(pilot, "S")
        await status(pilot, "paused")
        await screenshot(pilot, _name("paused", size))


@by_size
async def test_problems(desk: Desk, screenshot: Screenshot, size: tuple[int, int]) -> None:
    text = LOOP.replace('"improver"', '"improve"').replace("iterations = 3", 'iterations = "three"')
    async with desk.open(desk.write(text, "quality_loop.toml"), size) as pilot:
        await pilot.press("1", "alt+n")
        await screenshot(pilot, _name("problems", size))


async def test_a_failed_run(desk: Desk, screenshot: Screenshot) -> None:
    text = LOOP.replace('"quality": 4', '"quality": "bad"')
    async with desk.open(desk.write(text, "quality_loop.toml")) as pilot:
        await run(pilot, "space")
        await status(pilot, "failed")
        await screenshot(pilot, "failed_120x40")
