from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentflow_tui.config import check_file
from agentflow_tui.plan.compile import compile_plan
from agentflow_tui.plan.layout import lay_out
from agentflow_tui.plan.node import Chain, Choice, Fan, Node, Option, Plan, Step, walk
from agentflow_tui.resources import resource_folder
from tests.unit.plan.plans import PLANS, plan_of, steps, worker_fan
from tests.unit.plan.test_layout import all_rows_fit, trees

_SAMPLES = sorted(path.name for path in resource_folder("sample_configs").glob("*.toml"))
_NARROW = (37, 17)
"""What the graph has at 80 columns and 24 rows, a scroll bar beside it."""


def _sample(name: str) -> Plan:
    flow = check_file(resource_folder("sample_configs") / name).flow
    assert flow is not None
    return compile_plan(flow)


@pytest.mark.parametrize("room", [_NARROW, (60, 31), (90, 50)])
@pytest.mark.parametrize("name", _SAMPLES)
def test_no_sample_has_to_be_scrolled_sideways(name: str, room: tuple[int, int]) -> None:
    plan = _sample(name)
    layout = lay_out(plan, room=room)
    assert layout.width <= room[0]
    assert {node.path for node in walk(plan.root) if isinstance(node, Step)} <= set(layout.boxes)
    all_rows_fit(layout)


def test_branches_go_below_each_other_where_they_are_too_wide_beside_each_other() -> None:
    layout = lay_out(PLANS["route"], room=_NARROW)
    assert layout.style.is_stacked
    boxes = [layout.boxes[f"route/{name}"] for name in ("billing", "support", "general")]
    assert len({box.x for box in boxes}) == 1 and len({box.y for box in boxes}) == 3
    assert not lay_out(PLANS["route"], room=(120, 40)).style.is_stacked


def test_two_short_branches_stay_beside_each_other_in_a_stacked_drawing() -> None:
    short = Fan("s/short", "short", steps("s/short", "a", "b"))
    long = Fan("s/long", "long", steps("s/long", *(f"{letter}_long_name_of_one" for letter in "abc")))
    layout = lay_out(plan_of(Chain("s", "s", (short, long))), room=_NARROW)
    assert layout.style.is_stacked and layout.width <= _NARROW[0]
    assert layout.boxes["s/short/a"].y == layout.boxes["s/short/b"].y
    assert layout.boxes["s/long/a_long_name_of_one"].y < layout.boxes["s/long/b_long_name_of_one"].y


def test_a_long_condition_stands_in_several_lines_above_its_branch() -> None:
    label = "priority == 'high' and has(customer) and customer.value > 10000"
    ways = zip((label, "otherwise"), steps("c", "senior_clerk", "junior_clerk"), strict=True)
    layout = lay_out(
        plan_of(Choice("c", "c", tuple(Option(text, step) for text, step in ways))), room=(34, 60)
    )
    text = layout.text()
    assert layout.width <= 34 and all(word in text for word in label.split()) and "…" not in text


def test_every_line_of_a_stack_is_told_apart() -> None:
    layout = lay_out(PLANS["route"], room=_NARROW)
    lead = {edge for y in range(layout.height) for span in layout.row(y) for edge in span.edges}
    for name in ("billing", "support", "general"):
        assert any(edge.source == "route" and edge.target == f"route/{name}" for edge in lead)
        assert any(edge.source == f"route/{name}" and edge.target == "route" for edge in lead)


@pytest.mark.parametrize("room", [_NARROW, (60, 31), (138, 38)])
def test_two_hundred_branches_or_steps_never_scroll_sideways(room: tuple[int, int]) -> None:
    chain = plan_of(Chain("c", "c", steps("c", *(f"agent_number_{place}" for place in range(200)))))
    for plan in (worker_fan(200), chain):
        layout = lay_out(plan, room=room)
        assert layout.width <= room[0] and "199" in layout.text()


@given(trees(), st.integers(12, 60))
@settings(max_examples=80, deadline=None)
def test_a_stacked_drawing_keeps_to_its_cells(root: Node, columns: int) -> None:
    layout = lay_out(plan_of(root), direction="down", room=(columns, 10))
    for box in layout.boxes.values():
        assert box.x >= 0 and box.y >= 0
        assert box.x + box.width <= layout.width and box.y + box.height <= layout.height
    all_rows_fit(layout)
