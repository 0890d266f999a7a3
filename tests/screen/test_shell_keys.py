from __future__ import annotations

import tomllib
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Label, Select, Static
from textual.widgets._footer import FooterKey

from agentflow_tui.tui.app import AgentflowApp
from agentflow_tui.tui.dialogs.input_dialog import InputDialog
from agentflow_tui.tui.dialogs.pager_dialog import PagerDialog
from agentflow_tui.tui.dialogs.settings_dialog import SettingsDialog
from agentflow_tui.tui.pane_text import pane_text
from agentflow_tui.tui.screens.jump_screen import JumpLabel, JumpScreen
from tests.screen.desk import LOOP, Desk, bench_of, is_on_top, run, settle, status, until


def _app(pilot: Pilot[Any]) -> AgentflowApp:
    assert isinstance(pilot.app, AgentflowApp)
    return pilot.app


@pytest.mark.parametrize("key", ["semicolon", "ctrl+o"])
async def test_jump_goes_to_what_a_letter_names(desk: Desk, key: str) -> None:
    async with desk.open(desk.write(LOOP), (140, 42)) as pilot:
        await pilot.press(key)
        await settle(pilot)
        assert isinstance(pilot.app.screen, JumpScreen)
        await pilot.press("d")
        await settle(pilot)
        assert is_on_top(pilot)
        assert bench_of(pilot).layout_of_panes.current == "inspector"
        await pilot.press(key, "escape")
        await settle(pilot)
        assert is_on_top(pilot)


async def test_a_click_on_a_letter_jumps(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP), (140, 42)) as pilot:
        assert bench_of(pilot).layout_of_panes.current != "editor"
        await pilot.press("semicolon")
        await settle(pilot)
        await pilot.click(next(label for label in pilot.app.screen.query(JumpLabel) if label.letters == "a"))
        await settle(pilot)
        assert is_on_top(pilot)
        assert bench_of(pilot).layout_of_panes.current == "editor"


@pytest.mark.parametrize(
    ("size", "at", "pane"),
    [
        ((140, 42), (60, 34), "timeline"),
        ((140, 42), (10, 20), "editor"),
        ((140, 42), (130, 20), "inspector"),
        ((80, 24), (10, 15), "editor"),
        ((80, 24), (60, 15), "graph"),
        ((80, 24), (45, 1), "timeline"),
    ],
)
async def test_a_click_beside_the_letters_goes_to_the_pane_below(
    desk: Desk, size: tuple[int, int], at: tuple[int, int], pane: str
) -> None:
    async with desk.open(desk.write(LOOP), size) as pilot:
        bench = bench_of(pilot)
        bench.layout_of_panes.show("graph" if pane != "graph" else "editor")
        for _ in range(2):
            await pilot.press("ctrl+o")
            await settle(pilot)
            assert isinstance(pilot.app.screen, JumpScreen)
            assert not any(label.region.contains(*at) for label in pilot.app.screen.query(JumpLabel))
            await pilot.click(offset=at)
            await settle(pilot)
            assert is_on_top(pilot)
            assert bench.layout_of_panes.current == pane
            assert pane in {node.id for node in (pilot.app.focused or bench).ancestors_with_self}


async def test_a_click_on_a_title_goes_there(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP), (140, 42)) as pilot:
        await pilot.click("#editor", offset=(5, 0))
        await settle(pilot)
        assert bench_of(pilot).layout_of_panes.current == "editor"


async def test_the_settings_are_changed_kept_and_used(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP), (140, 60)) as pilot:
        await pilot.press("f12")
        await settle(pilot)
        dialog = pilot.app.screen
        assert isinstance(dialog, SettingsDialog)
        dialog.query_one("#set-keys", Select).value = "vim"
        dialog.query_one("#set-editor-indent", Input).value = "2"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: is_on_top(pilot))
        assert bench_of(pilot).editor.code.indent_width == 2
        await pilot.press("i")
        await settle(pilot)
        assert bench_of(pilot).layout_of_panes.current == "editor"
    kept = tomllib.loads(desk.settings.file.read_text(encoding="utf-8"))
    assert kept == {"keys": "vim", "editor": {"indent": 2}}


async def test_what_a_setting_is_for_stays_in_sight_and_a_wrong_one_is_told(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP), (80, 24)) as pilot:
        await pilot.press("f12")
        await settle(pilot)
        body = pilot.app.screen.query_one(".settings-body")
        for _ in range(16):
            field = pilot.app.screen.focused
            assert field is not None and field.parent is not None
            label = field.parent.query_one(Label)
            assert body.region.contains_region(label.region), label.render()
            await pilot.press("tab")
            await settle(pilot)
        field = pilot.app.screen.query_one("#set-panes-editor", Input).focus()
        await pilot.press("9", "9", "ctrl+s")
        await settle(pilot)
        assert str(pilot.app.screen.query_one("#note", Static).render()) == (
            "✗ [panes] editor is 99; it must be at most 80"
        )
        assert field.has_focus and body.region.contains_region(field.region)
        await pilot.press("backspace", "backspace", "8", "0", "ctrl+s")
        await until(pilot, lambda: is_on_top(pilot))
    kept = tomllib.loads(desk.settings.file.read_text(encoding="utf-8"))
    assert kept == {"panes": {"editor": 80}}


async def test_settings_that_cannot_be_written_hold_until_the_end(desk: Desk) -> None:
    desk.settings.config_folder.write_text("no folder", encoding="utf-8")
    async with desk.open(desk.write(LOOP), (140, 60)) as pilot:
        await pilot.press("f12")
        await settle(pilot)
        pilot.app.screen.query_one("#set-theme", Select).value = "okabe-ito-light"
        pilot.app.screen.query_one("#set-editor-indent", Input).value = "2"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: is_on_top(pilot))
        assert pilot.app.theme == "okabe-ito-light"
        assert bench_of(pilot).editor.code.indent_width == 2
        assert "Kept only until the program ends" in [note.title for note in pilot.app._notifications]


async def test_faults_in_the_files_are_told_in_short_and_listed_with_the_errors(desk: Desk) -> None:
    desk.settings.config_folder.mkdir()
    wrong = "".join(f'"no.{number}" = "f6"\n' for number in range(9))
    desk.settings.keys_file.write_text(wrong, encoding="utf-8")
    async with desk.open(desk.write(LOOP), (140, 42)) as pilot:
        (note,) = pilot.app._notifications
        assert note.message.splitlines()[0] == "• keys.toml: 'no.0' is no action"
        assert note.message.splitlines()[4:] == ["… and 5 more: alt+e lists all"]
        await pilot.press("alt+e")
        await settle(pilot)
        dialog = pilot.app.screen
        assert isinstance(dialog, PagerDialog)
        assert all(f"keys.toml: 'no.{number}' is no action" in dialog.text for number in range(9))


async def test_in_the_editor_a_function_key_of_ones_own_works_and_letters_are_not_shown(desk: Desk) -> None:
    desk.settings.config_folder.mkdir()
    desk.settings.file.write_text('keys = "vim"\n', encoding="utf-8")
    desk.settings.keys_file.write_text('run.input = ["I", "f6"]\n', encoding="utf-8")
    async with desk.open(desk.write(LOOP), (140, 42)) as pilot:
        await pilot.press("i")
        await settle(pilot)
        assert bench_of(pilot).editor.code.has_focus
        shown = {key.action: key.key for key in bench_of(pilot).query(FooterKey)}
        assert shown["app.help"] == "f1" and not [key for key in shown.values() if len(key) == 1]
        await pilot.press("I", "s", "backspace", "backspace")
        assert bench_of(pilot).editor.text == LOOP
        await pilot.press("f6")
        await until(pilot, lambda: isinstance(pilot.app.screen, InputDialog))


async def test_a_key_of_ones_own_works_and_the_old_one_does_not(desk: Desk) -> None:
    desk.settings.config_folder.mkdir()
    desk.settings.keys_file.write_text('pane.zoom = "f6"\n', encoding="utf-8")
    async with desk.open(desk.write(LOOP), (140, 42)) as pilot:
        await pilot.press("z")
        assert not bench_of(pilot).layout_of_panes.is_zoomed
        await pilot.press("f6")
        assert bench_of(pilot).layout_of_panes.is_zoomed


async def test_the_input_comes_back_and_what_is_missing_is_said(desk: Desk) -> None:
    path = desk.write(LOOP)
    async with desk.open(path) as pilot:
        await run(pilot, "space")
        await status(pilot, "completed")
    async with desk.open(path) as pilot:
        await pilot.press("i")
        await settle(pilot)
        dialog = pilot.app.screen
        assert isinstance(dialog, InputDialog)
        field = dialog.query_one("#field-0", Input)
        field.value = ""
        await pilot.press("enter")
        await settle(pilot)
        assert "the flow needs content" in str(dialog.query_one("#note").render())
        field.value = "dogs"
        await pilot.press("f6")
        await settle(pilot)
        assert dialog.fields.is_json
        assert dialog.fields.read().data == {"content": "dogs"}
        await pilot.press("escape")


async def test_the_pane_is_written_to_a_file_and_printing_says_when_it_cannot(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP), (140, 42)) as pilot:
        await pilot.press("V")
        await settle(pilot)
        await pilot.press("W")
        await settle(pilot)
        target = desk.folder / "graph.txt"
        pilot.app.screen.query_one("#answer", Input).value = str(target)
        await pilot.press("enter")
        await until(pilot, target.exists)
        assert "○ improver" in target.read_text(encoding="utf-8")


async def test_the_graph_is_written_as_it_stands(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP), (40, 12)) as pilot:
        await run(pilot, "space")
        await status(pilot, "completed")
        await pilot.press("2")
        await settle(pilot)
        lines = pane_text(bench_of(pilot).query_one("#graph")).splitlines()
        # All of it, though the pane is small, and with where the run stands.
        assert any("in" in line for line in lines) and any("out" in line for line in lines)
        assert any("● improver" in line and "3×" in line for line in lines)
        assert any("● " in line and "iteration 3/3" in line for line in lines)


async def test_an_error_while_drawing_leaves_a_blank_line_and_is_told_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk.open(desk.write(LOOP), (140, 42)) as pilot:
        graph = bench_of(pilot).graph

        def broken(*_: object) -> None:
            raise ValueError("no row")

        monkeypatch.setattr(type(graph), "viewport", property(broken))
        graph.refresh()
        await settle(pilot)
        problems = _app(pilot).problems
        assert problems == ["drawing the graph: ValueError: no row"]
        monkeypatch.undo()
        await pilot.press("alt+e")
        await settle(pilot)
        assert isinstance(pilot.app.screen, PagerDialog)
        problems.clear()
