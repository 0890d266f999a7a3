from __future__ import annotations

import pytest

from agentflow_tui.tui.pane_tabs import PANES, PaneTab
from agentflow_tui.tui.screens.workbench_screen import WorkbenchScreen
from tests.screen.desk import LOOP, Desk, bench_of, settle


def visible(bench: WorkbenchScreen) -> set[str]:
    return {pane for pane in PANES if bench.query_one(f"#{pane}").display}


async def test_the_workbench_opens_with_the_graph_focused(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = bench_of(pilot)
        assert pilot.app.focused is bench.graph
        assert visible(bench) == set(PANES)


@pytest.mark.parametrize(
    ("key", "pane"),
    [("1", "editor"), ("2", "graph"), ("3", "inspector"), ("4", "timeline"), ("f2", "graph")]
    + [("f3", "inspector"), ("f4", "timeline")],
)
@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20)])
async def test_number_keys_show_and_focus_a_pane(
    desk: Desk, key: str, pane: str, size: tuple[int, int]
) -> None:
    async with desk.open(desk.write(LOOP), size) as pilot:
        bench = bench_of(pilot)
        await pilot.press("4" if pane != "timeline" else "3", key)
        await settle(pilot)
        assert pane in visible(bench)
        assert pilot.app.focused is not None
        assert pane in {node.id for node in pilot.app.focused.ancestors_with_self}


@pytest.mark.parametrize(("width", "count"), [(200, 4), (120, 4), (119, 2), (80, 2), (79, 1), (40, 1)])
async def test_how_many_panes_fit(desk: Desk, width: int, count: int) -> None:
    async with desk.open(desk.write(LOOP), (width, 24)) as pilot:
        bench = bench_of(pilot)
        assert len(visible(bench)) == count
        assert bench.query_one("#tabs").display == (count < 4)


@pytest.mark.parametrize("size", [(39, 24), (80, 9)])
async def test_a_terminal_that_is_too_small_says_so_and_recovers(desk: Desk, size: tuple[int, int]) -> None:
    async with desk.open(desk.write(LOOP), size) as pilot:
        bench = bench_of(pilot)
        assert bench.query_one("#too-small").display
        await pilot.resize_terminal(120, 40)
        await settle(pilot)
        assert not bench.query_one("#too-small").display
        assert visible(bench) == set(PANES)


async def test_tab_goes_round_and_back(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP), (80, 24)) as pilot:
        bench = bench_of(pilot)
        seen = []
        for _ in range(4):
            await pilot.press("tab")
            seen.append(bench.layout_of_panes.current)
        assert seen == ["inspector", "timeline", "editor", "graph"]
        await pilot.press("shift+tab")
        assert bench.layout_of_panes.current == "editor"


@pytest.mark.parametrize("key", ["z", "f11"])
async def test_zoom_and_back(desk: Desk, key: str) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = bench_of(pilot)
        await pilot.press(key)
        await settle(pilot)
        assert visible(bench) == {"graph"}
        assert bench.graph.size.width > 110
        await pilot.press(key)
        await settle(pilot)
        assert visible(bench) == set(PANES)
        await pilot.press(key, "escape")
        await settle(pilot)
        assert visible(bench) == set(PANES)


async def test_zoom_moves_with_the_focus(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = bench_of(pilot)
        await pilot.press("z", "3")
        await settle(pilot)
        assert visible(bench) == {"inspector"}


async def test_a_click_on_a_tab_shows_its_pane(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP), (80, 24)) as pilot:
        bench = bench_of(pilot)
        await pilot.click([tab for tab in bench.query(PaneTab) if tab.pane == "timeline"][0])
        await settle(pilot)
        assert visible(bench) == {"graph", "timeline"}
        assert bench.layout_of_panes.current == "timeline"


@pytest.mark.parametrize("pane", PANES)
async def test_the_pane_with_the_focus_keeps_it_in_every_size(desk: Desk, pane: str) -> None:
    async with desk.open(desk.write(LOOP), (80, 24)) as pilot:
        bench = bench_of(pilot)
        bench.layout_of_panes.show(pane)
        await settle(pilot)
        for size in [(120, 40), (80, 24), (60, 20), (200, 60), (80, 24)]:
            await pilot.resize_terminal(*size)
            await settle(pilot)
            assert pane in visible(bench)
            assert pilot.app.focused is not None
            assert bench.query_one(f"#{pane}") in pilot.app.focused.ancestors_with_self
