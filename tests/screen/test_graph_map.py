"""The map in a corner of a graph that is larger than its pane."""

from __future__ import annotations

import pytest
from textual.geometry import Region

from agentflow_tui.history.run_state import NodeState, RunState
from agentflow_tui.tui.panes.graph.graph_pane import GraphPane
from tests.screen.graph_app import GraphApp, state_of
from tests.screen.long_chain import long_chain
from tests.unit.plan.plans import PLANS


async def test_a_graph_larger_than_the_pane_has_a_map_that_can_be_hidden() -> None:
    app = GraphApp(long_chain(60))
    async with app.run_test(size=(80, 24)) as pilot:
        place = app.pane.minimap_place
        assert place is not None and app.screen_text().count("▪") > 10
        await pilot.press("M")
        assert app.pane.minimap_place is None and "▪" not in app.screen_text()
        await pilot.press("M")
        app.pane.show_plan(PLANS["sequential"])
        assert app.pane.minimap_place is None


@pytest.mark.parametrize(
    ("count", "size", "has_map"),
    [(60, (60, 18), True), (60, (59, 18), False), (60, (60, 17), False), (5, (60, 18), False)],
)
async def test_only_a_large_pane_with_a_much_larger_graph_has_a_map(
    count: int, size: tuple[int, int], has_map: bool
) -> None:
    app = GraphApp(long_chain(count))
    async with app.run_test(size=size) as pilot:
        await pilot.press("L", "L")
        layout = app.pane.layout_drawn
        assert layout is not None and layout.height > size[1]
        assert (app.pane.minimap_place is not None) is has_map


async def test_the_map_never_hides_the_selected_node() -> None:
    app = GraphApp(long_chain(60))
    async with app.run_test(size=(80, 24)) as pilot:
        pane = app.pane
        corners = set()
        for path in list(pane.boxes):
            pane.selected = path
            await pilot.pause()
            box, place = pane.boxes[path], pane.minimap_place
            region = Region(box.x, box.y, box.width, box.height).translate(pane.viewport.shift)
            assert place is not None and not place.overlaps(region)
            corners.add(place.offset)
        assert len(corners) > 1


async def test_the_map_makes_way_for_the_agents_that_run() -> None:
    app = GraphApp(long_chain(60))
    async with app.run_test(size=(80, 24)) as pilot:
        pane = app.pane
        corners = set()
        for number in range(60):
            nodes = {f"s/agent-{number}": NodeState("running", 1, started_at=0.0)}
            pane.show_state(RunState(status="running", nodes=nodes), is_live=False)
            await pilot.pause()
            box, place = pane.boxes[f"s/agent-{number}"], pane.minimap_place
            assert place is not None and not place.overlaps(pane.viewport.shown(box))
            corners.add(place.offset)
        assert len(corners) > 1


async def test_a_click_in_the_map_goes_there() -> None:
    app = GraphApp(long_chain(60))
    async with app.run_test(size=(80, 24)) as pilot:
        place = app.pane.minimap_place
        assert place is not None and "agent-57" not in app.screen_text()
        await pilot.click(GraphPane, offset=(place.x + 2, place.bottom - 2))
        await pilot.pause()
        assert "agent-57" in app.screen_text() and app.pane.selected == ""


async def test_the_map_shows_where_it_failed() -> None:
    app = GraphApp(long_chain(60))
    async with app.run_test(size=(80, 24)) as pilot:
        calm = {app.style_of("▪")}
        app.pane.show_state(state_of(s__agent_0=NodeState("completed", 1)))
        app.pane.show_state(RunState(status="failed", nodes={"s/agent-0": NodeState("failed", 1)}))
        await pilot.pause()
        assert app.style_of("▪") not in calm


async def test_the_map_takes_the_corner_with_the_fewest_boxes_under_it() -> None:
    app = GraphApp(long_chain(60))
    async with app.run_test(size=(80, 24)) as pilot:
        pane = app.pane
        await pilot.press("L", "L")
        for y in range(0, 60, 3):
            pane.scroll_to(0, y, animate=False, force=True)
            await pilot.pause()
            place, seen = pane.minimap_place, pane.seen_size
            assert place is not None
            shown = [pane.viewport.shown(box) for box in pane.boxes.values() if box.kind != "frame"]
            right, low = seen.width - place.width, seen.height - place.height
            corners = [Region(x, y, place.width, place.height) for x in (0, right) for y in (0, low)]
            assert place in corners
            assert sum(map(place.overlaps, shown)) == min(sum(map(each.overlaps, shown)) for each in corners)


async def test_a_graph_that_fits_has_no_map_whatever_its_zoom() -> None:
    app = GraphApp(long_chain(60))
    async with app.run_test(size=(80, 24)) as pilot:
        pane = app.pane
        assert pane.minimap_place is not None
        await pilot.press("0")
        layout = pane.layout_drawn
        assert layout is not None and layout.width <= 80 and layout.height <= 24
        assert pane.minimap_place is None
        await pilot.press("0")
        assert pane.minimap_place is not None
        await pilot.resize_terminal(400, 200)
        await pilot.pause()
        assert pane.minimap_place is None
