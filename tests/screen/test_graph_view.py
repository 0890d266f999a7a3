"""Zoom, pan, fold, search, gates and mouse of the graph."""

from __future__ import annotations

import pytest
from textual.events import MouseMove

from agentflow_tui.history.run_state import NodeState, RunState
from agentflow_tui.tui.panes.graph.graph_pane import GraphPane
from tests.screen.graph_app import GraphApp, state_of
from tests.screen.long_chain import long_chain
from tests.unit.plan.plans import PLANS, worker_fan


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
    app = GraphApp(long_chain(40))
    async with app.run_test(size=(100, 20)) as pilot:
        assert _detail(app) == "names"
        await pilot.press("0")
        assert _detail(app) == "dots"
        assert app.screen_text().count("○") == 40
        await pilot.press("0")
        assert _detail(app) == "names"


async def test_after_a_zoom_the_selected_node_is_in_view() -> None:
    app = GraphApp(long_chain(60))
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
    app = GraphApp(long_chain(12))
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
    app = GraphApp(long_chain(12))
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
    app = GraphApp(long_chain(3))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("slash", *text)
        assert "\u202e" not in app.screen_text() and "no match" in app.rows()[-1]


async def test_a_line_into_a_frame_leaves_it_one_title() -> None:
    app = GraphApp(worker_fan(60))
    async with app.run_test(size=(100, 60)) as pilot:
        await pilot.press("L", "L")
        text = app.screen_text()
        assert "▼" in text and text.count("○ 60") == 1


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
