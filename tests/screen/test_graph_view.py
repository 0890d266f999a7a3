"""Zoom, pan, fold, search, minimap and mouse of the graph."""

from __future__ import annotations

import pytest
from textual.events import MouseMove
from textual.geometry import Region

from agentflow_tui.history.run_state import NodeState, RunState
from agentflow_tui.plan.node import Chain, Plan
from agentflow_tui.tui.panes.graph.graph_pane import GraphPane
from tests.screen.graph_app import GraphApp, state_of
from tests.unit.plan.plans import PLANS, plan_of, steps, worker_fan


def _chain(count: int) -> Plan:
    return plan_of(Chain("s", "sequential", steps("s", *(f"agent-{place}" for place in range(count)))))


def _detail(app: GraphApp) -> str:
    assert app.pane.layout_drawn is not None
    return app.pane.layout_drawn.style.detail


async def test_zoom_goes_from_full_to_names_to_dots_and_back() -> None:
    app = GraphApp(PLANS["sequential"])
    async with app.run_test(size=(100, 20)) as pilot:
        seen = [_detail(app)]
        for key in ("minus", "minus", "minus", "plus", "equals_sign", "plus"):
            await pilot.press(key)
            seen.append(_detail(app))
        assert seen == ["full", "names", "dots", "dots", "names", "full", "full"]


async def test_a_dot_says_its_name_below_when_it_is_selected_and_is_marked_without_colour() -> None:
    app = GraphApp(PLANS["sequential"])
    async with app.run_test(size=(100, 20)) as pilot:
        await pilot.press("minus", "minus", "right", "right")
        assert app.pane.selected == "sequential/writer"
        assert "writer" in str(app.pane.border_subtitle) and "writer" not in app.screen_text()
        row = next(y for y, text in enumerate(app.rows()) if "▶" in text)
        marked = [one for one in app.pane.render_line(row) if one.style is not None and one.style.reverse]
        assert [one.text for one in marked] == ["○"]


async def test_fit_shows_all_of_it_and_again_what_can_be_read() -> None:
    app = GraphApp(_chain(40))
    async with app.run_test(size=(100, 20)) as pilot:
        assert _detail(app) == "names"
        await pilot.press("0")
        assert _detail(app) == "dots"
        assert app.screen_text().count("○") == 40
        await pilot.press("0")
        assert _detail(app) == "names"


async def test_after_a_zoom_the_selected_node_is_in_view() -> None:
    app = GraphApp(_chain(60))
    async with app.run_test(size=(80, 20)) as pilot:
        await pilot.press("minus", "slash", *"agent-57", "enter", "escape", "plus", "plus")
        await pilot.pause()
        assert app.pane.selected == "s/agent-57"
        assert "agent-57" in app.screen_text()


@pytest.mark.parametrize("modifier", ["shift", "ctrl"])
async def test_the_view_moves_by_keys_and_stops_to_follow(modifier: str) -> None:
    app = GraphApp(worker_fan(8))
    async with app.run_test(size=(24, 10)) as pilot:
        await pilot.press("L")
        pane = app.pane
        assert pane.is_following
        await pilot.press(f"{modifier}+down")
        assert pane.scroll_offset.y == 2 and not pane.is_following
        await pilot.press(f"{modifier}+up")
        assert pane.scroll_offset.y == 0
        await pilot.press(f"{modifier}+right")
        assert pane.scroll_offset.x == 4
        await pilot.press(f"{modifier}+left", f"{modifier}+left")
        assert pane.scroll_offset.x == 0


async def test_dragging_moves_the_view_and_selects_nothing() -> None:
    app = GraphApp(worker_fan(8))
    async with app.run_test(size=(60, 12)) as pilot:
        await pilot.press("L")
        await pilot.mouse_down(GraphPane, offset=(20, 9))
        await pilot._post_mouse_events([MouseMove], GraphPane, offset=(20, 4), button=1)
        await pilot.mouse_up(GraphPane, offset=(20, 4))
        assert app.pane.scroll_offset.y == 5 and app.pane.selected == ""
        await pilot.hover(GraphPane, offset=(20, 2))
        assert app.pane.scroll_offset.y == 5


async def test_enter_folds_a_frame_to_one_box_and_opens_it_again() -> None:
    app = GraphApp(PLANS["stages"])
    async with app.run_test(size=(140, 42)) as pilot:
        await pilot.press("slash", *"build", "enter", "escape")
        assert app.pane.selected == "s/build"
        await pilot.press("enter")
        assert app.kind("s/build") == "closed"
        assert "designer" not in app.screen_text() and "4 agents inside" in app.screen_text()
        await pilot.press("enter")
        assert app.kind("s/build") == "frame" and "designer" in app.screen_text()


async def test_what_is_folded_counts_what_is_inside_and_names_who_runs() -> None:
    app = GraphApp(PLANS["stages"])
    async with app.run_test(size=(140, 42)) as pilot:
        await pilot.press("slash", *"build", "enter", "escape", "enter")
        fixer = NodeState("running", 1, started_at=0.0)
        nodes = {
            "s/build": NodeState("running", 1, started_at=0.0),
            "s/build/choices": NodeState("running", 1),
        }
        app.pane.show_state(RunState(status="running", nodes={**nodes, "s/fix/loop/body/fixer": fixer}))
        await pilot.pause()
        assert "1 running · 3 waiting" in app.screen_text() or "fixer" in app.screen_text()


async def test_folds_are_kept_while_the_plan_changes_elsewhere() -> None:
    app = GraphApp(PLANS["stages"])
    async with app.run_test(size=(140, 42)) as pilot:
        await pilot.press("slash", *"triage", "enter", "escape", "enter")
        folded = app.pane.selected
        assert app.pane.boxes[folded].is_folded
        app.pane.show_plan(PLANS["loop"])
        app.pane.show_plan(PLANS["stages"])
        assert app.pane.boxes[folded].is_folded


async def test_a_double_click_on_a_frame_folds_it() -> None:
    app = GraphApp(PLANS["loop"])
    async with app.run_test(size=(100, 20)) as pilot:
        rows = app.rows()
        y = next(place for place, row in enumerate(rows) if "max 10" in row)
        await pilot.click(GraphPane, offset=(rows[y].index("max 10"), y), times=2)
        assert app.pane.selected == "loop" and app.kind("loop") == "closed"


async def test_a_double_click_on_an_agent_looks_closer() -> None:
    app = GraphApp(PLANS["sequential"])
    async with app.run_test(size=(100, 10)) as pilot:
        rows = app.rows()
        y = next(place for place, row in enumerate(rows) if "writer" in row)
        await pilot.click(GraphPane, offset=(rows[y].index("writer"), y), times=2)
        assert app.heard[-1] == GraphPane.NodeEntered("sequential/writer")


async def test_searching_goes_to_the_match_and_n_goes_round() -> None:
    app = GraphApp(_chain(12))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("slash", *"ent-1")
        assert "/ent-1" in app.rows()[-1] and "1/3" in app.rows()[-1]
        assert app.pane.selected == "s/agent-1"
        await pilot.press("enter", "n")
        assert app.pane.selected == "s/agent-10" and "2/3" in app.rows()[-1]
        await pilot.press("n", "n")
        assert app.pane.selected == "s/agent-1"
        await pilot.press("N")
        assert app.pane.selected == "s/agent-11"
        await pilot.press("escape")
        assert "/ent-1" not in app.screen_text()


async def test_typing_a_search_triggers_no_other_key_and_backspace_takes_back() -> None:
    app = GraphApp(_chain(12))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("slash", *"LFuM0", "backspace", "backspace")
        pane = app.pane
        assert pane.search.needle == "LFu" and "no match" in app.rows()[-1]
        assert pane.direction == "auto" and pane.has_minimap and not pane.is_as_it_ran


async def test_searching_opens_what_is_folded_around_the_match() -> None:
    app = GraphApp(PLANS["mixed"])
    async with app.run_test(size=(140, 42)) as pilot:
        await pilot.press("slash", *"draft", "enter", "escape", "backspace", "enter")
        assert "mixed/sequential/draft" not in app.pane.boxes
        await pilot.press("slash", *"draft")
        assert app.pane.selected == "mixed/sequential/draft"


@pytest.mark.parametrize("text", ["[/foo]", "\u202egnp", "[red"])
async def test_a_hostile_search_is_shown_and_never_obeyed(text: str) -> None:
    app = GraphApp(_chain(3))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("slash", *text)
        assert "\u202e" not in app.screen_text() and "no match" in app.rows()[-1]


async def test_a_graph_larger_than_the_pane_has_a_map_that_can_be_hidden() -> None:
    app = GraphApp(_chain(60))
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
    app = GraphApp(_chain(count))
    async with app.run_test(size=size) as pilot:
        await pilot.press("L", "L")
        layout = app.pane.layout_drawn
        assert layout is not None and layout.height > size[1]
        assert (app.pane.minimap_place is not None) is has_map


async def test_the_map_never_hides_the_selected_node() -> None:
    app = GraphApp(_chain(60))
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
    app = GraphApp(_chain(60))
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


async def test_a_line_into_a_frame_leaves_it_one_title() -> None:
    app = GraphApp(worker_fan(60))
    async with app.run_test(size=(100, 60)) as pilot:
        await pilot.press("L", "L")
        text = app.screen_text()
        assert "▼" in text and text.count("○ 60") == 1


async def test_a_click_in_the_map_goes_there() -> None:
    app = GraphApp(_chain(60))
    async with app.run_test(size=(80, 24)) as pilot:
        place = app.pane.minimap_place
        assert place is not None and "agent-57" not in app.screen_text()
        await pilot.click(GraphPane, offset=(place.x + 2, place.bottom - 2))
        await pilot.pause()
        assert "agent-57" in app.screen_text() and app.pane.selected == ""


async def test_the_map_shows_where_it_failed() -> None:
    app = GraphApp(_chain(60))
    async with app.run_test(size=(80, 24)) as pilot:
        calm = {app.style_of("▪")}
        app.pane.show_state(state_of(s__agent_0=NodeState("completed", 1)))
        app.pane.show_state(RunState(status="failed", nodes={"s/agent-0": NodeState("failed", 1)}))
        await pilot.pause()
        assert app.style_of("▪") not in calm


async def test_gates_say_which_of_them_let_the_run_through() -> None:
    app = GraphApp(PLANS["gates"])
    async with app.run_test(size=(180, 40)) as pilot:
        text = app.screen_text()
        assert "○ when priority == 'high'" in text and "○ needs raw_data, customer" in text
        assert "○ must hold has(risk) and risk < 10" in text
        reason = "stage 'risk' success condition not met: has(risk) and risk < 10"
        app.pane.show_state(state_of("failed", g__risk=NodeState("failed", 1, reason=reason)))
        await pilot.pause()
        assert "● needs raw_data" in app.screen_text() and "✗ must hold" in app.screen_text()
        app.pane.show_state(state_of(g__risk=NodeState("skipped", 0, reason="when is false")))
        await pilot.pause()
        assert "⊘ when priority" in app.screen_text()


async def test_what_the_run_passed_by_is_dim_and_says_so() -> None:
    app = GraphApp(PLANS["gates"])
    async with app.run_test(size=(180, 40)) as pilot:
        plain = app.style_of("banker")
        app.pane.show_state(
            state_of(
                g__risk=NodeState("skipped"),
                g__pick__choices=NodeState("running", 1, taken="g/pick/choices/junior"),
                g__pick__choices__junior=NodeState("running", 1),
            )
        )
        await pilot.pause()
        text = app.screen_text()
        assert "⊘ banker" in text and "⊘ senior" in text and "not taken" in text and "◐ junior" in text
        assert app.style_of("banker") != plain and app.style_of("banker") == app.style_of("senior")


async def test_branches_say_whether_they_are_required() -> None:
    app = GraphApp(PLANS["gates"])
    async with app.run_test(size=(180, 40)):
        assert "legal · required" in app.screen_text() and "money · optional" in app.screen_text()


async def test_the_map_takes_the_corner_with_the_fewest_boxes_under_it() -> None:
    app = GraphApp(_chain(60))
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
    app = GraphApp(_chain(60))
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
