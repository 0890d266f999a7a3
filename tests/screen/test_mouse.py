"""What has a place answers to the mouse: clicks and the wheel, wherever keys do the same."""

from __future__ import annotations

from typing import Any

import pytest
from textual.events import MouseScrollDown, MouseScrollUp
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Input

from agentflow_tui.tui.dialogs.answers_dialog import AnswersDialog
from agentflow_tui.tui.dialogs.breakpoints_dialog import BreakpointsDialog
from agentflow_tui.tui.dialogs.input_dialog import InputDialog
from agentflow_tui.tui.dialogs.leave_dialog import LeaveDialog
from agentflow_tui.tui.panes.line_view import LineView
from agentflow_tui.tui.screens.gallery_screen import GalleryScreen
from agentflow_tui.tui.screens.runs_screen import RunsScreen
from agentflow_tui.workbench.answers import Answers
from tests.screen.desk import LOOP, Desk, bench_of, is_on_top, run, settle, status, until


def place_of(pilot: Pilot[Any], word: str, below: int = 0) -> tuple[int, int]:
    """Where a word is on the screen, from a line on."""
    lines = [strip.text for strip in pilot.app.screen._compositor.render_strips()]
    y = next(y for y, line in enumerate(lines) if y >= below and word in line)
    return lines[y].index(word) + 1, y


def frame_of(pilot: Pilot[Any]) -> Widget:
    return pilot.app.screen.query_one(".dialog-frame")


async def click(pilot: Pilot[Any], word: str, below: int = 0, times: int = 1) -> None:
    """Click on a word of the screen, on the widget that shows it."""
    x, y = place_of(pilot, word, below)
    widget, region = pilot.app.screen.get_widget_at(x, y)
    await pilot.click(widget, offset=(x - region.x, y - region.y), times=times)
    await settle(pilot)


async def wheel(pilot: Pilot[Any], over: Widget, way: int, *, ctrl: bool = False) -> None:
    """Turn the wheel by one notch, down with 1 and up with -1."""
    kind = MouseScrollDown if way > 0 else MouseScrollUp
    await pilot._post_mouse_events([kind], over, offset=(2, 2), control=ctrl)
    await settle(pilot)


async def test_the_parts_of_the_top_line_can_be_clicked(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = bench_of(pilot)
        await click(pilot, "READY")
        assert "INPUT OF THE RUN" in str(frame_of(pilot).border_title)
        await pilot.press("enter")
        await status(pilot, "completed")
        await pilot.press("comma", "comma")
        await settle(pilot)
        assert not bench.bridge.view.is_following
        await click(pilot, "looking 2 back")
        assert bench.bridge.view.is_following
        await click(pilot, "iteration")
        assert pilot.app.screen is bench
        await click(pilot, "flow.toml")
        await until(pilot, lambda: isinstance(pilot.app.screen, GalleryScreen))


async def test_the_breakpoint_and_the_answers_of_the_top_line_can_be_clicked(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP), (140, 42)) as pilot:
        bench = bench_of(pilot)
        bench.desk.answers = Answers("live")
        bench.graph.selected = "loop/improver"
        await settle(pilot)
        await pilot.press("b")
        await run(pilot, "space")
        await status(pilot, "paused")
        await click(pilot, "answers: live")
        assert isinstance(pilot.app.screen, AnswersDialog)
        await pilot.press("escape")
        await settle(pilot)
        await click(pilot, "◆ ")
        assert isinstance(pilot.app.screen, BreakpointsDialog)


@pytest.mark.parametrize("word", ["?", "help"])
async def test_a_key_at_the_bottom_does_what_it_says_when_clicked(desk: Desk, word: str) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        await click(pilot, word, below=39)
        assert "HELP" in str(frame_of(pilot).border_title)


async def test_the_wheel_scrolls_the_graph_and_with_ctrl_zooms_it(desk: Desk) -> None:
    agents = [f"agent{number}" for number in range(30)]
    chain = "".join(f'[agents.{name}]\nprompt = "x"\n' for name in agents)
    listed = ", ".join(f'"{name}"' for name in agents)
    flow = (
        '[llm]\nprovider = "scripted"\n[orchestration]\nmode = "sequential"\n'
        f"sequential_agents = [{listed}]\n{chain}"
    )
    async with desk.open(desk.write(flow), (140, 42)) as pilot:
        graph = bench_of(pilot).graph
        await pilot.press("L", "L")
        await settle(pilot)
        before = graph.scroll_offset.y
        await wheel(pilot, graph, 1)
        down = graph.scroll_offset.y
        assert down > before
        await wheel(pilot, graph, -1)
        assert graph.scroll_offset.y < down
        for way, details in ((1, ["dots", "dots"]), (-1, ["names", "full", "full"])):
            for detail in details:
                await wheel(pilot, graph, way, ctrl=True)
                assert graph.detail == detail


async def test_the_wheel_scrolls_the_timeline_and_with_ctrl_zooms_its_bars(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP), (140, 42)) as pilot:
        bench = await run(pilot, "space")
        await status(pilot, "completed")
        timeline = bench.timeline
        cursor, end = bench.bridge.view.cursor, timeline.list.scroll_offset.y
        await wheel(pilot, timeline.list, -1, ctrl=True)
        assert timeline.bars.zoom == 1
        await wheel(pilot, timeline.list, -1)
        assert 0 < timeline.list.scroll_offset.y < end
        assert bench.bridge.view.cursor == cursor
        await pilot.press("4", "w")
        await settle(pilot)
        await wheel(pilot, timeline.bars, -1, ctrl=True)
        assert timeline.bars.zoom == 2
        assert "zoom 2×" in str(timeline.border_subtitle)
        await wheel(pilot, timeline.bars, 1, ctrl=True)
        assert timeline.bars.zoom == 1


async def test_a_double_click_on_an_event_shows_all_of_it(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP), (140, 42)) as pilot:
        await run(pilot, "space")
        await status(pilot, "completed")
        await click(pilot, "iteration done")
        await click(pilot, "iteration done", times=2)
        title = str(frame_of(pilot).border_title)
        assert title.startswith("event") and title.endswith("iteration_ended")


async def test_every_way_at_the_bottom_of_a_dialog_can_be_clicked(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP), (140, 42)) as pilot:
        await pilot.press("B")
        await settle(pilot)
        dialog, low = pilot.app.screen, frame_of(pilot).region.bottom - 1
        await click(pilot, "n new", low)
        assert pilot.app.screen is not dialog
        await click(pilot, "esc close", frame_of(pilot).region.bottom - 1)
        assert pilot.app.screen is dialog
        await click(pilot, "new · e", low)
        assert pilot.app.screen is not dialog
        await pilot.press("escape")
        await settle(pilot)
        # What is between two ways is none, and neither is the border beside them.
        for nothing in ("· e edit", "─ n new", "─╯"):
            await click(pilot, nothing, low)
            assert pilot.app.screen is dialog
        await click(pilot, "esc close", low)
        assert is_on_top(pilot)


async def test_the_form_of_the_input_runs_loads_and_closes_with_clicks(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP), (80, 24)) as pilot:
        await pilot.press("space")
        await settle(pilot)
        form, low = pilot.app.screen, frame_of(pilot).region.bottom - 1
        assert isinstance(form, InputDialog)
        await click(pilot, "F6 JSON", low)
        assert form.fields.is_json
        await click(pilot, "F6 fields", low)
        await click(pilot, "F7 file", low)
        assert "LOAD A FILE" in str(frame_of(pilot).border_title)
        await click(pilot, "esc close", frame_of(pilot).region.bottom - 1)
        await pilot.click(form.query_one("#rest"))
        await settle(pilot)
        assert form.focused is form.query_one("#rest")
        await pilot.click(form.query_one("#field-0"))
        await settle(pilot)
        await click(pilot, "enter or F5 run", low)
        await status(pilot, "completed")


async def test_a_click_on_a_problem_goes_there(desk: Desk) -> None:
    broken = LOOP.replace('loop_agent = "improver"', 'loop_agent = "improve"')
    async with desk.open(desk.write(broken), (140, 42)) as pilot:
        editor = bench_of(pilot).editor
        await click(pilot, "unknown agent")
        assert editor.code.has_focus
        assert editor.code.cursor_location[0] == broken.splitlines().index('loop_agent = "improve"')


async def test_a_click_on_a_row_goes_there_and_another_one_chooses_it(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP), (140, 42)) as pilot:
        bench = await run(pilot, "space")
        await status(pilot, "completed")
        await click(pilot, "▾ data")
        if "▾ data" in bench.inspector.yank_text():
            await click(pilot, "▾ data")
        assert place_of(pilot, "▸ data")
        await pilot.press("r")
        await until(pilot, lambda: isinstance(pilot.app.screen, RunsScreen))
        screen = pilot.app.screen
        assert isinstance(screen, RunsScreen)
        await until(pilot, lambda: bool(screen.rows.rows))
        await click(pilot, "● completed")
        await until(pilot, lambda: pilot.app.screen is bench)
        assert bench.desk.past is not None


async def test_the_buttons_of_a_question_answer_it(desk: Desk) -> None:
    path = desk.write(LOOP)
    async with desk.open(path) as pilot:
        await pilot.press("1", "#", "ctrl+q")
        await settle(pilot)
        assert isinstance(pilot.app.screen, LeaveDialog)
        await pilot.click("#answer-stay")
        await settle(pilot)
        assert is_on_top(pilot) and bench_of(pilot).editor.is_modified
        await pilot.press("ctrl+q")
        await settle(pilot)
        await pilot.click("#answer-save")
        await until(pilot, lambda: not pilot.app.is_running)
    assert path.read_text(encoding="utf-8") == "#" + LOOP


async def test_the_buttons_of_the_settings_keep_and_close(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP), (140, 60)) as pilot:
        for button, indent in (("#close", 4), ("#keep", 2)):
            await pilot.press("f12")
            await settle(pilot)
            pilot.app.screen.query_one("#set-editor-indent", Input).value = "2"
            await pilot.click(button)
            await until(pilot, lambda: is_on_top(pilot))
            assert bench_of(pilot).editor.code.indent_width == indent


async def test_a_click_on_a_flow_of_the_gallery_opens_it(desk: Desk) -> None:
    desk.write(LOOP, "one_of_two.toml")
    async with desk.open(None, (140, 42)) as pilot:
        gallery = pilot.app.screen
        assert isinstance(gallery, GalleryScreen)
        await click(pilot, "one_of_two")
        await until(pilot, lambda: pilot.app.screen is not gallery)
        assert bench_of(pilot).editor.text == LOOP


async def test_a_second_click_on_a_breakpoint_or_a_watch_edits_it(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP), (140, 42)) as pilot:
        await pilot.press("right", "b")
        await settle(pilot)
        marks = bench_of(pilot).workbench.marks
        marks.watches.append("quality * 10")
        assert [point.where for point in marks.breakpoints] == ["loop/improver"]
        for key, word in (("B", "loop/improver"), ("Q", "quality * 10")):
            await pilot.press(key)
            await settle(pilot)
            dialog = pilot.app.screen
            await click(pilot, word, frame_of(pilot).region.y)
            assert pilot.app.screen is not dialog
            assert word in [field.value for field in pilot.app.screen.query(Input)]
            await pilot.press("escape", "escape")
            await settle(pilot)
            assert is_on_top(pilot)


async def test_the_wheel_scrolls_what_is_below_it_and_leaves_the_focus(desk: Desk) -> None:
    keys = ", ".join(f'"key{number}": {number}' for number in range(60))
    flow = LOOP.replace('{"content": "cats are nice"}', f'{{"content": "cats", {keys}}}') + "# more\n" * 60
    async with desk.open(desk.write(flow), (140, 42)) as pilot:
        bench = await run(pilot, "space")
        await status(pilot, "completed")
        focused = pilot.app.focused
        state = bench.inspector.query_one("#state", LineView)
        editor = bench.editor.code
        for view in (state, editor):
            await wheel(pilot, view, 1)
            assert view.scroll_offset.y > 0
            await wheel(pilot, view, -1)
            assert view.scroll_offset.y == 0
        assert pilot.app.focused is focused
