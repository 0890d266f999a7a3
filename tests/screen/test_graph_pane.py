from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace

import pytest
from textual.geometry import Region

from agentflow_tui.history.run_state import NodeState, RunState
from agentflow_tui.plan.node import Chain, Plan, Step
from agentflow_tui.tui.panes.graph.graph_pane import GraphPane
from tests.screen.graph_app import GraphApp
from tests.unit.plan.plans import PLANS, plan_of, steps, worker_fan

_MODES = ["route", "collaborative", "sequential", "loop", "mixed"]


def _state(status: str = "running", /, **nodes: NodeState) -> RunState:
    return RunState(status=status, nodes={path.replace("__", "/"): node for path, node in nodes.items()})


def _running(path: str) -> RunState:
    return RunState(status="running", nodes={path: NodeState(status="running", runs=1)})


def _colour(app: GraphApp, text: str) -> str:
    for y in range(app.pane.size.height):
        for segment in app.pane.render_line(y):
            if text in segment.text and segment.style is not None and segment.style.color is not None:
                return segment.style.color.name
    raise AssertionError(f"{text!r} is not on the screen")


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


@pytest.mark.parametrize(
    ("status", "glyph", "word"),
    [
        ("completed", "●", "done"),
        ("failed", "✗", "failed"),
        ("skipped", "⊘", "skipped"),
        ("cancelled", "⊗", "cancelled"),
        ("paused", "⏸", "paused"),
        ("retrying", "↻", "retrying"),
        ("throttled", "◌", "throttled"),
        ("open", "⚡", "open"),
    ],
)
async def test_status_is_glyph_word_and_colour(status: str, glyph: str, word: str) -> None:
    app = GraphApp(PLANS["sequential"])
    async with app.run_test(size=(100, 10)) as pilot:
        app.pane.show_state(_state(sequential__cleaner=NodeState(status=status, runs=1)))
        await pilot.pause()
        text = app.screen_text()
        assert f"{glyph} cleaner" in text and f" {word} " in text
        wanted = app.pane.get_component_rich_style(f"graph--{status}").color
        assert wanted is not None and _colour(app, glyph) == wanted.name


async def test_running_shows_the_last_words_and_how_often_it_ran() -> None:
    app = GraphApp(PLANS["sequential"])
    async with app.run_test(size=(100, 10)) as pilot:
        words = "the first words are long gone but the last stay"
        node = NodeState(status="running", runs=3, started_at=0.0, subtitle=words)
        app.pane.show_state(_state(sequential__writer=node))
        await pilot.pause()
        text = app.screen_text()
        assert (
            "but the last stay" in text and "first words" not in text and "3×" in text and " running " in text
        )


async def test_done_shows_how_long_it_took_and_failed_shows_why() -> None:
    app = GraphApp(PLANS["sequential"])
    async with app.run_test(size=(100, 10)) as pilot:
        app.pane.show_state(
            _state(
                sequential__cleaner=NodeState(status="completed", runs=1, started_at=1.0, ended_at=2.5),
                sequential__writer=NodeState(status="failed", runs=1, reason="timeout after 30 s"),
            )
        )
        await pilot.pause()
        assert "done · 1.5 s" in app.screen_text() and "timeout after 30 s" in app.screen_text()


async def test_the_paused_step_is_marked_even_when_it_never_ran() -> None:
    app = GraphApp(PLANS["sequential"])
    async with app.run_test(size=(100, 10)) as pilot:
        app.pane.show_state(RunState(status="paused", paused_path="sequential/writer"))
        await pilot.pause()
        assert "⏸ writer" in app.screen_text()
        app.pane.show_state(RunState(status="running"))
        await pilot.pause()
        assert "○ writer" in app.screen_text()


async def test_the_loop_says_which_iteration_it_is_in() -> None:
    app = GraphApp(PLANS["loop"])
    async with app.run_test(size=(100, 12)) as pilot:
        assert "max 10" in app.screen_text()
        app.pane.show_state(_state(loop=NodeState(status="running", iteration=3)))
        await pilot.pause()
        assert "iteration 3/10" in app.screen_text() and "max 10" not in app.screen_text()


async def test_the_way_taken_is_lit_and_the_others_are_dim() -> None:
    app = GraphApp(PLANS["route"])
    async with app.run_test(size=(100, 20)) as pilot:
        plain = _colour(app, "otherwise")
        app.pane.show_state(
            _state(
                route=NodeState(status="running", taken="route/support"),
                route__support=NodeState(status="running", runs=1),
            )
        )
        await pilot.pause()
        taken, other = _colour(app, "priority"), _colour(app, "otherwise")
        assert len({plain, taken, other}) == 3
        assert _colour(app, "contains") == other


async def test_tokens_repaint_only_the_rows_they_are_in(monkeypatch: pytest.MonkeyPatch) -> None:
    app = GraphApp(PLANS["sequential"])
    async with app.run_test(size=(100, 10)) as pilot:
        pane = app.pane
        node = NodeState(status="running", runs=1)
        pane.show_state(_state(sequential__writer=node))
        await pilot.pause()
        regions: list[Region] = []
        monkeypatch.setattr(pane, "refresh", lambda *found, **_: regions.extend(found or (pane.region,)))
        pane.show_state(_state(sequential__writer=replace(node, subtitle="a token")))
        assert regions == []
        pane.spin()
        assert pane.layout_drawn is not None
        box = pane.layout_drawn.boxes["sequential/writer"]
        place = Region(box.x, box.y, box.width, box.height).translate(pane.viewport.margin)
        # The spinner in the row of the name with the marks that lead to it, and the words below it.
        assert sorted((region.y - place.y, region.height) for region in regions) == [(1, 1), (2, 1)]
        assert all(place.x - 2 <= region.x and region.right <= place.right for region in regions)
        assert "a token" in app.screen_text()


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


def _long_chain() -> Plan:
    return plan_of(Chain("s", "sequential", steps("s", *(f"agent-{place}" for place in range(12)))))


async def test_following_brings_the_running_agent_into_view() -> None:
    app = GraphApp(_long_chain())
    async with app.run_test(size=(40, 12)) as pilot:
        assert "agent-11" not in app.screen_text()
        app.pane.show_state(_running("s/agent-11"))
        await pilot.pause()
        assert "agent-11" in app.screen_text()


async def test_without_following_the_view_stays_until_it_is_asked_for() -> None:
    app = GraphApp(_long_chain())
    async with app.run_test(size=(40, 12)) as pilot:
        await pilot.press("F")
        app.pane.show_state(_running("s/agent-11"))
        await pilot.pause()
        assert "agent-11" not in app.screen_text()
        await pilot.press("F")
        await pilot.pause()
        assert "agent-11" in app.screen_text()


async def test_the_spinner_turns_only_while_something_runs() -> None:
    app = GraphApp(PLANS["sequential"])
    async with app.run_test(size=(100, 10)) as pilot:
        assert not app.pane.is_spinning
        app.pane.show_state(_state(sequential__writer=NodeState(status="running", runs=1)))
        assert app.pane.is_spinning
        await pilot.pause()
        glyphs = set()
        for _ in range(4):
            app.pane.spin()
            row = next(row for row in app.screen_text().split("\n") if "writer" in row)
            glyphs.add(row[row.index("writer") - 2])
        assert len(glyphs) == 4
        app.pane.show_state(_state("completed", sequential__writer=NodeState(status="completed", runs=1)))
        assert not app.pane.is_spinning


async def test_the_spinner_stands_still_when_movement_is_unwanted() -> None:
    app = GraphApp(PLANS["sequential"])
    async with app.run_test(size=(100, 10)):
        app.animation_level = "none"
        app.pane.show_state(_state(sequential__writer=NodeState(status="running", runs=1)))
        assert not app.pane.is_spinning and "◐ writer" in app.screen_text()


async def test_fifty_running_agents_turn_cheaply() -> None:
    app = GraphApp(worker_fan(50))
    nodes = {f"fan/worker-{place}": NodeState(status="running", runs=1) for place in range(50)}
    async with app.run_test(size=(140, 42)):
        app.pane.show_state(RunState(status="running", nodes=nodes))
        app.screen_text()
        start = time.process_time()
        for _ in range(8):
            app.pane.spin()
            app.screen_text()
        # Eight turns are one second of running: the processor is to stay almost idle.
        assert time.process_time() - start < 0.2


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


async def test_while_a_run_is_paused_its_frames_say_so() -> None:
    app = GraphApp(PLANS["loop"])
    nodes = {
        "loop": NodeState(status="running", runs=1, iteration=3),
        "loop/quality_improver": NodeState(status="paused", runs=2),
    }
    async with app.run_test(size=(100, 24)) as pilot:
        app.pane.show_state(RunState(status="running", nodes=nodes))
        await pilot.pause()
        assert "◐ loop" in app.screen_text()
        app.pane.show_state(RunState(status="paused", paused_path="loop/quality_improver", nodes=nodes))
        await pilot.pause()
        assert "⏸ loop" in app.screen_text() and "running" not in app.screen_text()


@pytest.mark.parametrize(("runs", "word"), [(0, "not run"), (2, "cancelled")])
async def test_after_the_end_nothing_waits(runs: int, word: str) -> None:
    app = GraphApp(PLANS["loop"])
    nodes = {
        "loop": NodeState(status="cancelled", runs=1, iteration=runs + 1),
        "loop/quality_improver": NodeState(runs=runs),
    }
    async with app.run_test(size=(100, 24)) as pilot:
        app.pane.show_state(RunState(status="cancelled", nodes=nodes))
        await pilot.pause()
        assert "waiting" not in app.screen_text() and word in app.screen_text()


@pytest.mark.parametrize("columns", [38, 61])
async def test_in_a_narrow_pane_a_loop_says_its_iteration_in_full(columns: int) -> None:
    app = GraphApp(PLANS["loop"])
    nodes = {"loop": NodeState(status="running", runs=1, iteration=7)}
    async with app.run_test(size=(columns, 18)) as pilot:
        app.pane.show_state(RunState(status="running", nodes=nodes))
        await pilot.pause()
        assert "iteration 7/10" in app.screen_text()


async def test_a_folded_fan_out_says_at_its_top_how_far_it_is() -> None:
    app = GraphApp(worker_fan(30))
    states = {f"fan/worker-{place}": NodeState(status="completed", runs=1) for place in range(12)}
    states["fan"] = NodeState(status="running", runs=1)
    async with app.run_test(size=(38, 18)) as pilot:
        app.pane.show_state(RunState(status="running", nodes=states))
        await pilot.pause()
        top = next(row for row in app.rows() if "30 branches" in row)
        assert "30 branches · 12 done" in top
        states["fan/worker-20"] = NodeState(status="failed", runs=1)
        app.pane.show_state(RunState(status="running", nodes=dict(states)))
        await pilot.pause()
        assert "30 branches · 12 done" in app.screen_text() and "worker-0" in app.screen_text()
