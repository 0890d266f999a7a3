from __future__ import annotations

import pytest
from textual.events import MouseMove
from textual.pilot import Pilot

from agentflow_tui.tui.pane_edges import LEAST_COLUMNS
from agentflow_tui.tui.pane_tabs import PANES
from agentflow_tui.tui.preferences import PanePreferences
from agentflow_tui.tui.screens.workbench_screen import WorkbenchScreen
from tests.screen.desk import LOOP, Desk, bench_of, settle

WIDE, MEDIUM = (140, 42), (80, 24)


def widths(bench: WorkbenchScreen) -> dict[str, int]:
    shown = [bench.query_one(f"#{name}") for name in PANES if bench.query_one(f"#{name}").display]
    return {str(pane.id): pane.region.width for pane in shown}


async def drag(pilot: Pilot[None], start: tuple[int, int], end: tuple[int, int]) -> None:
    await pilot.mouse_down(offset=start)
    for place in (((start[0] + end[0]) // 2, (start[1] + end[1]) // 2), end):
        await pilot._post_mouse_events([MouseMove], offset=place, button=1)
    await pilot.mouse_up(offset=end)
    await settle(pilot)


async def test_an_edge_is_dragged_from_either_border_and_stays_there(desk: Desk) -> None:
    path = desk.write(LOOP)
    async with desk.open(path, WIDE) as pilot:
        bench = bench_of(pilot)
        edge = bench.graph.region.x
        await drag(pilot, (edge, 10), (edge + 12, 11))
        assert bench.graph.region.x == pytest.approx(edge + 12, abs=1)
        edge = bench.inspector.region.x
        await drag(pilot, (edge - 1, 10), (edge - 11, 12))
        assert bench.inspector.region.x == pytest.approx(edge - 10, abs=1)
        assert sum(widths(bench)[name] for name in ("editor", "graph", "inspector")) == WIDE[0]
        assert not bench.get_selected_text() and bench.graph.scroll_offset.x == 0
        kept = widths(bench)
    assert desk.settings.read()[0].panes.editor > 0
    async with desk.open(path, WIDE) as pilot:
        assert widths(bench_of(pilot)) == kept


async def test_the_timeline_is_dragged_higher_and_a_double_click_gives_all_sizes_back(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP), WIDE) as pilot:
        bench = bench_of(pilot)
        usual, top = widths(bench), bench.timeline.region.y
        await drag(pilot, (60, top - 1), (60, top - 9))
        assert bench.timeline.region.y == top - 8
        await pilot.press("1", "alt+right")
        await settle(pilot)
        assert widths(bench) != usual
        await pilot.click(offset=(60, bench.timeline.region.y - 1), times=2)
        await settle(pilot)
        assert widths(bench) == usual and bench.timeline.region.y == top
        assert not bench.layout_of_panes.is_zoomed
        assert desk.settings.read()[0].panes == PanePreferences()


@pytest.mark.parametrize(
    ("size", "pane", "grows"),
    [(WIDE, "1", "editor"), (WIDE, "2", "graph"), (WIDE, "3", "inspector"), (MEDIUM, "2", "graph")]
    + [(MEDIUM, "1", "editor"), (MEDIUM, "3", "inspector"), (MEDIUM, "4", "timeline")],
)
async def test_keys_make_a_pane_larger_and_smaller(
    desk: Desk, size: tuple[int, int], pane: str, grows: str
) -> None:
    async with desk.open(desk.write(LOOP), size) as pilot:
        bench = bench_of(pilot)
        # In the editor the bracket is typed; the twin with alt works everywhere.
        await pilot.press(pane)
        await settle(pilot)
        before = widths(bench)[grows]
        await pilot.press("alt+right")
        await settle(pilot)
        assert widths(bench)[grows] > before
        await pilot.press("alt+left", "alt+left")
        await settle(pilot)
        assert widths(bench)[grows] < before


async def test_the_timeline_grows_by_rows(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP), WIDE) as pilot:
        bench = bench_of(pilot)
        before = bench.timeline.region.height
        await pilot.press("4", "right_curly_bracket", "right_curly_bracket", "left_curly_bracket")
        await settle(pilot)
        assert bench.timeline.region.height == before + 1
        await pilot.press("alt+0")
        await settle(pilot)
        assert bench.timeline.region.height == before


@pytest.mark.parametrize("size", [WIDE, MEDIUM])
async def test_no_pane_gets_too_narrow_to_read(desk: Desk, size: tuple[int, int]) -> None:
    async with desk.open(desk.write(LOOP), size) as pilot:
        bench = bench_of(pilot)
        for end in (0, size[0] - 1):
            await drag(pilot, (bench.graph.region.x, 10), (end, 10))
            assert min(widths(bench).values()) >= LEAST_COLUMNS - 1
            assert sum(widths(bench)[name] for name in widths(bench) if name != "timeline") == size[0]


async def test_sizes_survive_another_width_and_one_pane_has_no_edge(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP), MEDIUM) as pilot:
        bench = bench_of(pilot)
        await drag(pilot, (bench.graph.region.x, 10), (bench.graph.region.x - 10, 10))
        kept = widths(bench)
        await pilot.resize_terminal(60, 20)
        await settle(pilot)
        assert widths(bench) == {"graph": 60}
        await pilot.press("right_curly_bracket")
        assert widths(bench) == {"graph": 60}
        await pilot.resize_terminal(*MEDIUM)
        await settle(pilot)
        assert widths(bench) == kept


async def test_a_double_click_on_a_title_still_zooms(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP), WIDE) as pilot:
        bench = bench_of(pilot)
        await pilot.click("#graph", offset=(5, 0), times=2)
        await settle(pilot)
        assert bench.layout_of_panes.is_zoomed
