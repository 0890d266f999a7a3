"""What the program tells of keys is true for the keys that one has."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Markdown
from textual.widgets.markdown import MarkdownBlock

from agentflow_tui.tui.dialogs.breakpoint_form import BreakpointForm
from agentflow_tui.tui.dialogs.breakpoints_dialog import BreakpointsDialog
from agentflow_tui.tui.dialogs.help_dialog import HelpDialog
from agentflow_tui.tui.dialogs.input_dialog import InputDialog
from agentflow_tui.tui.dialogs.watches_dialog import WatchesDialog
from agentflow_tui.tui.keymap.named_keys import key_in_text, key_of, markdown_with_keys, ways, with_keys
from agentflow_tui.tui.panes.line_view import LineView
from agentflow_tui.tui.screens.gallery_screen import GalleryScreen
from tests.screen.desk import LOOP, Desk, bench_of, is_on_top, settle, status, until

OWN = """\
[run]
toggle = "f6"
input = "alt+i"

[dialog]
leave = "f9"

[breakpoints]
new = "["
edit = "E"
toggle = ""

[break]
toggle = "alt+b"

[gallery]
file = "alt+o"

[history]
diff = "*"
"""


def frame(pilot: Pilot[Any]) -> Widget:
    return pilot.app.screen.query_one(".dialog-frame")


def foot(pilot: Pilot[Any]) -> str:
    line = frame(pilot)._border_subtitle
    assert line is not None
    return line.plain


def keep(desk: Desk, keys: str = OWN, settings: str = "") -> None:
    desk.settings.config_folder.mkdir()
    desk.settings.keys_file.write_text(keys, encoding="utf-8")
    desk.settings.file.write_text(settings, encoding="utf-8")


@pytest.mark.parametrize("size", [(80, 24), (140, 42)])
async def test_a_dialog_tells_the_keys_of_ones_own_and_a_click_on_one_does_the_same(
    desk: Desk, size: tuple[int, int]
) -> None:
    keep(desk)
    async with desk.open(desk.write(LOOP), size) as pilot:
        await pilot.press("B")
        await settle(pilot)
        assert isinstance(pilot.app.screen, BreakpointsDialog)
        assert foot(pilot) == "[ new · E edit · D delete · u undo · F9 close"
        size_of_frame = frame(pilot).outer_size
        place = (size_of_frame.width - 3 - len(foot(pilot)), size_of_frame.height - 1)
        await pilot.click(frame(pilot), offset=place)
        await until(pilot, lambda: isinstance(pilot.app.screen, BreakpointForm))
        await pilot.press("f9")
        await settle(pilot)
        assert isinstance(pilot.app.screen, BreakpointsDialog)
        await pilot.press("escape")
        await settle(pilot)
        assert isinstance(pilot.app.screen, BreakpointsDialog)
        await pilot.press("f9")
        await settle(pilot)
        assert is_on_top(pilot)


async def test_the_hint_of_an_empty_list_is_read_whole_at_80_columns(desk: Desk) -> None:
    keep(desk)
    async with desk.open(desk.write(LOOP), (80, 24)) as pilot:
        await pilot.press("B")
        await settle(pilot)
        view = pilot.app.screen.query_one(LineView)
        shown = " ".join(view.render_line(y).text.strip() for y in range(view.size.height)).strip()
        assert shown == (
            "No breakpoint. [ makes one; alt+b in the workbench sets one before the node that is selected."
        )


async def test_empty_panes_and_toasts_tell_the_keys_of_ones_own(desk: Desk) -> None:
    keep(desk)
    async with desk.open(desk.write(LOOP), (140, 42)) as pilot:
        bench = bench_of(pilot)
        assert (
            "No run yet. F6 runs the flow"
            in bench.inspector.query_one("#state", LineView).rows[0].content.plain
        )
        await pilot.press("f")
        await settle(pilot)
        assert [each.message for each in pilot.app._notifications] == [
            "There is no run yet: F6 runs the flow, r lists the stored runs."
        ]


async def test_the_help_of_a_pane_tells_the_keys_of_ones_own(desk: Desk) -> None:
    keep(desk)
    async with desk.open(desk.write(LOOP), (140, 42)) as pilot:
        await pilot.press("3", "question_mark")
        await settle(pilot)
        assert isinstance(pilot.app.screen, HelpDialog)
        told = " ".join(pilot.app.screen.query_one(Markdown).source.split())
        assert r"**\*** compares with its previous iteration" in told
        assert r"**\[** and **\]** go to the moment" in told
        shown = [str(each.render()) for each in pilot.app.screen.query(MarkdownBlock)]
        assert any("* compares with its previous iteration" in text for text in shown)


async def test_the_keys_of_a_preset_are_told(desk: Desk) -> None:
    keep(desk, "", 'keys = "vim"\n')
    async with desk.open(desk.write(LOOP), (140, 42)) as pilot:
        assert key_of("run.input") == "I"
        await pilot.press("I")
        await settle(pilot)
        assert isinstance(pilot.app.screen, InputDialog)
        assert foot(pilot) == "enter or F5 run · F6 JSON · F7 file · F8 $EDITOR · esc"


async def test_what_has_no_key_is_found_in_the_palette(desk: Desk) -> None:
    keep(desk, '"file.save_as" = ""\n"app.palette" = "f2"\n"pane.graph" = "2"\n')
    async with desk.open(desk.write(LOOP)):
        assert with_keys("{file.save_as} saves it") == "F2 save as saves it"
        assert ways("file.save_as", "file.save") == "^s save"


def test_without_an_app_the_usual_keys_are_told() -> None:
    assert ways("breakpoints.delete", "", "input.run=race", "↑↓ scroll") == "D delete · F5 race · ↑↓ scroll"
    assert key_of("inspector.next") == "→"
    assert key_of("run.swap") == "c" and key_in_text("run.swap") == "alt+c"
    assert key_in_text("file.yank") == "y"
    assert markdown_with_keys("**{graph.search}** {no.such-thing of} {x}") == r"**\/** {no.such-thing of} {x}"
    with pytest.raises(KeyError):
        with_keys("{no.such}")


async def test_the_letter_of_the_gallery_ends_the_program(desk: Desk) -> None:
    app = desk.app(None)
    app.animation_level = "none"
    async with app.run_test() as pilot:
        await settle(pilot)
        assert isinstance(app.screen, GalleryScreen)
        await pilot.press("q")
        await until(pilot, lambda: not app.is_running)
    assert app.return_code == 0 and app.problems == []


async def test_the_letter_of_the_gallery_asks_before_text_is_lost(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        bench_of(pilot).editor.replace_text("changed")
        await pilot.press("o")
        await settle(pilot)
        assert isinstance(pilot.app.screen, GalleryScreen)
        await pilot.press("q")
        await settle(pilot)
        assert pilot.app.screen.query("#answer-leave")
        await pilot.press("c")
        await settle(pilot)
        assert pilot.app.is_running and isinstance(pilot.app.screen, GalleryScreen)


@pytest.mark.parametrize("key", ["D", "delete"])
async def test_both_keys_delete_a_breakpoint_and_a_watch(desk: Desk, key: str) -> None:
    async with desk.open(desk.write(LOOP), (80, 24)) as pilot:
        bench = bench_of(pilot)
        bench.graph.selected = "loop/improver"
        await settle(pilot)
        await pilot.press("b", "B")
        await until(pilot, lambda: isinstance(pilot.app.screen, BreakpointsDialog))
        assert len(bench.workbench.marks.breakpoints) == 1
        await pilot.press(key)
        assert len(bench.workbench.marks.breakpoints) == 0
        await pilot.press("escape", "Q")
        await until(pilot, lambda: isinstance(pilot.app.screen, WatchesDialog))
        await pilot.press("n", *"tokens", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, WatchesDialog))
        assert bench.workbench.marks.watches == ["tokens"]
        await pilot.press(key)
        assert bench.workbench.marks.watches == []


@pytest.mark.parametrize("key", ["f5", "ctrl+enter"])
async def test_both_keys_run_with_the_input(desk: Desk, key: str) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        await pilot.press("space")
        await until(pilot, lambda: isinstance(pilot.app.screen, InputDialog))
        await pilot.press(key)
        await status(pilot, "completed")


@pytest.mark.parametrize("key", ["f5", "ctrl+s"])
async def test_both_keys_keep_a_breakpoint(desk: Desk, key: str) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = bench_of(pilot)
        bench.graph.selected = "loop/improver"
        await settle(pilot)
        await pilot.press("B")
        await until(pilot, lambda: isinstance(pilot.app.screen, BreakpointsDialog))
        await pilot.press("n")
        await until(pilot, lambda: isinstance(pilot.app.screen, BreakpointForm))
        await pilot.press(key)
        await until(pilot, lambda: isinstance(pilot.app.screen, BreakpointsDialog))
        assert len(bench.workbench.marks.breakpoints) == 1
