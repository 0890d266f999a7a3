from __future__ import annotations

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from tests.screen.desk import LOOP, SLOW_LOOP, Desk, bench_of, run, settle, status


async def _press_as_a_terminal_does(pilot: Pilot[None], letter: str) -> None:
    pilot.app.post_message(events.Key(f"alt+{letter}", letter))
    await settle(pilot)


async def test_alt_keys_act_and_do_not_type_in_the_editor(desk: Desk) -> None:
    text = LOOP.replace("max_iterations = 3", "max_iterations = 0")
    async with desk.open(desk.write(text)) as pilot:
        bench = bench_of(pilot)
        await pilot.press("1")
        await settle(pilot)
        await _press_as_a_terminal_does(pilot, "n")
        assert bench.editor.text == text
        assert bench.editor.code.cursor_location[0] == text[: text.index("max_iterations")].count("\n")


async def test_alt_keys_do_not_type_in_a_line_of_input(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        await pilot.press("i")
        await settle(pilot)
        field = pilot.app.screen.query(Input).first()
        field.focus()
        before = field.value
        await _press_as_a_terminal_does(pilot, "n")
        assert field.value == before
        await pilot.press("n")
        assert field.value == before + "n"


async def test_escape_in_the_editor_leaves_it_and_only_then_cancels(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = await run(pilot, "s")
        await status(pilot, "paused")
        await pilot.press("1", "escape")
        await settle(pilot)
        assert bench.desk.is_live
        assert bench.layout_of_panes.current == "graph"
        await pilot.press("escape")
        await status(pilot, "cancelled")


async def test_ctrl_c_cancels_in_the_editor_too(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        await run(pilot, "s")
        await status(pilot, "paused")
        await pilot.press("1", "ctrl+c")
        await status(pilot, "cancelled")


async def test_editing_during_a_run_is_told_to_have_no_effect_on_it(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP), (80, 24)) as pilot:
        bench = await run(pilot, "s")
        await status(pilot, "paused")
        assert bench.status.headline.note == ""
        bench.editor.replace_text("# other\n" + LOOP)
        bench.workbench.check(bench.editor.text)
        bench.show_checked()
        await settle(pilot)
        assert "run uses its first text" in str(bench.status.render())
        await pilot.press("ctrl+c")
        await status(pilot, "cancelled")
        assert bench.status.headline.note == ""


async def test_a_step_is_told_as_a_step_and_not_as_a_pause(desk: Desk) -> None:
    async with desk.open(desk.write(SLOW_LOOP)) as pilot:
        bench = await run(pilot, "s")
        await settle(pilot)
        assert bench.bridge.view.newest.status == "running"
        assert bench.status.headline.word == "stepping"
        assert "STEPPING" in str(bench.status.render())


async def test_looking_back_at_a_finished_run_still_tells_that_it_is_finished(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = await run(pilot, "space")
        await status(pilot, "completed")
        await pilot.press("comma", "comma")
        await settle(pilot)
        assert bench.bridge.view.state.status == "running"
        line = str(bench.status.render())
        assert "COMPLETED" in line
        assert "looking 2 back" in line


async def test_start_and_end_of_the_text(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        code = bench_of(pilot).editor.code
        await pilot.press("1", "ctrl+end")
        assert code.cursor_location == code.document.end
        await pilot.press("ctrl+home")
        assert code.cursor_location == (0, 0)


@pytest.mark.parametrize("theme", ["ansi-dark", "ansi-light"])
async def test_fields_have_an_edge_where_themes_have_no_grounds(desk: Desk, theme: str) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        pilot.app.theme = theme
        await pilot.press("i")
        await settle(pilot)
        field = pilot.app.screen.query(Input).first()
        assert field.styles.border_left[0] == "outer"
        assert field.size.width > 10
