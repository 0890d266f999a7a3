from __future__ import annotations

from textual.widgets import Input

from agentflow_tui.tui.dialogs.breakpoints_dialog import BreakpointsDialog
from agentflow_tui.tui.dialogs.text_dialog import TextDialog
from tests.screen.desk import LOOP, Desk, bench_of, is_on_top, run, settle, status, until


async def test_a_run_stops_at_a_breakpoint_that_outlives_the_program(desk: Desk) -> None:
    path = desk.write(LOOP, "stops.toml")
    async with desk.open(path, (140, 42)) as pilot:
        bench = bench_of(pilot)
        await pilot.press("b")
        assert len(bench.workbench.marks.breakpoints) == 0
        bench.graph.selected = "loop/improver"
        await settle(pilot)
        await pilot.press("b")
        assert [point.where for point in bench.workbench.marks.breakpoints] == ["loop/improver"]
    async with desk.open(path, (140, 42)) as pilot:
        bench = await run(pilot, "space")
        await status(pilot, "paused")
        assert "◆ breakpoint before loop/improver" in str(bench.status.render())
        assert bench.bridge.view.newest.agent_runs == ()
        bench.graph.selected = "loop/improver"
        await settle(pilot)
        await pilot.press("b")
        assert len(bench.workbench.marks.breakpoints) == 0
        await pilot.press("space")
        await status(pilot, "completed")


async def test_the_list_changes_what_stops(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP, "listed.toml")) as pilot:
        bench = bench_of(pilot)
        bench.graph.selected = "loop/improver"
        await settle(pilot)
        await pilot.press("b", "B")
        await until(pilot, lambda: isinstance(pilot.app.screen, BreakpointsDialog))
        points = bench.workbench.marks.breakpoints
        await pilot.press("c")
        await until(pilot, lambda: isinstance(pilot.app.screen, TextDialog))
        pilot.app.screen.query_one(Input).value = "quality >="
        await pilot.press("enter")
        assert isinstance(pilot.app.screen, TextDialog)
        pilot.app.screen.query_one(Input).value = "has(quality) and quality >= 6"
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, BreakpointsDialog))
        await pilot.press("a", "space")
        point = next(iter(points))
        assert (point.when, point.is_enabled) == ("after", False)
        await pilot.press("space", "a", "escape")
        await until(pilot, lambda: is_on_top(pilot))
        await run(pilot, "space")
        await status(pilot, "paused")
        assert len(bench.bridge.view.newest.agent_runs) == 2
        await pilot.press("B", "D")
        await settle(pilot)
        assert len(points) == 0
        await pilot.press("D", "space", "c", "a", "escape")
        await until(pilot, lambda: is_on_top(pilot))
