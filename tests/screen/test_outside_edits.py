"""What another program does to the open flow's file."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from agentflow_tui.tui.dialogs.choice_dialog import ChoiceDialog
from agentflow_tui.tui.dialogs.help_dialog import HelpDialog
from tests.screen.desk import LOOP, Desk, bench_of, is_on_top, run, settle, status, until

OTHER = LOOP.replace("max_iterations = 3", "max_iterations = 9")


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _replace(path: Path, text: str) -> None:
    part = path.with_name("part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def _write_unnoticed(path: Path, text: str) -> None:
    before = path.stat()
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def _remove_and_write(path: Path, text: str) -> None:
    path.unlink()
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("edit", [_write, _replace, _write_unnoticed, _remove_and_write])
async def test_what_another_program_writes_is_shown(desk: Desk, edit: Callable[[Path, str], None]) -> None:
    path = desk.write(LOOP)
    async with desk.open(path) as pilot:
        bench = bench_of(pilot)
        assert len(OTHER) == len(LOOP)
        edit(path, OTHER)
        await until(pilot, lambda: bench.editor.text == OTHER)
        assert not bench.editor.is_modified
        assert "changed on disk" not in str(bench.status.render())
        await pilot.press("1", "ctrl+z")
        assert bench.editor.text == LOOP
        edit(path, OTHER + "\n")
        await until(pilot, lambda: bench.status.headline.is_outdated)


async def test_what_is_behind_a_link_is_watched_too(desk: Desk) -> None:
    path = desk.write(LOOP)
    elsewhere = desk.folder / "elsewhere.toml"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)
    async with desk.open(path) as pilot:
        _replace(elsewhere, OTHER)
        await until(pilot, lambda: bench_of(pilot).editor.text == OTHER)
        assert path.is_symlink()


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_text_that_is_not_saved_stays_and_the_change_is_told(desk: Desk, size: tuple[int, int]) -> None:
    path = desk.write(LOOP)
    async with desk.open(path, size) as pilot:
        bench = bench_of(pilot)
        await pilot.press("1", *"# mine")
        _write(path, OTHER)
        await until(pilot, lambda: bench.status.headline.is_outdated)
        assert "changed on disk" in str(bench.status.render())
        assert bench.editor.text == "# mine" + LOOP
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChoiceDialog))
        await pilot.press("o")
        await until(pilot, lambda: path.read_text(encoding="utf-8") == "# mine" + LOOP)
        await until(pilot, lambda: not bench.status.headline.is_outdated)


async def test_a_file_that_is_put_back_is_changed_no_longer(desk: Desk) -> None:
    path = desk.write(LOOP)
    async with desk.open(path) as pilot:
        bench = bench_of(pilot)
        await pilot.press("1", "#")
        _write(path, OTHER)
        await until(pilot, lambda: bench.status.headline.is_outdated)
        _write(path, LOOP)
        await until(pilot, lambda: not bench.status.headline.is_outdated)
        _write(path, "#" + LOOP)
        await until(pilot, lambda: not bench.editor.is_modified)
        assert not bench.status.headline.is_outdated


async def test_below_a_dialog_the_text_waits_until_the_dialog_is_closed(desk: Desk) -> None:
    path = desk.write(LOOP)
    async with desk.open(path) as pilot:
        bench = await run(pilot, "space")
        await status(pilot, "completed")
        await pilot.press("P")
        await until(pilot, lambda: not is_on_top(pilot))
        _write(path, OTHER)
        await until(pilot, lambda: bench.status.headline.is_outdated)
        assert bench.editor.text == LOOP
        assert any("CHANGED ON DISK" in note.title for note in pilot.app._notifications)
        await pilot.press("escape")
        await until(pilot, lambda: bench.editor.text == OTHER)
        assert not bench.status.headline.is_outdated


async def test_a_file_saved_under_another_name_is_the_one_that_is_watched(desk: Desk) -> None:
    path, other = desk.write(LOOP), desk.folder / "work" / "other.toml"
    async with desk.open(path) as pilot:
        bench = bench_of(pilot)
        await pilot.press("alt+s")
        await until(pilot, lambda: not is_on_top(pilot))
        await pilot.press("home", "ctrl+k", *str(other), "enter")
        await until(pilot, other.exists)
        await until(pilot, lambda: bench.status.headline.title == "other.toml")
        _write(other, OTHER)
        await until(pilot, lambda: bench.editor.text == OTHER)


async def test_a_file_that_becomes_unreadable_leaves_the_text(desk: Desk) -> None:
    path = desk.write(LOOP)
    async with desk.open(path) as pilot:
        bench = bench_of(pilot)
        path.write_bytes(b"\xff\xfe\x00")
        await until(pilot, lambda: bench.status.headline.is_outdated)
        assert bench.editor.text == LOOP
        _write(path, OTHER)
        await until(pilot, lambda: bench.editor.text == OTHER)
        await pilot.press("question_mark")
        await settle(pilot)
        assert isinstance(pilot.app.screen, HelpDialog)
