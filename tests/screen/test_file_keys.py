from __future__ import annotations

import pytest
from textual.widgets import Button, Input

from agentflow_tui.tui.dialogs.choice_dialog import ChoiceDialog
from agentflow_tui.tui.dialogs.difference_dialog import DifferenceDialog
from agentflow_tui.tui.dialogs.leave_dialog import LeaveDialog
from agentflow_tui.tui.dialogs.text_dialog import TextDialog
from agentflow_tui.tui.panes.line_view import LineView
from agentflow_tui.tui.screens.gallery_screen import GalleryScreen
from tests.screen.desk import LOOP, SLOW_CHAIN, Desk, bench_of, is_on_top, run, settle, until


async def test_save_writes_what_was_typed(desk: Desk) -> None:
    path = desk.write(LOOP)
    async with desk.open(path) as pilot:
        await pilot.press("1", *"# hi", "enter", "ctrl+s")
        await until(pilot, lambda: not bench_of(pilot).editor.is_modified)
        assert path.read_text(encoding="utf-8") == "# hi\n" + LOOP
        assert desk.settings.recent_files == (path.resolve(),)


@pytest.mark.parametrize(
    ("answer", "on_disk", "in_editor"),
    [("c", "theirs", "# mine"), ("o", "# mine", "# mine"), ("r", "theirs", "theirs")],
)
async def test_a_file_that_changed_on_disk_is_not_overwritten_unasked(
    desk: Desk, answer: str, on_disk: str, in_editor: str
) -> None:
    path = desk.write(LOOP)
    async with desk.open(path) as pilot:
        editor = bench_of(pilot).editor
        await pilot.press("1", *"# mine")
        path.write_text("# theirs\n", encoding="utf-8")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChoiceDialog))
        assert path.read_text(encoding="utf-8") == "# theirs\n"
        await pilot.press(answer)
        await until(pilot, lambda: pilot.app.screen is bench_of(pilot))
        await until(pilot, lambda: on_disk in path.read_text(encoding="utf-8"))
        assert in_editor in editor.text
        if answer == "r":
            await pilot.press("ctrl+z")
            assert "# mine" in editor.text


async def test_a_changed_file_is_compared_by_lines_and_can_be_left_alone(desk: Desk) -> None:
    path = desk.write(LOOP)
    async with desk.open(path, (80, 24)) as pilot:
        await pilot.press("1", *"# mine")
        path.write_text("# theirs\n", encoding="utf-8")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChoiceDialog))
        dialog = pilot.app.screen
        assert isinstance(dialog, ChoiceDialog)
        shown = str(dialog.body.render())
        lines = LOOP.count(chr(10))
        assert f"here     {lines} lines   - {lines} only here" in shown
        assert "on disk  1 line   + 1 only on disk" in shown
        assert "-  1  # mine# When to choose it" in shown
        assert "⋯ v shows all" in shown
        frame = dialog.query_one(".dialog-frame")
        assert all(frame.content_region.contains_region(b.region) for b in dialog.query(Button))
        await pilot.press("e")
        await until(pilot, lambda: isinstance(pilot.app.screen, TextDialog))
        target = path.with_name("mine.toml")
        pilot.app.screen.query_one(Input).value = str(target)
        await pilot.press("enter")
        await until(pilot, target.exists)
        assert target.read_text(encoding="utf-8") == "# mine" + LOOP
        assert path.read_text(encoding="utf-8") == "# theirs\n"


async def test_save_as_refuses_a_folder_and_asks_before_overwriting(desk: Desk) -> None:
    other = desk.write("# other\n", "other.toml")
    path = desk.write(LOOP)
    async with desk.open(path) as pilot:
        await pilot.press("alt+s")
        await settle(pilot)
        dialog = pilot.app.screen
        assert isinstance(dialog, TextDialog)
        dialog.query_one(Input).value = str(desk.folder)
        await pilot.press("enter")
        await settle(pilot)
        assert "folder" in str(dialog.query_one("#note").render())
        dialog.query_one(Input).value = str(other)
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(pilot.app.screen, ChoiceDialog)
        assert other.read_text(encoding="utf-8") == "# other\n"
        await pilot.press("o")
        await until(pilot, lambda: other.read_text(encoding="utf-8") == LOOP)
        await until(pilot, lambda: bench_of(pilot).status.headline.title == "other.toml")
        assert path.read_text(encoding="utf-8") == LOOP


async def test_a_sample_opens_as_a_copy_and_is_never_written(desk: Desk) -> None:
    async with desk.open(None) as pilot:
        assert isinstance(pilot.app.screen, GalleryScreen)
        entry = pilot.app.screen.entries["flow-0"]
        assert entry.kind == "sample"
        await pilot.press("enter")
        await until(pilot, lambda: len(pilot.app.screen_stack) == 2 and pilot.app.screen is bench_of(pilot))
        bench = bench_of(pilot)
        assert bench.workbench.path is None
        assert bench.editor.text == entry.text
        await pilot.press("1", "#", "ctrl+s")
        await until(pilot, lambda: isinstance(pilot.app.screen, TextDialog))
        target = desk.folder / "work" / "mine.toml"
        pilot.app.screen.query_one(Input).value = str(target)
        await pilot.press("enter")
        await until(pilot, target.exists)
        assert target.read_text(encoding="utf-8") == "#" + entry.text
        assert entry.path.read_text(encoding="utf-8") == entry.text


async def test_quit_without_changes_leaves_at_once(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        await pilot.press("ctrl+q")
        await pilot.pause()
        assert not pilot.app.is_running


async def test_quit_asks_when_text_is_unsaved(desk: Desk) -> None:
    path = desk.write(LOOP)
    async with desk.open(path) as pilot:
        await pilot.press("1", "#", "ctrl+q")
        await settle(pilot)
        assert isinstance(pilot.app.screen, LeaveDialog)
        await pilot.press("escape")
        await settle(pilot)
        assert is_on_top(pilot)
        await pilot.press("ctrl+q")
        await settle(pilot)
        await pilot.press("s")
        await until(pilot, lambda: not pilot.app.is_running)
    assert path.read_text(encoding="utf-8") == "#" + LOOP


async def test_quit_asks_when_a_run_is_live_and_ends_it(desk: Desk) -> None:
    async with desk.open(desk.write(SLOW_CHAIN)) as pilot:
        bench = await run(pilot, "space")
        await pilot.press("ctrl+q")
        await settle(pilot)
        assert isinstance(pilot.app.screen, LeaveDialog)
        await pilot.press("x")
        await until(pilot, lambda: not pilot.app.is_running)
    assert bench.desk.run is not None
    assert bench.desk.run.is_over


async def test_o_opens_the_gallery_and_escape_comes_back(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        await pilot.press("o")
        await settle(pilot)
        assert isinstance(pilot.app.screen, GalleryScreen)
        await pilot.press("escape")
        await settle(pilot)
        assert is_on_top(pilot)


async def test_yank_copies_the_chosen_problem_and_says_how(desk: Desk) -> None:
    broken = LOOP.replace('loop_agent = "improver"', 'loop_agent = "improve"')
    async with desk.open(desk.write(broken)) as pilot:
        bench = bench_of(pilot)
        bench.editor.problem_list.focus()
        await pilot.press("n", "y")
        await settle(pilot)
        assert pilot.app.clipboard == bench.workbench.checked.problems[0].message


async def test_ctrl_c_copies_a_selection_rather_than_cancelling(desk: Desk) -> None:
    async with desk.open(desk.write(SLOW_CHAIN)) as pilot:
        bench = await run(pilot, "space")
        await pilot.press("1", "shift+end", "ctrl+c")
        await settle(pilot)
        assert pilot.app.clipboard == SLOW_CHAIN.splitlines()[0]
        assert bench.desk.is_live


@pytest.mark.parametrize(("size", "is_beside"), [((80, 24), False), ((140, 42), True)])
async def test_all_that_differs_from_the_disk_can_be_read_before_one_answers(
    desk: Desk, size: tuple[int, int], is_beside: bool
) -> None:
    path = desk.write(LOOP)
    async with desk.open(path, size) as pilot:
        await pilot.press("1", *"# mine")
        path.write_text("# new first line\n" + LOOP + "# last\n" * 300, encoding="utf-8")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChoiceDialog))
        frame = pilot.app.screen.query_one(".dialog-frame")
        assert all(frame.content_region.contains_region(b.region) for b in pilot.app.screen.query(Button))
        await pilot.press("v")
        await until(pilot, lambda: isinstance(pilot.app.screen, DifferenceDialog))
        pages = pilot.app.screen.query_one(LineView)
        await until(pilot, lambda: len(pages.rows) > 300)
        assert (" │ on disk" in pages.rows[0].content.plain) is is_beside
        assert any("# new first line" in pages.render_line(y).text for y in range(pages.size.height))
        await pilot.press("end", "escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChoiceDialog))
        await pilot.press("c")
        await until(pilot, lambda: pilot.app.screen is bench_of(pilot))
        assert "# last" in path.read_text(encoding="utf-8")
