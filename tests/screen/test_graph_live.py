"""What moves in the graph while a run goes on, and when it stands still."""

from __future__ import annotations

import pytest
from textual import events

from agentflow_tui.history import policy_event as pol
from agentflow_tui.history.fan_event import BranchFailed
from agentflow_tui.history.fold import fold
from agentflow_tui.history.run_state import AgentRun, ModelCall, NodeState, RunState, StateView
from agentflow_tui.plan.layout import lay_out
from agentflow_tui.plan.node import Choice, Option, Routing, Step
from agentflow_tui.tui.panes.graph.light import flowing
from agentflow_tui.tui.panes.graph.pulse import Pulse
from tests.screen.desk import CHAIN, LOOP, Desk, bench_of, run, settle, until
from tests.screen.graph_app import GraphApp, state_of
from tests.unit.plan.plans import PLANS, plan_of, worker_fan
from tests.unit.telemetry.script import Script

_WRITER = "sequential/writer"


def _run(path: str, number: int = 0, status: str = "running", *calls: str) -> AgentRun:
    name = path.rpartition("/")[2]
    return AgentRun(number, path, name, "", status, 0, 1.0, StateView(), calls=calls)


def _call(name: str, status: str = "running", text: str = "") -> ModelCall:
    return ModelCall(name, _WRITER, "writer", "p", "m", (), {}, status, 0, 1.0, text, first_token_after=1.0)


def _writing(text: str, elapsed: float) -> RunState:
    return RunState(
        status="running",
        elapsed=elapsed,
        nodes={_WRITER: NodeState("running", 1, started_at=1.0)},
        agent_runs=(_run(_WRITER, 0, "running", "c"),),
        calls={"c": _call("c", text=text)},
    )


async def test_a_running_agent_says_how_fast_its_words_come() -> None:
    app = GraphApp(PLANS["sequential"])
    async with app.run_test(size=(100, 10)) as pilot:
        app.pane.show_state(_writing("x" * 400, 2.2))
        assert "tok/s" not in app.screen_text()
        app.pane.show_state(_writing("x" * 400, 12.0))
        app.pane.spin()
        await pilot.pause()
        # 100 tokens of four characters, in the ten seconds since the first of them.
        assert "~10 tok/s" in app.screen_text()


async def test_a_model_that_was_asked_and_has_not_answered_is_told() -> None:
    app = GraphApp(PLANS["sequential"])
    async with app.run_test(size=(100, 10)) as pilot:
        app.pane.show_state(_writing("", 2.2))
        await pilot.pause()
        assert "no word yet" in app.screen_text()
        app.pane.show_state(_writing("Once", 2.4))
        app.pane.spin()
        await pilot.pause()
        assert "no word yet" not in app.screen_text()


async def test_retries_are_counted_on_the_box_of_an_agent_that_asks_no_model_too() -> None:
    script = Script().starts(1, _WRITER).retries(2, _WRITER, 1).attempts(3, _WRITER, 2)
    script.retries(4, _WRITER, 2).attempts(5, _WRITER, 3).completes(6, _WRITER, 5.0)
    events = script.events
    shown = ["", "", "↻ 1 retry", "↻ 1 retry", "↻ 2 retries", "↻ 2 retries", "↻ 2 retries"]
    app = GraphApp(PLANS["sequential"])
    async with app.run_test(size=(100, 10)) as pilot:
        for count, words in enumerate(shown, start=1):
            app.pane.show_state(fold(events[:count]))
            await pilot.pause()
            text = app.screen_text()
            assert words in text and ("retrying" in text) is isinstance(events[count - 1], pol.AttemptFailed)


@pytest.mark.parametrize(
    ("status", "words"),
    [("retrying", "rate limit hit"), ("throttled", "rate limit: waiting"), ("open", "rate limit hit")],
)
async def test_a_box_says_what_it_waits_for(status: str, words: str) -> None:
    app = GraphApp(PLANS["sequential"])
    async with app.run_test(size=(110, 10)) as pilot:
        node = NodeState(status, 1, started_at=0.0, reason="rate limit hit")
        app.pane.show_state(state_of(sequential__writer=node))
        await pilot.pause()
        assert words in app.screen_text() and status in app.screen_text()


async def test_an_open_breaker_is_told_while_the_agent_waits_and_after_it_failed() -> None:
    path = "collaborative/one"
    script = Script().starts(1, path)
    script.add(2, pol.BreakerChanged, path=path, agent="one", state="open")
    script.retries(3, path, 1)
    app = GraphApp(PLANS["collaborative"])
    async with app.run_test(size=(100, 20)) as pilot:
        app.pane.show_state(fold(script.events))
        await pilot.pause()
        assert "↻ one" in app.screen_text() and "breaker open: " in app.screen_text()
        script.fails(4, path, 1.0)
        script.add(5, BranchFailed, path="collaborative", branch="one", error="agent 'one' failed: no luck")
        app.pane.show_state(fold(script.events))
        await pilot.pause()
        assert "⚡ one" in app.screen_text() and "open · 3.0 s" in app.screen_text()
        assert " no luck " in app.screen_text()


async def test_a_loop_that_reached_its_limit_says_so() -> None:
    app = GraphApp(PLANS["loop"])
    async with app.run_test(size=(120, 20)) as pilot:
        app.pane.show_state(state_of(loop=NodeState("completed", 1, 10, 1.0, 3.0, reason="limit reached")))
        await pilot.pause()
        assert "done · limit reached · 2.0 s" in app.screen_text()


async def test_the_time_since_the_start_goes_on_between_events() -> None:
    app = GraphApp(PLANS["sequential"])
    async with app.run_test(size=(100, 10)):
        now = 50.0
        app.pane.clock = lambda: now
        app.pane.show_state(_writing("", 4.0))
        assert "running · 3 s" in app.screen_text()
        now = 59.0
        for _ in range(8):
            app.pane.spin()
        assert "running · 12 s" in app.screen_text()


async def test_of_a_moment_that_was_scrubbed_to_nothing_moves() -> None:
    app = GraphApp(PLANS["sequential"])
    async with app.run_test(size=(100, 10)):
        app.pane.show_state(_writing("", 4.0), is_live=False)
        assert not app.pane.is_spinning
        app.pane.show_state(_writing("", 4.0), is_live=True)
        assert app.pane.is_spinning


async def test_nothing_moves_while_the_terminal_has_lost_the_focus() -> None:
    app = GraphApp(PLANS["sequential"])
    async with app.run_test(size=(100, 10)) as pilot:
        app.pane.show_state(_writing("", 4.0))
        assert app.pane.is_spinning
        app.post_message(events.AppBlur())
        await pilot.pause()
        assert not app.pane.is_spinning
        app.post_message(events.AppFocus())
        await pilot.pause()
        assert app.pane.is_spinning


async def test_nothing_moves_in_a_pane_that_is_hidden() -> None:
    app = GraphApp(PLANS["sequential"])
    async with app.run_test(size=(100, 10)) as pilot:
        app.pane.show_state(_writing("", 4.0))
        app.pane.display = False
        await until(pilot, lambda: not app.pane.is_spinning)
        app.pane.display = True
        await until(pilot, lambda: app.pane.is_spinning)


async def test_marks_move_towards_the_agent_that_runs_and_nowhere_else() -> None:
    app = GraphApp(PLANS["mixed"])
    async with app.run_test(size=(140, 30)) as pilot:
        pane = app.pane
        pane.show_state(state_of(mixed__sequential__draft=NodeState("running", 1)))
        await pilot.pause()
        box = pane.boxes["mixed/sequential/draft"]
        row, left = box.y + 1 + pane.viewport.margin.y, box.x + pane.viewport.margin.x
        seen = []
        for _ in range(5):
            text = app.rows()[row]
            seen.append([x for x, char in enumerate(text) if char == "━"])
            pane.spin()
        marked = sorted(x for places in seen for x in places)
        assert marked and max(marked) <= left
        firsts = [places[-1] for places in seen if places]
        assert any(later == before + 1 for before, later in zip(firsts, firsts[1:], strict=False))


async def test_marks_are_gone_when_the_run_is_over_and_when_movement_is_unwanted() -> None:
    app = GraphApp(PLANS["sequential"])
    async with app.run_test(size=(100, 10)) as pilot:
        app.pane.show_state(_writing("", 4.0))
        shown = []
        for _ in range(5):
            app.pane.spin()
            shown.append("━" in app.screen_text())
        assert any(shown)
        app.pane.show_state(state_of("completed", sequential__writer=NodeState("completed", 1)))
        await pilot.pause()
        assert "━" not in app.screen_text()
        app.animation_level = "none"
        app.pane.show_state(_writing("", 5.0))
        assert "━" not in app.screen_text() and not app.pane.is_spinning


def test_the_way_back_of_a_loop_flows_from_its_second_iteration_on() -> None:
    plan, layout = PLANS["loop"], lay_out(PLANS["loop"])
    step = NodeState("running", 1)
    kinds = []
    for iteration in (1, 2):
        nodes = {"loop": NodeState("running", 1, iteration=iteration), "loop/quality_improver": step}
        kinds.append({edge.kind for edge in flowing(layout.edges, plan, nodes)})
    assert kinds == [{"flow"}, {"back"}]


@pytest.mark.parametrize("name", PLANS)
@pytest.mark.parametrize("direction", ["right", "down"])
def test_every_line_that_flows_is_one_way_without_gaps(name: str, direction: str) -> None:
    layout = lay_out(PLANS[name], direction="right" if direction == "right" else "down", room=(200, 60))
    for edge in layout.edges:
        pulse = Pulse(layout)
        pulse.flow(frozenset({edge}))
        steps = {(x, y): step for y, row in pulse.steps.items() for x, step in row.items()}
        cells = layout.canvas.cells_of({edge})[edge]
        assert cells <= set(steps)
        for (x, y), step in steps.items():
            around = ((x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1))
            assert step == 0 or any(steps.get(cell) == step - 1 for cell in around)


async def test_fifty_agents_that_stream_cost_little() -> None:
    import time

    app = GraphApp(worker_fan(50))
    paths = [f"fan/worker-{place}" for place in range(50)]
    runs = tuple(_run(path, place, "running", path) for place, path in enumerate(paths))
    states = [
        RunState(
            status="running",
            elapsed=k / 30,
            agent_runs=runs,
            nodes={path: NodeState("running", 1, started_at=0.0, subtitle=f"{k} words") for path in paths},
            calls={path: _call(path, text="word " * k) for path in paths},
        )
        for k in range(60)
    ]
    async with app.run_test(size=(140, 42)) as pilot:
        await pilot.press("down", "backspace", "enter")
        app.pane.show_state(states[0])
        app.screen_text()
        start = time.process_time()
        for k, state in enumerate(states):
            app.pane.show_state(state)
            if k % 4 == 0:
                app.pane.spin()
                app.screen_text()
        # That is two seconds of running.
        assert time.process_time() - start < 0.4


def _routing() -> Choice:
    options = tuple(Option(name, Step(f"route/{name}", name)) for name in ("triage", "billing", "support"))
    return Choice("route", "route", options, Routing())


async def test_hand_overs_are_told_in_the_title_and_in_the_box() -> None:
    app = GraphApp(plan_of(_routing()))
    runs = (_run("route/triage", 0, "completed"), _run("route/support", 1))
    nodes = {
        "route": NodeState("running", 1, taken="route/support"),
        "route/triage": NodeState("completed", 1, started_at=1.0, ended_at=2.0),
        "route/support": NodeState("running", 1, started_at=2.0),
    }
    async with app.run_test(size=(110, 24)) as pilot:
        app.pane.show_state(RunState(status="running", nodes=nodes, agent_runs=runs))
        await pilot.pause()
        text = app.screen_text()
        assert "route · triage → support" in text and "→ hands over to sup" in text
        assert "⊘ billing" in text


async def test_in_the_workbench_time_is_the_programs(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        assert bench_of(pilot).graph.clock() == desk.clock.now()
        await desk.clock.advance(100)
        assert bench_of(pilot).graph.clock() == desk.clock.now() >= 100


async def test_the_agent_that_runs_is_in_view_again_when_the_window_becomes_small(desk: Desk) -> None:
    flow = CHAIN.replace('["reader", "writer"]', '["reader", "writer", "sender"]')
    flow = flow + 'seconds_per_word = 1\n[agents.sender]\nprompt = "Send {response}"\n'
    async with desk.open(desk.write(flow), (80, 14)) as pilot:
        graph = (await run(pilot, "space")).graph
        await desk.clock.advance(7)
        await settle(pilot)
        assert graph.scroll_offset.y > 0
        for size in [(120, 60), (80, 14)]:
            await pilot.resize_terminal(*size)
            await settle(pilot)
            box = graph.boxes["sequential/sender"]
            assert graph.viewport.pane.region.contains_region(graph.viewport.shown(box))
