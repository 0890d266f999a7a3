from __future__ import annotations

from collections.abc import Mapping

import pytest

from agentflow_tui.history.run_state import NodeState, RunState
from agentflow_tui.plan.node import Chain, Step
from agentflow_tui.tui.panes.graph.graph_pane import GraphPane
from tests.screen.graph_app import GraphApp
from tests.screen.long_chain import long_chain
from tests.unit.plan.plans import PLANS, plan_of, worker_fan

_MODES = ["route", "collaborative", "sequential", "loop", "mixed"]


def _running(path: str) -> RunState:
    return RunState(status="running", nodes={path: NodeState(status="running", runs=1)})


@pytest.mark.parametrize("mode", _MODES)
@pytest.mark.parametrize("size", [(140, 42), (80, 24), (20, 5)])
async def test_every_mode_fills_every_size_of_pane(mode: str, size: tuple[int, int]) -> None:
    app = GraphApp(PLANS[mode])
    async with app.run_test(size=size, notifications=True, tooltips=True):
        pane = app.pane
        assert all(
            pane.render_line(y).cell_length == pane.scrollable_content_region.width
            for y in range(pane.size.height)
        )
        assert app.screen_text().strip()


@pytest.mark.parametrize(
    "size", [(width, height) for width in (30, 58, 60, 78, 80) for height in (8, 14, 24)]
)
async def test_scroll_bars_never_make_the_drawing_change_to_and_fro(size: tuple[int, int]) -> None:
    app = GraphApp(PLANS["stages"])
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        before = app.pane.layout_drawn
        await pilot.pause()
        await pilot.pause()
        assert before is not None and app.pane.layout_drawn is before


@pytest.mark.parametrize("mode", _MODES)
async def test_every_mode_shows_its_agents(mode: str) -> None:
    app = GraphApp(PLANS[mode])
    async with app.run_test(size=(140, 42)):
        text = app.screen_text()
        for node in PLANS[mode].nodes.values():
            if isinstance(node, Step):
                assert f"○ {node.agent}" in text
        assert "waiting" in text


async def test_without_a_plan_it_says_how_to_get_one() -> None:
    app = GraphApp(None)
    async with app.run_test(size=(80, 24)) as pilot:
        assert "Fix the problems to see the graph" in app.screen_text()
        app.pane.show_plan(PLANS["loop"])
        await pilot.pause()
        assert "quality_improver" in app.screen_text()
        app.pane.show_plan(None)
        await pilot.pause()
        assert "Fix the problems" in app.screen_text()


async def test_arrows_and_letters_move_among_the_boxes() -> None:
    app = GraphApp(PLANS["mixed"])
    async with app.run_test(size=(140, 42)) as pilot:
        for key, path in (
            ("right", "mixed/collaborative/analyst"),
            ("down", "mixed/collaborative/trends"),
            ("j", "mixed/collaborative/legal"),
            ("k", "mixed/collaborative/trends"),
            ("right", "mixed/sequential/draft"),
            ("l", "mixed/sequential/edit"),
            ("l", "mixed/sequential/edit"),
            ("h", "mixed/sequential/draft"),
            ("backspace", "mixed/sequential"),
        ):
            await pilot.press(key)
            assert app.pane.selected == path
        # Nothing is to the right of the last one, so nothing is told.
        assert len(app.heard) == 8


async def test_enter_asks_to_look_closer() -> None:
    app = GraphApp(PLANS["loop"])
    async with app.run_test(size=(100, 20)) as pilot:
        await pilot.press("down", "enter")
        assert app.heard[-1] == GraphPane.NodeEntered("loop/quality_improver")


async def test_the_selected_box_stands_out_without_colour() -> None:
    app = GraphApp(PLANS["loop"])
    async with app.run_test(size=(100, 20)) as pilot:
        assert "┏" not in app.screen_text()
        await pilot.press("down")
        assert "┏" in app.screen_text()


async def test_a_click_selects_the_box_under_the_pointer() -> None:
    app = GraphApp(PLANS["sequential"])
    async with app.run_test(size=(100, 10)) as pilot:
        rows = app.screen_text().split("\n")
        y = next(place for place, row in enumerate(rows) if "writer" in row)
        await pilot.click(GraphPane, offset=(rows[y].index("writer"), y))
        assert app.pane.selected == "sequential/writer"
        await pilot.click(GraphPane, offset=(0, 0))
        assert app.pane.selected == "sequential/writer"


async def test_a_click_in_a_scrolled_graph_selects_what_is_seen() -> None:
    app = GraphApp(worker_fan(50))
    async with app.run_test(size=(40, 12)) as pilot:
        app.pane.scroll_to(y=20, animate=False, force=True)
        await pilot.pause()
        rows = app.screen_text().split("\n")
        name = next(word for word in rows[5].split() if word.startswith("worker-"))
        await pilot.click(GraphPane, offset=(rows[5].index(name), 5))
        assert app.pane.selected == f"fan/{name}"


async def test_zoom_shows_more_or_less() -> None:
    app = GraphApp(PLANS["sequential"])
    async with app.run_test(size=(100, 20)) as pilot:

        def height() -> int:
            assert app.pane.layout_drawn is not None
            return app.pane.layout_drawn.boxes["sequential/writer"].height

        assert height() == 4
        await pilot.press("minus")
        assert height() == 3
        await pilot.press("plus")
        assert height() == 4
        await pilot.press("minus", "0")
        assert height() == 4


async def test_turning_goes_right_then_down_then_back_to_what_fits() -> None:
    app = GraphApp(PLANS["sequential"])
    async with app.run_test(size=(100, 24)) as pilot:
        seen = []
        for _ in range(3):
            await pilot.press("L")
            assert app.pane.layout_drawn is not None
            seen.append((app.pane.direction, app.pane.layout_drawn.style.direction))
        assert seen == [("right", "right"), ("down", "down"), ("auto", "right")]


def _kind(app: GraphApp, path: str) -> str:
    assert app.pane.layout_drawn is not None
    return app.pane.layout_drawn.boxes[path].kind


async def test_a_wide_fan_out_opens_and_folds_again() -> None:
    app = GraphApp(worker_fan(12))
    async with app.run_test(size=(100, 24)) as pilot:
        assert "12 branches" in app.screen_text()
        await pilot.press("down", "backspace", "enter")
        assert _kind(app, "fan/worker-11") == "step"
        await pilot.press("enter")
        assert _kind(app, "fan/worker-11") == "cell"


async def test_a_folded_fan_out_counts_its_branches() -> None:
    app = GraphApp(worker_fan(12))
    states = {f"fan/worker-{place}": NodeState(status="completed", runs=1) for place in range(5)}
    async with app.run_test(size=(100, 24)) as pilot:
        app.pane.show_state(RunState(status="running", nodes=states))
        await pilot.pause()
        assert "5 done · 7 waiting" in app.screen_text()


async def test_following_brings_the_running_agent_into_view() -> None:
    app = GraphApp(long_chain(12))
    async with app.run_test(size=(40, 12)) as pilot:
        assert "agent-11" not in app.screen_text()
        app.pane.show_state(_running("s/agent-11"))
        await pilot.pause()
        assert "agent-11" in app.screen_text()


async def test_without_following_the_view_stays_until_it_is_asked_for() -> None:
    app = GraphApp(long_chain(12))
    async with app.run_test(size=(40, 12)) as pilot:
        await pilot.press("F")
        app.pane.show_state(_running("s/agent-11"))
        await pilot.pause()
        assert "agent-11" not in app.screen_text()
        await pilot.press("F")
        await pilot.pause()
        assert "agent-11" in app.screen_text()


@pytest.mark.parametrize(
    "text", ["[/foo]", "z [b + [/]", "[red", "x[0]", "['a']", "\x1b[31mred", "\u202egnp.exe"]
)
async def test_hostile_text_is_shown_and_never_obeyed(text: str) -> None:
    plan = plan_of(Chain("s", text, (Step("s/x", text), Step("s/y", "y"))))
    nodes: Mapping[str, NodeState] = {
        "s/x": NodeState(status="running", runs=1, subtitle=text),
        "s/y": NodeState(status="failed", runs=1, reason=text),
    }
    app = GraphApp(plan)
    async with app.run_test(size=(100, 10)) as pilot:
        app.pane.show_state(RunState(status="running", nodes=nodes))
        await pilot.pause()
        shown = app.screen_text()
        assert "\x1b" not in shown and "\u202e" not in shown
        assert text.replace("\x1b", "␛").replace("\u202e", "\N{REPLACEMENT CHARACTER}") in shown


async def test_wide_characters_never_push_the_border_away() -> None:
    app = GraphApp(PLANS["wide"])
    async with app.run_test(size=(160, 10)) as pilot:
        node = NodeState(status="running", runs=1, subtitle="文字化け 🎉 テキスト" * 5)
        app.pane.show_state(RunState(status="running", nodes={"sequential/分析者": node}))
        await pilot.pause()
        assert {app.pane.render_line(y).cell_length for y in range(10)} <= {160}
