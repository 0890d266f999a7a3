from __future__ import annotations

import pytest
from textual.widgets import Input, Static

from agentflow_tui.tui.dialogs.choice_dialog import ChoiceDialog
from agentflow_tui.tui.panes.editor import editor_pane
from agentflow_tui.tui.panes.editor.code_area import CodeArea
from agentflow_tui.tui.theming.editor_theme import EDITOR_THEME
from tests.screen.desk import LOOP, Desk, bench_of, settle, until

BROKEN = LOOP.replace('loop_agent = "improver"', 'loop_agent = "improve"')


async def test_problems_are_counted_listed_and_underlined(desk: Desk) -> None:
    async with desk.open(desk.write(BROKEN)) as pilot:
        editor = bench_of(pilot).editor
        assert "✗ 1" in str(editor.border_title)
        assert editor.problem_list.option_count == 1
        row = BROKEN.splitlines().index('loop_agent = "improve"')
        spans = editor.code.get_line(row).spans
        assert any(getattr(span.style, "underline", False) for span in spans)


async def test_typing_is_checked_after_a_rest(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = bench_of(pilot)
        await pilot.press("1", "[")
        await until(pilot, lambda: bench.editor.problem_list.option_count > 0)
        assert "●" in str(bench.editor.border_title)
        assert bench.status.headline.is_modified
        await pilot.press("ctrl+z")
        await until(pilot, lambda: bench.editor.problem_list.option_count == 0)
        assert "●" not in str(bench.editor.border_title)


async def test_alt_n_and_the_list_go_to_the_problem(desk: Desk) -> None:
    two = BROKEN.replace("max_iterations = 3", 'max_iterations = "three"')
    async with desk.open(desk.write(two)) as pilot:
        editor = bench_of(pilot).editor
        count = editor.problem_list.option_count
        assert count >= 2
        rows = []
        for _ in range(count + 1):
            await pilot.press("alt+n")
            rows.append(editor.code.cursor_location)
        assert rows[0] == rows[-1]
        assert len(set(rows)) == count
        editor.problem_list.focus()
        await pilot.press("n", "enter")
        await settle(pilot)
        assert editor.code.has_focus
        assert editor.code.cursor_location == rows[1]


async def test_alt_p_goes_through_the_problems_backwards(desk: Desk) -> None:
    two = BROKEN.replace("max_iterations = 3", 'max_iterations = "three"')
    async with desk.open(desk.write(two)) as pilot:
        editor = bench_of(pilot).editor
        there: list[tuple[int, int]] = []
        back: list[tuple[int, int]] = []
        for key, rows in (("alt+n", there), ("alt+p", back)):
            for _ in range(editor.problem_list.option_count):
                await pilot.press(key)
                rows.append(editor.code.cursor_location)
        assert len(there) >= 2
        assert back == [*reversed(there[:-1]), there[-1]]


async def test_keys_go_up_and_down_in_the_list_of_problems(desk: Desk) -> None:
    two = BROKEN.replace("max_iterations = 3", 'max_iterations = "three"')
    async with desk.open(desk.write(two)) as pilot:
        problems = bench_of(pilot).editor.problem_list
        problems.focus()
        seen = []
        for key in ("n", "j", "k", "j", "N"):
            await pilot.press(key)
            seen.append(problems.highlighted)
        assert seen == [0, 1, 0, 1, 0]


async def test_redo_does_again_what_undo_took_back_and_the_ends_are_a_key_away(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        editor = bench_of(pilot).editor
        await pilot.press("1", "x", "ctrl+z")
        assert editor.text == LOOP
        await pilot.press("ctrl+y")
        assert editor.text == "x" + LOOP
        await pilot.press("ctrl+end")
        assert editor.code.cursor_location == editor.code.document.end
        await pilot.press("ctrl+home")
        assert editor.code.cursor_location == (0, 0)


async def test_find_next_previous_and_close(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        editor = bench_of(pilot).editor
        await pilot.press("1", "ctrl+f")
        await pilot.press(*"QUALITY")
        await settle(pilot)
        first = editor.code.selection
        assert editor.code.selected_text == "quality"
        await pilot.press("enter", "n")
        await settle(pilot)
        second = editor.code.selection
        assert second.start > first.start
        await pilot.press("N")
        await settle(pilot)
        assert editor.code.selection == first
        await pilot.press("N")
        await settle(pilot)
        assert editor.code.selection.start > second.start
        await pilot.press("escape")
        assert editor.code.has_focus
        assert not editor.find_bar.display
        assert editor.text == LOOP


@pytest.mark.parametrize(("on", "again"), [("enter", "slash"), ("f3", "ctrl+f")])
async def test_the_search_goes_on_and_takes_another_text(desk: Desk, on: str, again: str) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        editor = bench_of(pilot).editor
        await pilot.press("1", "ctrl+f", *"quality", "enter")
        await settle(pilot)
        first = editor.code.selection
        await pilot.press(on)
        await settle(pilot)
        assert editor.code.selected_text == "quality" and editor.code.selection.start > first.start
        await pilot.press(again, *"prompt")
        await settle(pilot)
        assert editor.find_bar.needle == "prompt"
        assert editor.code.selected_text == "prompt"


async def test_what_is_not_there_is_not_found(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        editor = bench_of(pilot).editor
        await pilot.press("1", "ctrl+f", *"[zz")
        await settle(pilot)
        assert "not found" in str(editor.find_bar.query_one("#found").render())


async def test_go_to_line(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        editor = bench_of(pilot).editor
        await pilot.press("ctrl+g")
        await settle(pilot)
        await pilot.press("x", "enter")
        await settle(pilot)
        pilot.app.screen.query_one(Input).value = "7"
        await pilot.press("enter")
        await settle(pilot)
        assert editor.code.cursor_location == (6, 0)
        assert editor.code.has_focus


async def test_unsaved_text_is_kept_and_offered_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(editor_pane, "DRAFT_AFTER", 0.05)
    path = desk.write(LOOP)
    async with desk.open(path) as pilot:
        editor = bench_of(pilot).editor
        await pilot.press("1", *"# kept")
        draft = editor.draft
        assert draft is not None
        await until(pilot, lambda: draft.text is not None)
    assert path.read_text(encoding="utf-8") == LOOP
    async with desk.open(path) as pilot:
        assert isinstance(pilot.app.screen, ChoiceDialog)
        told = " ".join(str(each.render()) for each in pilot.app.screen.query(Static))
        assert "changes that were never saved" in told
        await pilot.press("r")
        await settle(pilot)
        editor = bench_of(pilot).editor
        assert editor.text == "# kept" + LOOP
        assert editor.is_modified
        await pilot.press("1", "ctrl+z")
        await settle(pilot)
        assert editor.text == LOOP


async def test_a_discarded_draft_does_not_come_back(desk: Desk) -> None:
    path = desk.write(LOOP)
    async with desk.open(path) as pilot:
        editor = bench_of(pilot).editor
        editor.code.insert("# gone\n", (0, 0))
        await settle(pilot)
        editor.keep_draft()
    async with desk.open(path) as pilot:
        await pilot.press("d")
        await settle(pilot)
        assert bench_of(pilot).editor.text == LOOP
    async with desk.open(path) as pilot:
        assert pilot.app.screen is bench_of(pilot)


async def test_the_editor_follows_the_theme(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        code = bench_of(pilot).editor.code
        assert code.is_syntax_aware
        assert code.theme == EDITOR_THEME
        dark = _colour_of_first_key(code)
        pilot.app.theme = "agentflow-light"
        await settle(pilot)
        assert _colour_of_first_key(code) != dark


async def test_a_long_text_is_not_coloured_and_says_so(desk: Desk) -> None:
    long = LOOP + "# more\n" * 2100
    async with desk.open(desk.write(long)) as pilot:
        editor = bench_of(pilot).editor
        assert editor.code.language is None
        assert "colours are off" in str(editor.notice.render())
        assert editor.text == long


async def test_line_ends_survive_opening(desk: Desk) -> None:
    windows = LOOP.replace("\n", "\r\n")
    async with desk.open(desk.write(windows)) as pilot:
        editor = bench_of(pilot).editor
        assert editor.text == windows
        assert not editor.is_modified
        await pilot.press("1", "x")
        assert editor.text == "x" + windows


def _colour_of_first_key(code: CodeArea) -> object:
    row = code.text.splitlines().index("[llm]") + 1
    strip = code.render_line(row - code.scroll_offset.y)
    return next(segment.style.color for segment in strip if "provider" in segment.text and segment.style)
