"""A text goes to the editor of the user's own and comes back; and what is said where that cannot be."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from textual.widgets import Input

from agentflow_tui.tui.dialogs.input_dialog import InputDialog
from agentflow_tui.tui.outside_editor import OutsideEditor
from tests.screen.desk import LOOP, Desk, bench_of, settle, until
from tests.screen.edit_form import choose, ran, shown, value
from tests.screen.test_time_travel_keys import edit_dialog, go, seq_after


@contextmanager
def editing(monkeypatch: pytest.MonkeyPatch, folder: Path, program: str) -> Iterator[None]:
    """Let $VISUAL be a Python program that has the file as `file`; the app need not be left for it."""
    script = folder / "editor.py"
    script.write_text("import sys\nfrom pathlib import Path\nfile = Path(sys.argv[1])\n" + program)
    monkeypatch.setenv("VISUAL", f"{sys.executable} {script}")
    monkeypatch.setattr("textual.app.App.suspend", lambda self: _nothing())
    yield


@contextmanager
def _nothing() -> Iterator[None]:
    yield


async def test_a_long_text_is_edited_in_the_users_own_editor(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = (
        "assert oct(file.stat().st_mode)[-3:] == '600'\nfile.write_text(file.read_text().upper() + '\\n')"
    )
    with editing(monkeypatch, tmp_path, program):
        async with desk.open(desk.write(LOOP)) as pilot:
            bench = await ran(pilot)
            await go(pilot, bench, seq_after(bench, "agent_completed"))
            dialog = await edit_dialog(pilot)
            await choose(pilot, dialog, "content")
            await pilot.press("f8")
            await settle(pilot)
            assert value(dialog).text == "CATS ARE VERY NICE"
            assert "~ content" in shown(dialog, "#pending")


@pytest.mark.parametrize(
    ("visual", "said"),
    [("no-such-editor-anywhere", "no-such-editor-anywhere"), ('"open', "$VISUAL"), ("false", "ended with 1")],
)
async def test_an_editor_that_does_not_work_changes_nothing_and_says_so(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, visual: str, said: str
) -> None:
    monkeypatch.setenv("VISUAL", visual)
    monkeypatch.setattr("textual.app.App.suspend", lambda self: _nothing())
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = await ran(pilot)
        await go(pilot, bench, seq_after(bench, "agent_completed"))
        dialog = await edit_dialog(pilot)
        before = value(dialog).text
        await pilot.press("f8")
        await settle(pilot)
        assert said in shown(dialog, "#note")
        assert value(dialog).text == before


async def test_a_terminal_that_cannot_be_left_is_told_of(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", "true")
    async with desk.open(desk.write(LOOP)) as pilot:
        await ran(pilot)
        dialog = await edit_dialog(pilot)
        await pilot.press("f8")
        await settle(pilot)
        assert "cannot be left" in shown(dialog, "#note")


def test_without_any_editor_the_way_out_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from textual.app import App

    from agentflow_tui.tui.outside_editor import OutsideEditorError

    monkeypatch.setattr(App, "suspend", lambda self: _nothing())
    with pytest.raises(OutsideEditorError, match=r"set \$EDITOR"):
        OutsideEditor(App(), {"PATH": os.devnull}).edit("x")


def test_line_ends_come_back_from_the_editor_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    from textual.app import App

    monkeypatch.setattr(App, "suspend", lambda self: _nothing())
    assert OutsideEditor(App(), {"EDITOR": "true"}).edit("one\r\ntwo\n") == "one\r\ntwo\n"


def test_without_room_for_the_text_the_editor_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    import tempfile

    from textual.app import App

    from agentflow_tui.tui.outside_editor import OutsideEditorError

    monkeypatch.setattr(App, "suspend", lambda self: _nothing())
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere/at/all")
    with pytest.raises(OutsideEditorError, match="true: "):
        OutsideEditor(App(), {"EDITOR": "true"}).edit("x")


async def test_the_form_of_the_input_gives_a_field_to_the_editor_too(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with editing(monkeypatch, tmp_path, "file.write_text(file.read_text() + '\\nand dogs\\n')"):
        async with desk.open(desk.write(LOOP)) as pilot:
            await pilot.press("i")
            await until(pilot, lambda: isinstance(pilot.app.screen, InputDialog))
            pilot.app.screen.query_one("#field-0").focus()
            await pilot.press("f8")
            await settle(pilot)
            assert pilot.app.screen.query_one("#field-0", Input).value == '"cats are nice\\nand dogs"'
            await pilot.press("f5")
            await settle(pilot)
            given = bench_of(pilot).desk.given
            assert given is not None
            assert given.data["content"] == "cats are nice\nand dogs"
