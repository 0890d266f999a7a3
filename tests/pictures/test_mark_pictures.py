"""Pictures of what a person marks, and of the tree of runs."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from agentflow_tui.engine.breakpoints import Breakpoint
from agentflow_tui.history.delta import Delta
from agentflow_tui.history.run_summary import RunSummary
from agentflow_tui.tui.dialogs.breakpoint_form import BreakpointForm
from agentflow_tui.tui.dialogs.breakpoints_dialog import BreakpointsDialog
from agentflow_tui.tui.screens.runs_screen import RunsScreen
from tests.pictures.screenshot import Screenshot
from tests.pictures.test_pictures import _name, by_size
from tests.screen.desk import LOOP, Desk, bench_of, run, settle, status, until
from tests.screen.test_control_keys import TEAM

FAST_TEAM = TEAM.replace("seconds_per_word = 1\n", "")
LEFT, RIGHT, WRITER = "mixed/collaborative/left", "mixed/collaborative/right", "mixed/sequential/writer"


def _mark(desk: Desk) -> None:
    bench = desk.workbench()
    bench.open(desk.write(FAST_TEAM, "team.toml"))
    points = bench.marks.breakpoints
    points.set(Breakpoint(LEFT))
    points.set(Breakpoint("right", "after", "tokens > 5"))
    points.set(Breakpoint(WRITER, from_hit=2, is_enabled=False))
    bench.marks.pin(RIGHT, Delta(set={"right_response": "said before"}))
    bench.marks.watches += ["tokens * 2", "len(message) > 3", "1 / calls"]
    bench.marks.save()


@by_size
async def test_marks_on_the_boxes(desk: Desk, screenshot: Screenshot, size: tuple[int, int]) -> None:
    _mark(desk)
    async with desk.open(desk.folder / "work" / "team.toml", size) as pilot:
        bench = bench_of(pilot)
        bench.graph.selected = RIGHT
        await run(pilot, "space")
        await status(pilot, "paused")
        await pilot.press("H")
        await settle(pilot)
        pilot.app.clear_notifications()
        await screenshot(pilot, _name("marks", size))


@by_size
async def test_the_breakpoints(desk: Desk, screenshot: Screenshot, size: tuple[int, int]) -> None:
    _mark(desk)
    async with desk.open(desk.folder / "work" / "team.toml", size) as pilot:
        await pilot.press("B")
        await until(pilot, lambda: isinstance(pilot.app.screen, BreakpointsDialog))
        await screenshot(pilot, _name("breakpoints", size))


@by_size
async def test_the_form(desk: Desk, screenshot: Screenshot, size: tuple[int, int]) -> None:
    _mark(desk)
    async with desk.open(desk.folder / "work" / "team.toml", size) as pilot:
        await pilot.press("B", "j", "e")
        await until(pilot, lambda: isinstance(pilot.app.screen, BreakpointForm))
        await pilot.press("tab", "tab", *" and")
        await screenshot(pilot, _name("breakpoint_form", size))


@by_size
async def test_the_tree_of_runs(
    desk: Desk, screenshot: Screenshot, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["", "", "shorter", "", "kept section", "again"]
    parents = [None, None, 1, 1, 2, 4]
    started = datetime(2026, 1, 2, 9, tzinfo=UTC)
    runs = [
        RunSummary(
            f"{number:08d}-0000-4000-8000-000000000000",
            "quality_loop",
            "loop",
            started.replace(minute=number).isoformat(),
            "failed" if number == 3 else "completed",
            "",
            40 + number,
            name=name,
            tags=("gold",) if number == 4 else (),
            origin="fork" if parent is not None else "",
            parent_run=f"{parent:08d}-0000-4000-8000-000000000000" if parent is not None else "",
            parent_step=number,
            duration=12.0 + number,
            prompt_tokens=1200,
            completion_tokens=340,
            size=18_000,
        )
        for number, (name, parent) in enumerate(zip(names, parents, strict=True))
    ]
    async with desk.open(desk.write(LOOP, "quality_loop.toml"), size) as pilot:
        archive = bench_of(pilot).workbench.archive

        async def found(_which: object = None) -> list[RunSummary]:
            return runs[::-1]

        monkeypatch.setattr(archive, "runs", found)
        await pilot.press("r")
        await until(
            pilot,
            lambda: isinstance(pilot.app.screen, RunsScreen) and bool(pilot.app.screen.query("#runs-list")),
        )
        screen = pilot.app.screen
        assert isinstance(screen, RunsScreen)
        await until(pilot, lambda: len(screen.rows.rows) == len(runs))
        await pilot.press("v", "j", "j")
        await screenshot(pilot, _name("runs_tree", size))
