from __future__ import annotations

import tomllib

import pytest

from agentflow_tui.config.flow import Flow
from agentflow_tui.plan.compile import compile_plan
from agentflow_tui.plan.node import Chain, Choice, Fan, Loop, Plan, Step, walk
from agentflow_tui.plan.plan_error import PlanError

_AGENTS = """
[agents.a]
timeout = "90s"
[agents.b]
[agents.off]
enabled = false
[agents.c]
"""


def _plan(orchestration: str, mode: str | None = None) -> Plan:
    return compile_plan(_flow(orchestration), mode)


def _flow(orchestration: str) -> Flow:
    return Flow.model_validate(tomllib.loads(f"[orchestration]\n{orchestration}\n{_AGENTS}"))


def _agents(plan: Plan) -> list[str]:
    return [node.agent for node in walk(plan.root) if isinstance(node, Step)]


def test_sequential_keeps_list_order_and_tells_repeats_apart() -> None:
    plan = _plan('mode = "sequential"\nsequential_agents = ["b", "a", "b"]')
    assert isinstance(plan.root, Chain)
    assert [child.path for child in plan.root.children] == ["sequential/b", "sequential/a", "sequential/b#2"]
    assert _agents(plan) == ["b", "a", "b"]


def test_an_agent_brings_its_own_timeout() -> None:
    plan = _plan('mode = "sequential"\nsequential_agents = ["a", "b"]')
    first, second = plan.nodes["sequential/a"], plan.nodes["sequential/b"]
    assert isinstance(first, Step) and isinstance(second, Step)
    assert (first.timeout, second.timeout) == (90.0, None)


def test_collaborative_without_a_list_takes_every_enabled_agent() -> None:
    assert _agents(_plan('mode = "collaborative"')) == ["a", "b", "c"]


def test_collaborative_settings() -> None:
    lists = 'mode = "collaborative"\ncollaborative_agents = ["c", "a"]'
    root = _plan(f"{lists}\nfailure_threshold = 0\nmax_concurrency = 2").root
    assert isinstance(root, Fan)
    # Zero is a value, not an absence.
    assert (root.failure_threshold, root.max_concurrency) == (0, 2)
    assert [child.path for child in root.children] == ["collaborative/c", "collaborative/a"]
    plain = _plan(lists).root
    assert isinstance(plain, Fan) and (plain.failure_threshold, plain.max_concurrency) == (0.5, 10)


def test_loop_has_its_condition_and_limit() -> None:
    plan = _plan('mode = "loop"\nloop_agent = "b"\nmax_iterations = 7\nloop = { condition = "score >= 0.9" }')
    assert isinstance(plan.root, Loop)
    assert plan.root.condition is not None and plan.root.condition.text == "score >= 0.9"
    assert plan.root.max_iterations == 7
    assert plan.root.body == Step("loop/b", "b")


def test_loop_default_limit_is_five() -> None:
    root = _plan('mode = "loop"\nloop_agent = "b"').root
    assert isinstance(root, Loop) and root.max_iterations == 5 and root.condition is None


_ROUTE = """
mode = "route"
[orchestration.routing]
default_agent = "c"
max_hops = 3
[[orchestration.routing.rules]]
contains = "refund"
agent = "b"
[[orchestration.routing.rules]]
when = "urgent"
agent = "b"
"""


def test_route_offers_every_enabled_agent_once_with_the_reason_as_label() -> None:
    root = _plan(_ROUTE).root
    assert isinstance(root, Choice) and root.routing is not None
    assert [option.body.path for option in root.options] == ["route/a", "route/b", "route/c"]
    assert [option.label for option in root.options] == ["a", 'contains "refund" or urgent', "otherwise"]
    assert [rule.agent for rule in root.routing.rules] == ["b", "b"]
    assert (root.routing.default_agent, root.routing.max_hops, root.routing.uses_target) == ("c", 3, True)


def test_route_is_the_mode_when_none_is_named() -> None:
    assert _plan("").mode == "route"


def test_mixed_runs_the_collaborative_phase_first() -> None:
    root = _plan('mode = "mixed"\ncollaborative_agents = ["a", "b"]\nsequential_agents = ["c", "a"]').root
    assert isinstance(root, Chain)
    fan, chain = root.children
    assert isinstance(fan, Fan) and isinstance(chain, Chain)
    assert [child.path for child in fan.children] == ["mixed/collaborative/a", "mixed/collaborative/b"]
    assert [child.path for child in chain.children] == ["mixed/sequential/c", "mixed/sequential/a"]


def test_in_mixed_an_absent_list_is_an_empty_phase_not_every_agent() -> None:
    root = _plan('mode = "mixed"\nsequential_agents = ["c"]').root
    assert isinstance(root, Chain)
    assert [child.path for child in root.children] == ["mixed/sequential"]


def test_another_mode_can_be_asked_for_when_the_file_configures_it() -> None:
    text = 'mode = "route"\nsequential_agents = ["a"]'
    assert _plan(text, "sequential").mode == "sequential"
    with pytest.raises(PlanError, match="loop_agent"):
        _plan(text, "loop")
    with pytest.raises(PlanError, match="no mode is called 'parallel'"):
        _plan(text, "parallel")


def test_the_timeout_says_whether_the_file_set_it() -> None:
    default, own = _plan(""), _plan('timeout = "2m"')
    assert (default.timeout, default.timeout_is_default) == (30.0, True)
    assert (own.timeout, own.timeout_is_default) == (120.0, False)


def test_every_node_is_found_by_its_path() -> None:
    plan = _plan('mode = "mixed"\ncollaborative_agents = ["a", "b"]\nsequential_agents = ["c", "a", "c"]')
    assert plan.nodes == {node.path: node for node in walk(plan.root)}
    assert len(plan.nodes) == 8


def test_a_slash_in_a_name_cannot_fake_a_level() -> None:
    flow = Flow.model_validate(
        {
            "orchestration": {"mode": "sequential", "sequential_agents": ["a/b", "a_b"]},
            "agents": {"a/b": {}, "a_b": {}},
        }
    )
    plan = compile_plan(flow)
    assert list(plan.nodes) == ["sequential", "sequential/a_b", "sequential/a_b#2"]
