from __future__ import annotations

import pytest

from agentflow_tui.engine.breakpoints import Breakpoint, When
from agentflow_tui.plan.node import Chain, Plan, Step, walk
from agentflow_tui.tui.panes.graph.signs import LEGEND, Marks, sign_of

ROOT = Chain("flow", "sequential", (Step("flow/a", "a"), Step("flow/b", "b"), Step("flow/a#2", "a")))
PLAN = Plan(ROOT, "sequential", 60.0, False, {node.path: node for node in walk(ROOT)}, None)


@pytest.mark.parametrize(
    ("when", "condition", "from_hit", "is_enabled", "sign"),
    [
        ("before", "", 1, True, "◆"),
        ("after", "", 1, True, "▰"),
        ("before", "", 1, False, "◇"),
        ("after", "", 1, False, "▱"),
        ("before", "n > 1", 1, True, "◆?"),
        ("after", "", 3, True, "▰?"),
        ("after", "n > 1", 1, False, "▱?"),
    ],
)
def test_each_kind_of_breakpoint_has_a_sign_of_its_own(
    when: When, condition: str, from_hit: int, is_enabled: bool, sign: str
) -> None:
    assert sign_of(Breakpoint("a", when, condition, from_hit, is_enabled)) == sign
    assert sign[0] in LEGEND


def test_a_name_marks_every_step_of_the_agent_and_a_path_only_one() -> None:
    marks = Marks((Breakpoint("a"), Breakpoint("flow/b", "after"), Breakpoint("flow")), {"flow/a#2"}, {"b"})
    assert marks.signs(PLAN) == {"flow": "◆", "flow/a": "◆", "flow/b": "▰‖", "flow/a#2": "◆▣"}


def test_without_marks_or_a_plan_there_are_no_signs() -> None:
    assert Marks().signs(PLAN) == {}
    assert Marks((Breakpoint("a"),)).signs(None) == {}
