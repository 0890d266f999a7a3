from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentflow_tui.conditions import parse_condition
from agentflow_tui.plan.mermaid import mermaid
from agentflow_tui.plan.node import Chain, Choice, Fan, Loop, Node, Option, Stage, Step
from tests.conformance.mermaid_text import MermaidText
from tests.unit.plan.plans import PLANS, plan_of, steps

HARD = (
    "end", "graph", "1. x", "2) x", "- x", '"]; click a', "<b>x</b>", "#35;", "&amp;", "`md`", "__init__",
    "a|b", "x-->y", "*b*", "[a](b)", "\\", "%%c", "%%{init: {}}%%", ";", "日本", "🎉", "\x1b[31m", 'say "hi"',
)  # fmt: skip


def chart(root: Node) -> MermaidText:
    return MermaidText(mermaid(plan_of(root)))


def stage(body: Node, name: str = "Judge", **gates: object) -> Stage:
    return Stage(f"mixed/{name}", name, 1, body, "sequential", **gates)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", PLANS)
def test_every_agent_is_drawn_once_and_leads_from_the_begin_to_the_end(name: str) -> None:
    drawn = MermaidText(mermaid(PLANS[name]))
    agents = [node for node in PLANS[name].nodes.values() if isinstance(node, Step)]
    assert len({node for step in agents for node in drawn.called(_shown(step.agent))}) == len(agents)
    for step in agents:
        (node,) = [node for node in drawn.called(_shown(step.agent)) if node in drawn.reached("begin")]
        assert "done" in drawn.reached(node)


def _shown(agent: str) -> str:
    return agent.replace("\x1b", "␛")


@pytest.mark.parametrize("name", HARD)
def test_a_name_is_a_label_and_nothing_else(name: str) -> None:
    text = mermaid(plan_of(Chain("sequential", "sequential", (Step(f"sequential/{name}", name),))))
    drawn = MermaidText(text)
    assert drawn.called(_shown(name))
    assert len(drawn.labels) == 3 and len(drawn.edges) == 2


@given(st.lists(st.text(), max_size=5))
def test_no_name_breaks_the_chart(names: list[str]) -> None:
    agents = tuple(Step(f"sequential/{place}/{name}", name) for place, name in enumerate(names))
    drawn = chart(Chain("sequential", "sequential", agents))
    assert len(drawn.labels) == len(names) + 2
    assert len(drawn.edges) == len(names) + 1


def test_marks_that_would_begin_a_list_are_escaped_and_others_are_readable() -> None:
    agents = steps("sequential", "1. x", "- x", "fact_checker", "fact-checker", "v1.2")
    text = mermaid(plan_of(Chain("sequential", "sequential", agents)))
    assert '["1#46; x"]' in text and '["#45; x"]' in text
    assert '["fact_checker"]' in text and '["fact-checker"]' in text and '["v1.2"]' in text


def test_a_chart_can_go_down() -> None:
    assert mermaid(PLANS["loop"], top_down=True).startswith("flowchart TD\n")
    assert mermaid(PLANS["loop"]).startswith("flowchart LR\n")


def test_a_loops_way_back_says_its_condition_and_its_limit() -> None:
    drawn = MermaidText(mermaid(PLANS["loop"]))
    assert drawn.has_edge("quality_improver", "quality_improver", "until quality_score >= 0.95 · max 10")


def test_a_loop_of_several_begins_anew_at_its_first() -> None:
    drawn = chart(Loop("loop", "loop", Chain("loop/body", "body", steps("loop/body", "a", "b")), 3))
    assert drawn.has_path("b", "a") and drawn.has_path("a", "a")
    assert [says for *_, says in drawn.edges if says] == ["max 3"]


def test_a_loop_over_a_fan_has_one_way_back() -> None:
    drawn = chart(Loop("loop", "loop", Fan("loop/fan", "fan", steps("loop/fan", "a", "b")), 3))
    assert drawn.has_path("a", "b") and drawn.has_path("b", "a")
    assert [says for *_, says in drawn.edges if says] == ["max 3"]


def test_a_stage_with_a_condition_can_be_passed_by() -> None:
    gate = stage(Step("mixed/Judge/j", "j"), when=parse_condition("a == 1"), prerequisites=("raw", "x"))
    drawn = chart(Chain("mixed", "mixed", (Step("mixed/s", "s"), gate, Step("mixed/t", "t"))))
    assert drawn.has_edge("s", "j", "a == 1 · needs raw, x")
    assert drawn.has_edge("s", "t", "otherwise")
    assert drawn.called("1 Judge · sequential")


def test_two_skippable_stages_keep_both_words_apart() -> None:
    one = stage(Step("mixed/One/a", "a"), "One", when=parse_condition("x"))
    two = stage(Step("mixed/Two/b", "b"), "Two", when=parse_condition("y"))
    drawn = chart(Chain("mixed", "mixed", (one, two)))
    assert sorted(says for *_, says in drawn.edges if says) == ["otherwise", "otherwise", "x", "y"]


def test_a_success_condition_stands_on_the_way_out() -> None:
    gate = stage(Step("mixed/Judge/j", "j"), success_condition=parse_condition("has(insights)"))
    drawn = chart(Chain("mixed", "mixed", (gate, Step("mixed/t", "t"))))
    assert drawn.has_edge("j", "t", "has(insights)")


def test_a_choice_without_otherwise_may_run_nothing() -> None:
    when = parse_condition("kind == 1")
    choice = Choice("mixed/c", "choices", (Option(when.text, Step("mixed/c/a", "a"), when),))
    drawn = chart(Chain("mixed", "mixed", (choice, Step("mixed/t", "t"))))
    assert drawn.has_edge("choices", "a", "kind == 1")
    assert drawn.has_edge("choices", "t", "none of them")


def test_branches_have_boxes_and_say_when_they_are_optional() -> None:
    branches = tuple(Chain(f"p/{name}", name, steps(f"p/{name}", name * 2)) for name in ("x", "y"))
    drawn = chart(Fan("p", "parallel", branches, optional=frozenset({"p/y"}), is_parallel=True))
    assert drawn.called("x") and drawn.called("y · optional") and not drawn.called("y")


def test_two_fans_meet_in_a_point_and_not_each_with_each() -> None:
    wide = [Fan(f"m/{n}", "fan", steps(f"m/{n}", *(f"{n}{i}" for i in range(200)))) for n in "ab"]
    drawn = chart(Chain("m", "mixed", tuple(wide)))
    assert drawn.has_path("a0", "b199")
    assert len(drawn.edges) == 200 * 4


def test_empty_phases_leave_the_line_whole() -> None:
    drawn = chart(Chain("m", "mixed", (Fan("m/f", "fan", ()), Chain("m/c", "chain", ()))))
    assert drawn.edges == [("begin", "done", "")]
