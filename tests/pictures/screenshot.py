"""Comparing the screen with stored pictures, and telling what differs so that a person can look at it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from agentflow_tui.resources import resource_folder
from tests.pictures.picture import Picture
from tests.pictures.picture_difference import PictureDifference
from tests.screen.desk import settle

THEMES = tuple(sorted(path.stem for path in resource_folder("themes").glob("*.toml")))


class Screenshot:
    """Compares the screen of an app with the pictures stored for a test."""

    def __init__(self, pictures: SnapshotAssertion, folder: Path) -> None:
        """Read stored pictures through `pictures`; what differs is written into `folder`."""
        self._pictures = pictures
        self._folder = folder

    async def __call__(self, pilot: Pilot[Any], name: str) -> None:
        """Compare the screen with the picture of that name."""
        await pilot.wait_for_scheduled_animations()
        await settle(pilot)
        self._fail_of(self._differences(pilot, name))

    async def in_each_theme(self, pilot: Pilot[Any], sizes: Sequence[tuple[int, int]]) -> None:
        """Put on each of our themes, and compare the screen at each size with the picture THEME_SIZE."""
        found: list[PictureDifference] = []
        for theme in THEMES:
            pilot.app.theme = theme
            for width, height in sizes:
                await pilot.resize_terminal(width, height)
                await settle(pilot)
                found += self._differences(pilot, f"{theme}_{width}x{height}")
        self._fail_of(found)

    def _differences(self, pilot: Pilot[Any], name: str) -> list[PictureDifference]:
        now = str(Picture(pilot))
        if self._pictures(name=name) == now:
            return []
        stored = list(self._pictures.executions.values())[-1].recalled_data
        return [PictureDifference(name, "" if stored is None else str(stored), now)]

    def _fail_of(self, differences: list[PictureDifference]) -> None:
        if differences:
            page = PictureDifference.write_page(differences, self._folder)
            told = "\n".join(str(difference) for difference in differences)
            raise AssertionError(f"the screen differs from its pictures; look at {page.as_uri()}\n{told}")
