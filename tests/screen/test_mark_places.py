"""Where breakpoints and other marks are seen: beside the text, in the timeline, on boxes that hide others."""

from __future__ import annotations

from textual.pilot import Pilot

from agentflow_tui.engine.breakpoints import Breakpoint
from tests.screen.desk import LOOP, Desk, bench_of, run, settle, status


def _gutter(pilot: Pilot[None], row: int) -> str:
    code = bench_of(pilot).editor.code
    return code.render_line(row - code.scroll_offset.y).text[: code.gutter_width].strip()


def _timeline(pilot: Pilot[None]) -> list[str]:
    view = bench_of(pilot).timeline.list
    top = view.scroll_offset.y
    return [view.render_line(y - top).text.rstrip() for y in range(view.virtual_size.height)]


async def test_a_breakpoint_is_seen_beside_the_agents_section_and_goes_with_it(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP), (140, 42)) as pilot:
        bench = bench_of(pilot)
        row = LOOP[: LOOP.index("[agents.improver]")].count("\n")
        assert _gutter(pilot, row) == f"{row + 1}"
        bench.graph.selected = "loop/improver"
        await pilot.press("b")
        await settle(pilot)
        assert _gutter(pilot, row) == f"{row + 1}◆"
        assert [each for each in range(row + 3) if "◆" in _gutter(pilot, each)] == [row]
        bench.editor.replace_text("# one more line\n" + LOOP)
        bench.workbench.check(bench.editor.text)
        bench.show_checked()
        assert _gutter(pilot, row + 1) == f"{row + 2}◆"
        # A text that is not valid says nothing of lines: the marks stay.
        bench.workbench.check("[[")
        bench.show_checked()
        assert _gutter(pilot, row + 1) == f"{row + 2}◆"
        await pilot.press("b")
        bench.workbench.check(bench.editor.text)
        bench.show_checked()
        assert _gutter(pilot, row + 1) == f"{row + 2}"


async def test_a_breakpoint_is_seen_once_where_a_long_line_is_wrapped(desk: Desk) -> None:
    text = LOOP.replace("[agents.improver]", f"[agents.improver] # {'long ' * 30}")
    async with desk.open(desk.write(text), (80, 24)) as pilot:
        bench = bench_of(pilot)
        bench.editor.code.soft_wrap = True
        bench.workbench.marks.breakpoints.set(Breakpoint("improver", "after"))
        bench.use_preferences(bench.preferences.model_copy(update={}))
        bench.editor.code.soft_wrap = True
        bench.show_checked()
        await settle(pilot)
        code = bench.editor.code
        lines = [code.render_line(y - code.scroll_offset.y).text for y in range(code.wrapped_document.height)]
        assert sum("▰" in line[: code.gutter_width] for line in lines) == 1


async def test_without_numbers_the_text_keeps_all_its_cells(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP), (140, 42)) as pilot:
        bench = bench_of(pilot)
        bench.workbench.marks.breakpoints.set(Breakpoint("improver"))
        bench.editor.code.show_line_numbers = False
        bench.show_checked()
        await settle(pilot)
        shown = [bench.editor.code.render_line(y).text.rstrip() for y in range(20)]
        assert shown[3] == "[llm]"
        assert not any("◆" in line for line in shown)


async def test_the_timeline_shows_where_a_run_stops(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP), (140, 42)) as pilot:
        bench = bench_of(pilot)
        await run(pilot, "space")
        await status(pilot, "completed")
        await pilot.press("4", "G")
        plain = _timeline(pilot)
        assert not any("◆" in line or "▰" in line for line in plain)
        bench.workbench.marks.breakpoints.set(Breakpoint("improver"))
        bench.workbench.marks.breakpoints.set(Breakpoint("loop", "after"))
        bench._show_marks()
        await settle(pilot)
        marked = _timeline(pilot)
        assert sum("◆" in line for line in marked) == 3
        assert all("agent started" in line for line in marked if "◆" in line)
        assert [line.split()[0].rstrip("▰") for line in marked if "▰" in line] == [
            line.split()[0] for line in plain if "part done" in line
        ]
        await pilot.resize_terminal(80, 24)
        await settle(pilot)
        assert sum("◆ ◐ agent" in line for line in _timeline(pilot)) == 3


async def test_a_folded_box_shows_the_signs_of_what_it_hides(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP), (140, 42)) as pilot:
        bench = bench_of(pilot)
        bench.workbench.marks.breakpoints.set(Breakpoint("improver", "before", "iteration > 1"))
        bench.workbench.marks.breakpoints.set(Breakpoint("loop", "after"))
        bench._show_marks()
        assert bench.graph.drawing.painter is not None
        assert bench.graph.drawing.painter.boxes.signs == {"loop": "▰", "loop/improver": "◆?"}
        bench.graph.selected = "loop"
        await pilot.press("enter")
        await settle(pilot)
        assert bench.graph.boxes["loop"].is_folded
        assert bench.graph.drawing.painter.boxes.signs == {"loop": "▰◆?"}
        assert "▰◆?" in bench.graph.drawing.text
        await pilot.press("enter")
        await settle(pilot)
        assert bench.graph.drawing.painter.boxes.signs == {"loop": "▰", "loop/improver": "◆?"}
