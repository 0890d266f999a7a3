"""Themes of the user's own, while the program runs and they are changed in another editor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from agentflow_tui.resources import resource_folder
from tests.screen.desk import LOOP, Desk, until

RED, GREEN, BLUE = "#FE0102", "#03FE04", "#0506FE"
OURS = (resource_folder("themes") / "agentflow-dark.toml").read_text(encoding="utf-8")


def _theme(color: str) -> str:
    return OURS.replace('name = "agentflow-dark"', 'name = "mine"').replace(
        'status-waiting = "#8A94A3"', f'status-waiting = "{color}"'
    )


def _install(desk: Desk, text: str) -> Path:
    desk.settings.themes_folder.mkdir(parents=True)
    desk.settings.file.write_text('theme = "mine"\n', encoding="utf-8")
    path = desk.settings.themes_folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def _shows(pilot: Pilot[Any], color: str) -> bool:
    return color.lower() in pilot.app.export_screenshot().lower()


def _told(pilot: Pilot[Any]) -> str:
    return " ".join(note.message for note in pilot.app._notifications)


async def test_a_theme_that_is_changed_on_disk_is_seen_at_once(desk: Desk) -> None:
    path = _install(desk, _theme(RED))
    async with desk.open(desk.write(LOOP)) as pilot:
        assert _shows(pilot, RED)
        path.write_text(_theme(GREEN), encoding="utf-8")
        await until(pilot, lambda: _shows(pilot, GREEN) and not _shows(pilot, RED))
        assert not _told(pilot)


async def test_a_theme_that_breaks_is_told_and_stays_as_it_was_until_it_is_mended(desk: Desk) -> None:
    path = _install(desk, _theme(RED))
    async with desk.open(desk.write(LOOP)) as pilot:
        path.write_text(_theme("[red]\\u001b]0;owned\\u0007 no"), encoding="utf-8")
        await until(pilot, lambda: "mine.toml" in _told(pilot))
        assert "is not a colour" in _told(pilot) and "\x1b" not in _told(pilot)
        assert pilot.app.theme == "mine" and _shows(pilot, RED)
        path.write_text(_theme(BLUE), encoding="utf-8")
        await until(pilot, lambda: _shows(pilot, BLUE) and not _shows(pilot, RED))


async def test_a_theme_that_is_deleted_stays_until_the_program_ends(desk: Desk) -> None:
    path = _install(desk, _theme(RED))
    async with desk.open(desk.write(LOOP)) as pilot:
        settings = desk.settings.file
        path.unlink()
        settings.write_text(f'{settings.read_text(encoding="utf-8")}animation = "basic"\n', encoding="utf-8")
        await until(pilot, lambda: pilot.app.animation_level == "basic")
        assert pilot.app.theme == "mine" and _shows(pilot, RED)
