"""Themes, keys and settings of the user's own, changed in another editor while the program runs."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from agentflow_tui.resources import resource_folder
from agentflow_tui.tui.app import AgentflowApp
from tests.screen.desk import LOOP, Desk, bench_of, until

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


def _app(pilot: Pilot[Any]) -> AgentflowApp:
    assert isinstance(pilot.app, AgentflowApp)
    return pilot.app


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


async def test_what_a_link_leads_to_is_seen_when_it_changes(desk: Desk) -> None:
    dotfiles = desk.folder / "dotfiles"
    dotfiles.mkdir()
    (dotfiles / "theme").write_text(_theme(RED), encoding="utf-8")
    (dotfiles / "settings").write_text('theme = "mine"\n', encoding="utf-8")
    desk.settings.themes_folder.mkdir(parents=True)
    (desk.settings.themes_folder / "mine.toml").symlink_to(dotfiles / "theme")
    desk.settings.file.symlink_to(dotfiles / "settings")
    async with desk.open(desk.write(LOOP), (140, 42)) as pilot:
        assert _shows(pilot, RED)
        (dotfiles / "theme").write_text(_theme(GREEN), encoding="utf-8")
        await until(pilot, lambda: _shows(pilot, GREEN))
        (dotfiles / "settings").write_text('theme = "mine"\neditor.wrap = true\n', encoding="utf-8")
        await until(pilot, lambda: bench_of(pilot).editor.code.soft_wrap)


async def test_a_folder_that_comes_later_and_goes_and_comes_again_is_seen(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP), (140, 42)) as pilot:
        _install(desk, _theme(RED))
        await until(pilot, lambda: _shows(pilot, RED))
        shutil.rmtree(desk.settings.config_folder)
        await until(pilot, lambda: pilot.app.theme == "agentflow-dark")
        _install(desk, _theme(BLUE))
        await until(pilot, lambda: _shows(pilot, BLUE))
        desk.settings.keys_file.write_text('pane.zoom = "f6"\n', encoding="utf-8")
        await until(pilot, lambda: _app(pilot).keymap.keys["pane.zoom"] == ("f6",))


async def test_what_one_chose_for_the_moment_stays_when_a_theme_changes(desk: Desk) -> None:
    path = _install(desk, _theme(RED))
    async with desk.open(desk.write(LOOP), (140, 42)) as pilot:
        await pilot.press("2", "F")
        assert not bench_of(pilot).graph.is_following
        path.write_text(_theme(GREEN), encoding="utf-8")
        await until(pilot, lambda: _shows(pilot, GREEN))
        assert not bench_of(pilot).graph.is_following
