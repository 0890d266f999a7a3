"""What the graph says of a run: who runs, who is done or failed, in which iteration, by which way."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from textual.geometry import Region

from agentflow_tui.history.run_state import NodeState, RunState
from tests.screen.graph_app import GraphApp, state_of
from tests.unit.plan.plans import PLANS, worker_fan


def _colour(app: GraphApp, text: str) -> str:
    for y in range(app.pane.size.height):
        for segment in app.pane.render_line(y):
            if text in segment.text and segment.style is not None and segment.style.color is not None:
                return segment.style.color.name
    raise AssertionError(f"{text!r} is not on the screen")


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
        app.pane.show_state(state_of(sequential__cleaner=NodeState(status=status, runs=1)))
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
        app.pane.show_state(state_of(sequential__writer=node))
        await pilot.pause()
        text = app.screen_text()
        assert (
            "but the last stay" in text and "first words" not in text and "3×" in text and " running " in text
        )


async def test_done_shows_how_long_it_took_and_failed_shows_why() -> None:
    app = GraphApp(PLANS["sequential"])
    async with app.run_test(size=(100, 10)) as pilot:
        app.pane.show_state(
            state_of(
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
        app.pane.show_state(state_of(loop=NodeState(status="running", iteration=3)))
        await pilot.pause()
        assert "iteration 3/10" in app.screen_text() and "max 10" not in app.screen_text()


async def test_the_way_taken_is_lit_and_the_others_are_dim() -> None:
    app = GraphApp(PLANS["route"])
    async with app.run_test(size=(100, 20)) as pilot:
        plain = _colour(app, "otherwise")
        app.pane.show_state(
            state_of(
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
        pane.show_state(state_of(sequential__writer=node))
        await pilot.pause()
        regions: list[Region] = []
        monkeypatch.setattr(pane, "refresh", lambda *found, **_: regions.extend(found or (pane.region,)))
        pane.show_state(state_of(sequential__writer=replace(node, subtitle="a token")))
        assert regions == []
        pane.spin()
        assert pane.layout_drawn is not None
        box = pane.layout_drawn.boxes["sequential/writer"]
        place = Region(box.x, box.y, box.width, box.height).translate(pane.viewport.margin)
        # The spinner in the row of the name with the marks that lead to it, and the words below it.
        assert sorted((region.y - place.y, region.height) for region in regions) == [(1, 1), (2, 1)]
        assert all(place.x - 2 <= region.x and region.right <= place.right for region in regions)
        assert "a token" in app.screen_text()


async def test_the_spinner_turns_only_while_something_runs() -> None:
    app = GraphApp(PLANS["sequential"])
    async with app.run_test(size=(100, 10)) as pilot:
        assert not app.pane.is_spinning
        app.pane.show_state(state_of(sequential__writer=NodeState(status="running", runs=1)))
        assert app.pane.is_spinning
        await pilot.pause()
        glyphs = set()
        for _ in range(4):
            app.pane.spin()
            row = next(row for row in app.screen_text().split("\n") if "writer" in row)
            glyphs.add(row[row.index("writer") - 2])
        assert len(glyphs) == 4
        app.pane.show_state(state_of("completed", sequential__writer=NodeState(status="completed", runs=1)))
        assert not app.pane.is_spinning


async def test_the_spinner_stands_still_when_movement_is_unwanted() -> None:
    app = GraphApp(PLANS["sequential"])
    async with app.run_test(size=(100, 10)):
        app.animation_level = "none"
        app.pane.show_state(state_of(sequential__writer=NodeState(status="running", runs=1)))
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
