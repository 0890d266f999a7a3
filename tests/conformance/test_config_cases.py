"""Conformance, kind `config`: validate a flow; besides, every other case's flow must be fit to run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agentflow_tui.config import Checked, Flow, Problem, check_file
from tests.conformance.cases import Case, later_ids, load_cases

CASES = [case for case in load_cases("config") if case.id not in later_ids()]
OTHERS = [case for case in load_cases() if case.kind != "config" and "flow" in case.given]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_config(case: Case, tmp_path: Path) -> None:
    checked = check_file(case.write_project(tmp_path), env=case.env)
    listing = "\n".join(map(str, checked.problems))
    assert checked.is_valid is case.expect["valid"], listing
    for wanted in case.expect.get("problems", []):
        assert any(_matches(wanted, problem) for problem in checked.problems), f"{wanted}\n{listing}"
    for unwanted in case.expect.get("problems_lack", []):
        assert not any(_matches(unwanted, problem) for problem in checked.problems), f"{unwanted}\n{listing}"
    for path, value in case.expect.get("resolved", {}).items():
        assert _resolved(checked, path) == value, path


@pytest.mark.parametrize("case", OTHERS, ids=lambda case: case.id)
def test_flow_of_other_kinds_is_valid(case: Case, tmp_path: Path) -> None:
    checked = check_file(case.write_project(tmp_path), env=case.env)
    assert checked.is_valid, "\n".join(map(str, checked.problems))


def _matches(wanted: dict[str, Any], problem: Problem) -> bool:
    path = wanted.get("path", problem.path)
    return (
        wanted.get("severity", problem.severity) == problem.severity
        and (problem.path == path or problem.path.startswith((f"{path}.", f"{path}[")))
        and wanted.get("line", problem.line) == problem.line
        and wanted.get("contains", "") in problem.message
        and wanted.get("suggests", "") in problem.hint
        and (not wanted.get("has_suggestion") or bool(problem.hint))
    )


def _resolved(checked: Checked, path: str) -> Any:
    flow, parts = checked.flow, path.split(".")
    assert flow is not None
    if parts[0] == "llm":
        return getattr(flow.llm_for(), parts[1])
    if parts[0] == "agents" and parts[2] == "llm":
        return getattr(flow.llm_for(parts[1]), parts[3])
    return _value(flow, parts)


def _value(flow: Flow, parts: list[str]) -> Any:
    value: Any = flow
    for part in parts:
        value = value[part] if isinstance(value, dict) else getattr(value, part)
    return value
