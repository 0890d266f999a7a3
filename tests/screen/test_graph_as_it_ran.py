"""The graph as the run went: loops unrolled, hand-overs in a row, only what ran."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from agentflow_tui.config import check_text
from agentflow_tui.engine import ModeChoice
from agentflow_tui.history import event as ev
from agentflow_tui.history.delta import Delta
from agentflow_tui.history.fold import RunFold, fold
from agentflow_tui.history.run_state import AgentRun, NodeState, RunState, StateView
from agentflow_tui.plan.caption import caption
from agentflow_tui.plan.layout import lay_out
from agentflow_tui.plan.node import Chain, Choice, Loop, Node, Option, Routing, Stage, Step, walk
from agentflow_tui.tui.panes.graph.as_it_ran import MOST_ITERATIONS, as_it_ran
from agentflow_tui.tui.panes.graph.graph_pane import GraphPane
from tests.conformance.cases import HERE, Case, later_ids, load_cases
from tests.conformance.run_case import CaseRun, _event
from tests.screen.graph_app import GraphApp
from tests.story import Story
from tests.unit.plan.plans import PLANS, plan_of, steps

_CASES = [
    case
    for case in load_cases("run", HERE / "cases")
    if case.id not in later_ids() and case.id.startswith(("modes", "stages", "retry"))
]


def _runs(*places: tuple[str, int | None], status: str = "completed") -> RunState:
    runs = tuple(
        AgentRun(
            number,
            path,
            path.rpartition("/")[2],
            "",
            status,
            number,
            float(number),
            StateView(),
            duration=0.5,
            iteration=iteration,
        )
        for number, (path, iteration) in enumerate(places)
    )
    nodes = {path: NodeState(status, 1) for path, _ in places}
    return RunState(status="completed", agent_runs=runs, nodes=nodes)


def _shape(node: Node) -> object:
    """A tree in short: agents by name, everything else by its title."""
    if isinstance(node, Step):
        return node.agent
    title = getattr(node, "title", getattr(node, "name", ""))
    return title, [_shape(child) for child in walk(node) if _is_child(node, child)]


def _is_child(node: Node, other: Node) -> bool:
    from agentflow_tui.plan.node import children_of

    return any(other is child for child in children_of(node))


def _title(node: Node) -> str:
    return str(getattr(node, "title", ""))


def test_a_loop_is_unrolled_iteration_by_iteration() -> None:
    body = "s/fix/loop/body"
    state = _runs(
        ("s/triage/triage", None),
        *((f"{body}/{name}", iteration) for iteration in (1, 2) for name in ("fixer", "tester")),
    )
    ran = as_it_ran(PLANS["stages"], state)
    loop = (
        "loop · 2 iterations",
        [("iteration 1", ["fixer", "tester"]), ("iteration 2", ["fixer", "tester"])],
    )
    assert _shape(ran.plan.root) == ("mixed", [("triage", ["triage"]), ("build", [("choices", [loop])])])


def test_loops_within_loops_are_told_apart() -> None:
    inner = Loop("o/b/in", "inner", Step("o/b/in/x", "x"))
    outer = Loop("o", "outer", Chain("o/b", "body", (inner, Step("o/b/y", "y"))))
    state = _runs(
        ("o/b/in/x", 1), ("o/b/in/x", 2), ("o/b/y", 1), ("o/b/in/x", 1), ("o/b/in/x", 2), ("o/b/y", 2)
    )
    rounds = ("inner · 2 iterations", [("iteration 1", ["x"]), ("iteration 2", ["x"])])
    assert _shape(as_it_ran(plan_of(outer), state).plan.root) == (
        "as it ran",
        [("outer · 2 iterations", [("iteration 1", [rounds, "y"]), ("iteration 2", [rounds, "y"])])],
    )


def test_hand_overs_follow_each_other_and_what_did_not_run_is_not_there() -> None:
    options = tuple(Option(name, step) for name, step in zip("abc", steps("r", *"abc"), strict=True))
    plan = plan_of(Choice("r", "route", options, Routing()))
    state = _runs(("r/a", None), ("r/c", None), ("r/a", None))
    ran = as_it_ran(plan, state)
    assert _shape(ran.plan.root) == (
        "as it ran",
        [("route · handed over 2×", [("route", ["a"]), "c", "a"])],
    )


def test_of_a_very_long_loop_the_last_iterations_are_drawn() -> None:
    plan = plan_of(Loop("l", "loop", Step("l/x", "x"), 1000))
    ran = as_it_ran(plan, _runs(*(("l/x", number) for number in range(1, 501))))
    assert isinstance(ran.plan.root, Chain) and len(ran.plan.root.children) == 1
    (loop,) = ran.plan.root.children
    assert isinstance(loop, Chain)
    first, *rounds = loop.children
    assert isinstance(first, Step) and first.agent == f"{500 - MOST_ITERATIONS} earlier iterations"
    assert len(rounds) == MOST_ITERATIONS and isinstance(rounds[-1], Chain)
    assert rounds[-1].title == "iteration 500"


def test_what_runs_outside_of_the_plan_comes_last() -> None:
    ran = as_it_ran(PLANS["sequential"], _runs(("sequential/cleaner", None), ("errors/doctor", None)))
    assert _shape(ran.plan.root) == ("as it ran", [("sequential", ["cleaner"]), "doctor"])


@pytest.mark.parametrize("case", _CASES, ids=lambda case: case.id)
async def test_every_agent_run_is_there_once_at_every_moment(case: Case, tmp_path: Path) -> None:
    run = await CaseRun.of(case, tmp_path)
    flow = check_text(case.given["flow"], folder=tmp_path, env=case.env).flow
    assert flow is not None
    plan = ModeChoice.make(flow, _event(case.given["event"])).plan
    folded, before = RunFold(), set[str]()
    for event in run.history:
        folded.apply(event)
        if event.kind != "agent_started" and event.seq != len(run.history) - 1:
            continue
        state = folded.snapshot()
        if len(state.agent_runs) > MOST_ITERATIONS:
            break
        ran = as_it_ran(plan, state)
        found = Counter(origin.run for origin in ran.origins.values() if origin.run is not None)
        assert found == Counter(range(len(state.agent_runs)))
        drawn = [node for node in walk(ran.plan.root) if isinstance(node, Step)]
        assert {ran.origins[step.path].path for step in drawn} <= {one.path for one in state.agent_runs}
        # What is there stays where it is, so that a selection and what is folded stay, too.
        assert before <= set(ran.plan.nodes) or len(before) <= 1
        before = set(ran.plan.nodes)
        lay_out(ran.plan, room=(100, 30)).text()
    state = fold(run.history)
    ran = as_it_ran(plan, state)
    for path, origin in ran.origins.items():
        if origin.run is not None and state.status == "completed":
            assert ran.nodes[path].status in (state.agent_runs[origin.run].status, "open")


def test_each_loop_says_why_it_ended_also_one_that_ran_again() -> None:
    inner = Loop("o/b/in", "inner", Step("o/b/in/x", "x"))
    outer = Loop("o", "outer", Chain("o/b", "body", (inner, Step("o/b/y", "y"))))
    story = Story()
    for number, words in enumerate(("condition_met", "max_iterations", ""), start=1):
        story.add(ev.NodeStarted, path="o/b/in")
        story.agent("o/b/in/x", iteration=1)
        if words:
            story.add(ev.StateChanged, path="o/b/in", delta=Delta(meta_set={"exit_reason": words}))
            story.add(ev.NodeEnded, path="o/b/in", status="completed")
        story.agent("o/b/y", iteration=number)
    ran = as_it_ran(plan_of(outer), fold(story.events))
    loops = [_title(node) for node in ran.plan.nodes.values() if "inner" in _title(node)]
    assert loops == ["condition met · 1× · inner", "limit reached · 1× · inner", "inner · 1 iteration"]


def test_the_frame_of_a_stage_says_how_its_loop_went() -> None:
    loop = Loop("m/draft/loop", "loop", Step("m/draft/loop/x", "x"))
    stage = Stage("m/draft", "draft", 1, loop, mode="loop")
    story = Story()
    story.agent("m/draft/loop/x", iteration=1)
    ran = as_it_ran(plan_of(Chain("m", "mixed", (stage,))), fold(story.events))
    assert "1 draft · loop · 1 iteration" in [caption(node) for node in ran.plan.nodes.values()]


async def test_a_loop_as_it_ran_says_why_it_ended() -> None:
    story = Story()
    story.add(ev.NodeStarted, path="loop")
    story.agent("loop/quality_improver", iteration=1)
    app = GraphApp(PLANS["loop"])
    async with app.run_test(size=(140, 24)) as pilot:
        app.pane.show_state(fold(story.events))
        await pilot.press("u")
        assert "1 iteration" in app.screen_text() and "condition met" not in app.screen_text()
        story.add(ev.StateChanged, path="loop", delta=Delta(meta_set={"exit_reason": "condition_met"}))
        story.add(ev.NodeEnded, path="loop", status="completed")
        app.pane.show_state(fold(story.events))
        await pilot.pause()
        assert "condition met" in app.screen_text()
        await pilot.press("u")
        assert "condition met" in app.screen_text()


async def test_u_draws_what_ran_and_the_plan_again() -> None:
    app = GraphApp(PLANS["loop"])
    async with app.run_test(size=(140, 24)) as pilot:
        app.pane.show_state(_runs(*(("loop/quality_improver", number) for number in (1, 2, 3))))
        await pilot.press("u")
        text = app.screen_text()
        assert app.pane.is_as_it_ran and all(f"iteration {number}" in text for number in (1, 2, 3))
        assert text.count("quality_improver") == 3 and "as it ran" in str(app.pane.border_subtitle)
        await pilot.press("u")
        assert "max 10" in app.screen_text() and "as it ran" not in str(app.pane.border_subtitle)


async def test_selecting_one_run_tells_which_and_keeps_its_place_in_the_plan() -> None:
    app = GraphApp(PLANS["loop"])
    path = "loop/quality_improver"
    async with app.run_test(size=(140, 24)) as pilot:
        app.pane.show_state(_runs(*((path, number) for number in (1, 2, 3))))
        await pilot.press("u", "right", "right")
        assert app.last() == GraphPane.NodeSelected(path, 1)
        await pilot.press("enter")
        assert app.last() == GraphPane.NodeEntered(path, 1)
        await pilot.press("u")
        assert app.pane.selected == path and app.last() == GraphPane.NodeSelected(path)
        await pilot.press("u")
        assert app.last() == GraphPane.NodeSelected(path, 2)


async def test_it_grows_with_the_run() -> None:
    app = GraphApp(PLANS["loop"])
    path = "loop/quality_improver"
    async with app.run_test(size=(140, 24)) as pilot:
        await pilot.press("u")
        assert "Nothing ran yet" in app.screen_text()
        for count in (1, 2, 3):
            app.pane.show_state(_runs(*((path, number + 1) for number in range(count))))
            await pilot.pause()
            assert app.screen_text().count("quality_improver") == count
