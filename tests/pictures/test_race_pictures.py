from __future__ import annotations

import pytest

from tests.pictures.screenshot import Screenshot
from tests.pictures.test_pictures import by_size
from tests.screen.desk import Desk
from tests.screen.races import RACE, ask, let_pass, start


@pytest.fixture(autouse=True)
def _known_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agentflow_tui.workbench.race.new_id", lambda: "5e1d7588")


@by_size
async def test_what_is_raced(desk: Desk, screenshot: Screenshot, size: tuple[int, int]) -> None:
    async with desk.open(desk.write(RACE, "quality_loop.toml"), size) as pilot:
        await ask(pilot)
        await screenshot(pilot, f"race_dialog_{size[0]}x{size[1]}")


@by_size
async def test_a_live_race(desk: Desk, screenshot: Screenshot, size: tuple[int, int]) -> None:
    async with desk.open(desk.write(RACE, "quality_loop.toml"), size) as pilot:
        await start(pilot)
        await let_pass(desk, pilot, 9.5)
        await screenshot(pilot, f"race_live_{size[0]}x{size[1]}")


@by_size
async def test_a_race_that_is_over(desk: Desk, screenshot: Screenshot, size: tuple[int, int]) -> None:
    async with desk.open(desk.write(RACE, "quality_loop.toml"), size) as pilot:
        await start(pilot)
        await let_pass(desk, pilot, 100)
        await pilot.press("down", "m", "down", "m", "s", "s", "s")
        await screenshot(pilot, f"race_over_{size[0]}x{size[1]}")
