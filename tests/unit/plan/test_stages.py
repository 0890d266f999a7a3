from __future__ import annotations

import tomllib

import pytest

from agentflow_tui.config.flow import Flow
from agentflow_tui.plan.compile import compile_plan
from agentflow_tui.plan.layout import lay_out
from agentflow_tui.plan.node import Chain, Choice, Fan, Loop, Node, Stage, Step, walk
from agentflow_tui.plan.plan_error import PlanError

_HEAD = '[orchestration]\nmode = "mixed"\n'
_AGENTS = "[agents.a]\ntimeout = '5s'\n[agents.b]\n[agents.c]\n"
_STAGE = "[[orchestration.mixed.stages]]\n"
_BRANCH = "[[orchestration.mixed.stages.branches]]\n"
_CHOICE = "[[orchestration.mixed.stages.choices]]\n"


def _stages(text: str, head: str = _HEAD) -> list[Stage]:
    root = compile_plan(Flow.model_validate(tomllib.loads(head + text + _AGENTS))).root
    assert isinstance(root, Chain)
    assert len({node.path for node in walk(root)}) == len(list(walk(root)))
    return [child for child in root.children if isinstance(child, Stage)]


def _body(text: str, head: str = _HEAD) -> Node:
    (stage,) = _stages(text, head)
    return stage.body


def _agents(node: Node) -> list[str]:
    return [step.agent for step in walk(node) if isinstance(step, Step)]


def test_stages_are_counted_from_one_and_keep_their_gates() -> None:
    first, second = _stages(
        f'{_STAGE}name = "get"\nmode = "sequential"\nagents = ["a", "b", "a"]\ntimeout = "90s"\n'
        'prerequisites = ["raw"]\nsuccess_condition = "has(x)"\nwhen = "n > 1"\n'
        f'{_STAGE}pattern = "collaborative"\nagents = ["b", "c"]\n'
    )
    assert (first.path, first.name, first.index, first.timeout) == ("mixed/get", "get", 1, 90.0)
    assert first.prerequisites == ("raw",)
    assert first.success_condition is not None and first.success_condition.text == "has(x)"
    assert first.when is not None and first.when.text == "n > 1"
    assert isinstance(first.body, Chain) and first.body.path == "mixed/get/sequential"
    assert first.body.children[2].path == "mixed/get/sequential/a#2"
    assert (second.name, second.index) == ("stage 2", 2) and isinstance(second.body, Fan)


def test_two_stages_of_one_name_have_paths_of_their_own() -> None:
    stage = f'{_STAGE}name = "x"\nmode = "sequential"\nagents = ["a"]\n'
    assert [found.path for found in _stages(stage + stage)] == ["mixed/x", "mixed/x#2"]


def test_a_stage_has_its_own_settings_not_those_of_the_flow() -> None:
    head = f"{_HEAD}failure_threshold = 0.9\nmax_iterations = 2\n"
    fan = _body(
        f'{_STAGE}mode = "collaborative"\nagents = ["a", "b"]\nconfig = {{ failure_threshold = 0 }}\n', head
    )
    assert isinstance(fan, Fan) and (fan.failure_threshold, fan.max_concurrency) == (0, 10)
    loop = _body(f'{_STAGE}mode = "loop"\nagents = ["a"]\n', head)
    assert isinstance(loop, Loop) and loop.max_iterations == 5


def test_a_loop_of_several_agents_runs_them_in_order() -> None:
    loop = _body(
        f'{_STAGE}mode = "loop"\nagents = ["b", "a"]\n'
        'config = { max_iterations = 3, loop_condition = "score >= 0.9" }\n'
    )
    assert isinstance(loop, Loop) and isinstance(loop.body, Chain)
    assert loop.max_iterations == 3 and loop.condition is not None
    assert _agents(loop) == ["b", "a"]


def test_branches_know_which_of_them_are_optional() -> None:
    fan = _body(
        f'{_STAGE}mode = "parallel"\n'
        f'{_BRANCH}name = "text"\nmode = "sequential"\nagents = ["a", "b"]\n'
        f'{_BRANCH}name = "image"\nrequired = false\nmode = "collaborative"\nagents = ["b", "c"]\n'
    )
    assert isinstance(fan, Fan) and fan.is_parallel
    assert [child.path.rpartition("/")[2] for child in fan.children] == ["text", "image"]
    assert fan.optional == {fan.children[1].path}


def test_the_limit_of_a_branch_with_one_agent_is_the_shorter_one() -> None:
    branch = f'{_STAGE}mode = "parallel"\n{_BRANCH}mode = "sequential"\n'
    for agent, limit, kept in (("a", "2s", 2.0), ("a", "9s", 5.0), ("b", "9s", 9.0)):
        step = next(
            node
            for node in walk(_body(f'{branch}agents = ["{agent}"]\ntimeout = "{limit}"\n'))
            if isinstance(node, Step)
        )
        assert step.timeout == kept


def test_the_limit_of_a_branch_with_several_agents_holds_for_all_of_them_together() -> None:
    for mode in ("sequential", "collaborative", "loop", "route"):
        branch = f'name = "x"\nmode = "{mode}"\nagents = ["a", "b"]\ntimeout = "2s"\n'
        fan = _body(f'{_STAGE}mode = "parallel"\n{_BRANCH}{branch}')
        assert isinstance(fan, Fan)
        (part,) = fan.children
        assert isinstance(part, Chain) and (part.timeout, part.flow) == (2.0, "")
        assert part.path.endswith("/x") and sorted(_agents(part)) == ["a", "b"]


def test_choices_are_labelled_with_their_conditions() -> None:
    (stage,) = _stages(
        f"{_STAGE}\n"
        f'{_CHOICE}when = "n > 1"\nmode = "loop"\nagents = ["a"]\n'
        f'{_CHOICE}name = "rest"\notherwise = true\nmode = "sequential"\nagents = ["b"]\n'
    )
    assert isinstance(stage.body, Choice) and stage.mode == "choices"
    assert [option.label for option in stage.body.options] == ["n > 1", "otherwise"]
    assert isinstance(stage.body.options[0].body, Loop)
    assert stage.body.options[1].when is None and stage.body.options[1].contains is None


def test_a_route_stage_asks_only_the_rules_that_name_its_agents() -> None:
    rules = "".join(
        f'[[orchestration.routing.rules]]\ncontains = "{word}"\nagent = "{agent}"\n'
        for word, agent in (("x", "a"), ("y", "c"))
    )
    choice = _body(f'{_STAGE}mode = "route"\nagents = ["b", "c", "b"]\n{rules}')
    assert isinstance(choice, Choice) and choice.routing is not None
    assert not choice.routing.uses_target and choice.routing.default_agent is None
    assert [rule.agent for rule in choice.routing.rules] == ["c"]
    assert [option.label for option in choice.options] == ["otherwise", 'contains "y"']


def test_a_nested_flow_that_was_not_read_is_refused_by_name() -> None:
    with pytest.raises(PlanError, match=r"stage 'stage 1': the flow 'other\.toml' was not read"):
        _stages(f'{_STAGE}mode = "flow"\nflow = "other.toml"\n')


def test_every_agent_of_every_kind_of_stage_is_drawn() -> None:
    text = (
        f'{_STAGE}name = "split"\nmode = "parallel"\n'
        f'{_BRANCH}name = "text"\nmode = "sequential"\nagents = ["a", "b"]\n'
        f'{_BRANCH}name = "image"\nmode = "loop"\nagents = ["b", "c"]\n'
        f'{_STAGE}name = "pick"\n'
        f'{_CHOICE}when = "n > 1"\nmode = "collaborative"\nagents = ["a", "c"]\n'
        f'{_CHOICE}otherwise = true\nmode = "route"\nagents = ["b", "a"]\n'
    )
    plan = compile_plan(Flow.model_validate(tomllib.loads(_HEAD + text + _AGENTS)))
    layout = lay_out(plan)
    steps = [node.path for node in plan.nodes.values() if isinstance(node, Step)]
    assert len(steps) == 8 and set(steps) <= set(layout.boxes)
