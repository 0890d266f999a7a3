"""Flows inside flows: found, inside the folder, without circles, not too deep (semantics §3)."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentflow_tui.config import Problem, check_file, check_text
from agentflow_tui.config.project_folder import OutsideFolderError, resolve_inside
from agentflow_tui.config.step_count import MAX_NESTED_STEPS, StepCount
from agentflow_tui.plan import nest as nest_of_plan
from agentflow_tui.plan.compile import compile_plan
from agentflow_tui.plan.node import Step, walk

LEAF = "[orchestration]\nmode = 'sequential'\nsequential_agents = ['a']\n[agents.a]\n"


def nest(*names: str) -> str:
    stages = "".join(
        f"[[orchestration.mixed.stages]]\nname='S'\nmode='flow'\nflow={name!r}\n" for name in names
    )
    return f"[orchestration]\nmode = 'mixed'\n{stages}"


def errors(folder: Path, text: str, **files: str) -> list[Problem]:
    for name, content in files.items():
        (folder / f"{name}.toml").write_text(content, encoding="utf-8")
    (folder / "agentflow.toml").write_text(text, encoding="utf-8")
    return [p for p in check_file(folder / "agentflow.toml", env={}).problems if p.severity == "error"]


def test_a_good_flow_inside(tmp_path: Path) -> None:
    assert errors(tmp_path, nest("b.toml", "b.toml"), b=LEAF) == []


def test_a_missing_file(tmp_path: Path) -> None:
    (problem,) = errors(tmp_path, nest("gone.toml"))
    assert (problem.path, problem.line) == ("orchestration.mixed.stages[0].flow", 6)
    assert "gone.toml" in problem.message
    assert "does not exist" in problem.message


def test_a_fault_in_the_inner_flow_names_its_line(tmp_path: Path) -> None:
    (problem,) = errors(tmp_path, nest("b.toml"), b="[orchestration]\nmode = 'sequental'\n")
    assert "line 2" in problem.message
    assert "sequental" in problem.message


def test_a_fault_names_the_stage_the_file_and_the_agent(tmp_path: Path) -> None:
    boss = "[orchestration]\nmode='sequential'\nsequential_agents=['boss']\n[agents.boss]\nflow={!r}\n"
    (problem,) = errors(tmp_path, nest("b.toml"), b=boss.format("c.toml"), c=boss.format("gone.toml"))
    assert problem.message.startswith("stage 'S': in c.toml, agent 'boss': the flow 'gone.toml'")
    (problem,) = errors(tmp_path, boss.format("gone.toml"))
    assert problem.message.startswith("agent 'boss': the flow 'gone.toml'")


def test_an_inner_flow_that_is_no_toml(tmp_path: Path) -> None:
    (problem,) = errors(tmp_path, nest("b.toml"), b="[orchestration\n")
    assert "line 1" in problem.message


def test_a_circle_names_its_files(tmp_path: Path) -> None:
    (problem,) = errors(tmp_path, nest("b.toml"), b=nest("c.toml"), c=nest("b.toml"))
    assert "b.toml → c.toml → b.toml" in problem.message


def test_a_circle_through_an_agent(tmp_path: Path) -> None:
    text = "[orchestration]\nmode='sequential'\nsequential_agents=['x']\n[agents.x]\nflow='agentflow.toml'\n"
    (problem,) = errors(tmp_path, text)
    assert problem.path == "agents.x.flow"
    assert "circle" in problem.message


def chain(length: int) -> dict[str, str]:
    return {f"d{n}": nest(f"d{n + 1}.toml") if n < length else LEAF for n in range(1, length + 1)}


def test_eight_levels_are_allowed_and_nine_are_not(tmp_path: Path) -> None:
    assert errors(tmp_path, nest("d1.toml"), **chain(8)) == []
    (problem,) = errors(tmp_path, nest("d1.toml"), **chain(9))
    assert "deeper than 8" in problem.message


def test_the_deeper_way_to_a_file_counts(tmp_path: Path) -> None:
    files = chain(8)
    (problem,) = errors(tmp_path, nest("d2.toml", "d1.toml", "extra.toml"), **files, extra=nest("d1.toml"))
    assert "deeper than 8" in problem.message
    assert problem.path == "orchestration.mixed.stages[2].flow"


def test_many_ways_to_the_same_files_are_quick(tmp_path: Path) -> None:
    files = {f"d{n}": nest(*[f"d{n + 1}.toml"] * 12) for n in range(1, 8)}
    (problem,) = errors(tmp_path, nest(*["d1.toml"] * 12), **files, d8=LEAF)
    assert "more than 10000 steps" in problem.message


def test_names_are_relative_to_the_file_that_has_them(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b.toml").write_text(nest("c.toml", "../d.toml"), encoding="utf-8")
    (tmp_path / "sub" / "c.toml").write_text(LEAF, encoding="utf-8")
    assert errors(tmp_path, nest("sub/b.toml"), d=LEAF) == []


@pytest.mark.parametrize(
    "name", ["../out.toml", "sub/../../out.toml", "/etc/hostname", "link/out.toml", "out-link.toml"]
)
def test_the_folder_is_never_left(tmp_path: Path, name: str) -> None:
    project = tmp_path / "project"
    (project / "sub").mkdir(parents=True)
    (tmp_path / "out.toml").write_text(LEAF, encoding="utf-8")
    (project / "link").symlink_to(tmp_path)
    (project / "out-link.toml").symlink_to(tmp_path / "out.toml")
    (problem,) = errors(project, nest(name))
    assert "project folder" in problem.message or "absolute path" in problem.message


@pytest.mark.parametrize("name", ["", ".", "sub"])
def test_folders_are_no_flows(tmp_path: Path, name: str) -> None:
    (tmp_path / "sub").mkdir()
    (problem,) = errors(tmp_path, nest(name))
    assert "is a folder" in problem.message


def test_odd_names_are_problems_not_exceptions(tmp_path: Path) -> None:
    for name in ("a\x00b", "x" * 5000, "\x1b[31m.toml"):
        text = nest("NAME").replace(
            "'NAME'", '"' + name.encode("unicode_escape").decode().replace("\\x", "\\u00") + '"'
        )
        (problem,) = errors(tmp_path, text)
        assert len(problem.message) < 400


def test_link_loops_are_problems(tmp_path: Path) -> None:
    (tmp_path / "loop.toml").symlink_to("loop.toml")
    (problem,) = errors(tmp_path, nest("loop.toml"))
    assert problem.hint


HOOKS = "[[hooks]]\nhook = 'AllHooks'\nname = 'log'\nhandler = 'steps:log'\n"


def warnings(folder: Path, text: str, **files: str) -> list[Problem]:
    assert errors(folder, text, **files) == []
    return [p for p in check_file(folder / "agentflow.toml", env={}).problems if p.severity == "warning"]


def test_callbacks_of_an_inner_flow_are_told_to_be_idle(tmp_path: Path) -> None:
    (problem,) = warnings(tmp_path, nest("b.toml", "b.toml"), b=LEAF + HOOKS + HOOKS.replace("log", "two"))
    assert (problem.path, problem.line) == ("orchestration.mixed.stages[0].flow", 6)
    assert "[[hooks]] of the flow 'b.toml', line 5, are not called" in problem.message
    assert "under [[hooks]] of this file" in problem.hint


def test_callbacks_further_inside_are_told_at_the_flow_that_leads_there(tmp_path: Path) -> None:
    (problem,) = warnings(tmp_path, nest("b.toml", "c.toml"), b=LEAF, c=nest("d.toml"), d=HOOKS + LEAF)
    assert problem.path == "orchestration.mixed.stages[1].flow"
    assert "'d.toml', line 1," in problem.message


def test_callbacks_of_the_file_itself_are_no_matter(tmp_path: Path) -> None:
    assert warnings(tmp_path, HOOKS + nest("b.toml"), b=LEAF) == []


def test_idle_callbacks_hide_no_error(tmp_path: Path) -> None:
    problems = errors(tmp_path, nest("b.toml", "gone.toml"), b=LEAF + HOOKS)
    assert [problem.path for problem in problems] == ["orchestration.mixed.stages[1].flow"]


def test_without_a_folder_nested_flows_are_not_looked_for() -> None:
    checked = check_text(nest("b.toml"), env={})
    assert checked.is_valid
    assert [p.severity for p in checked.problems] == ["info"]


def test_resolve_inside(tmp_path: Path) -> None:
    assert resolve_inside(tmp_path, "a/../b") == tmp_path.resolve() / "b"
    assert resolve_inside(tmp_path, "../b", tmp_path / "a") == tmp_path.resolve() / "b"
    with pytest.raises(OutsideFolderError):
        resolve_inside(tmp_path, "../b")
    with pytest.raises(OutsideFolderError):
        resolve_inside(tmp_path, tmp_path / "b")


def test_the_inner_flow_sees_the_same_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENTFLOW_AGENT_A_ENABLED", "false")
    assert errors(tmp_path, nest("b.toml"), b=LEAF) == []
    env = {"AGENTFLOW_AGENT_A_ENABLED": "false"}
    (problem,) = check_file(tmp_path / "agentflow.toml", env=env).errors
    assert "disabled" in problem.message


def test_flows_that_multiply_are_refused_as_the_plan_would(tmp_path: Path) -> None:
    ten = {f"f{level}": nest(*[f"f{level + 1}.toml"] * 10) for level in range(1, 4)}
    assert errors(tmp_path, nest(*["f1.toml"] * 10), **ten, f4=LEAF) == []
    (problem,) = errors(tmp_path, nest(*["f1.toml"] * 10, "f4.toml"), **ten, f4=LEAF)
    assert problem.path == "orchestration.mixed.stages[0].flow"
    assert "more than 10000 steps; f1.toml is the largest" in problem.message
    assert MAX_NESTED_STEPS == nest_of_plan.MAX_NESTED_STEPS


EVERY_KIND = """
[orchestration]
mode = "mixed"
[[orchestration.switch]]
when = "x"
mode = "route"
[[orchestration.switch]]
when = "y"
mode = "loop"
[[orchestration.switch]]
when = "z"
mode = "collaborative"
[orchestration.mixed]
stages = [
  { name = "A", mode = "sequential", agents = ["a", "b", "a"] },
  { name = "B", choices = [
    { when = "x", mode = "flow", flow = "leaf.toml" },
    { otherwise = true, mode = "parallel", branches = [
      { name = "p", mode = "route", agents = ["a", "b"] }, { name = "q", flow = "leaf.toml" } ] } ] },
]
[error_routing]
enabled = true
error_handler_name = "b"
category_handlers = { auth = "a", llm = "b" }
[agents.a]
[agents.b]
flow = "leaf.toml"
[agents.off]
enabled = false
"""


@pytest.mark.parametrize("mode", ["mixed", "route", "collaborative"])
def test_steps_are_counted_as_the_plan_makes_them(tmp_path: Path, mode: str) -> None:
    (tmp_path / "leaf.toml").write_text(LEAF)
    (tmp_path / "agentflow.toml").write_text(EVERY_KIND.replace('mode = "loop"', 'mode = "mixed"'))
    checked = check_file(tmp_path / "agentflow.toml", env={})
    assert checked.flow is not None, checked.problems
    plan = compile_plan(checked.flow, mode)
    routes = plan.error_routes
    assert routes is not None
    handlers = {node.path: node for node in routes.handlers}
    made = [node for root in (plan.root, *handlers.values()) for node in walk(root) if isinstance(node, Step)]
    assert StepCount().of(checked.flow, mode) == len(made)
