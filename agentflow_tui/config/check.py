"""Checks a flow's text: what it says, what is wrong and where; nothing is run or imported (semantics §8)."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from agentflow_tui.config.environment import apply_environment
from agentflow_tui.config.finding import Finding
from agentflow_tui.config.flow import Flow
from agentflow_tui.config.flow_notes import FlowNotes
from agentflow_tui.config.flow_text import FlowTextError, parse_flow_text, read_flow_text
from agentflow_tui.config.hook_names import check_hook_names
from agentflow_tui.config.idle_agents import check_idle_agents
from agentflow_tui.config.nesting import Nesting, ReadFlow, nested_flows
from agentflow_tui.config.placement import place_findings
from agentflow_tui.config.problem import KeyPath, Problem
from agentflow_tui.config.read_document import read_document
from agentflow_tui.config.references import check_providers, check_references
from agentflow_tui.config.secrets import check_secrets
from agentflow_tui.config.state_names import check_state_names

FLOW_FILE = "agentflow.toml"
"""What a flow's file is called unless it is named otherwise."""


@dataclass(frozen=True, slots=True)
class Checked:
    """The outcome of a check.

    `flow` can be run and is there only if no problem is an error. `draft` is what could be understood even
    so, for drawing while someone types; it must not be run.
    """

    flow: Flow | None
    problems: tuple[Problem, ...]
    draft: Flow | None = None

    @property
    def is_valid(self) -> bool:
        """True when no problem is an error."""
        return self.flow is not None

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that keep the flow from running."""
        return tuple(problem for problem in self.problems if problem.severity == "error")


def check_text(
    text: str, *, folder: Path | None = None, env: Mapping[str, str] | None = None, name: str = FLOW_FILE
) -> Checked:
    """Check a flow's text as if it were the file `name` of `folder`; never raises for what the text holds.

    Nested flows are looked for in `folder` and are not checked without one. `env` is the process's
    environment unless given.
    """
    text = text.removeprefix("\ufeff")
    if not text.strip():
        return _refused(FlowTextError("the file is empty", "begin with [orchestration] and a mode"))
    try:
        document = parse_flow_text(text)
    except FlowTextError as error:
        return _refused(error)
    document, findings = apply_environment(document, os.environ if env is None else env)
    draft, faults = read_document(document)
    findings += faults + check_secrets(document)
    if draft is not None:
        findings += _check_draft(draft, document, faults, FlowNotes.read(text))
        findings += _check_nested(draft, folder, name, env)
    problems = _placed(text, findings)
    is_valid = draft is not None and not any(problem.severity == "error" for problem in problems)
    return Checked(draft if is_valid else None, problems, draft)


def check_file(path: Path | str, env: Mapping[str, str] | None = None) -> Checked:
    """Check the flow in a file; a file that cannot be read is a problem at line 1, not an exception."""
    file = Path(path)
    try:
        text = read_flow_text(file)
    except FlowTextError as error:
        return _refused(error)
    return check_text(text, folder=file.parent, env=env, name=file.name)


def is_mode_given(document: Mapping[str, object]) -> bool:
    """Tell whether a document says which mode it wants, right or wrong."""
    orchestration = document.get("orchestration")
    return orchestration is not None and not (isinstance(orchestration, dict) and "mode" not in orchestration)


def _check_draft(
    draft: Flow, document: Mapping[str, object], faults: list[Finding], notes: FlowNotes
) -> list[Finding]:
    agents = document.get("agents", {})
    findings = check_references(draft, frozenset(agents)) if isinstance(agents, dict) else []
    if any(fault.severity == "error" and _shapes_modes(fault.path) for fault in faults):
        # What is missing there is missing because it was wrong, which is said already.
        findings = [finding for finding in findings if finding.path != ("orchestration",)]
    findings += check_providers(draft) + check_state_names(draft, notes.example_input)
    findings += [*check_hook_names(draft), *check_idle_agents(draft, [*faults, *findings])]
    if not is_mode_given(document):
        hint = 'add mode = "route", or another of collaborative, sequential, loop, mixed'
        findings.append(Finding("warning", ("orchestration",), "no mode is set, so it is route", hint))
    return findings


def _shapes_modes(path: KeyPath) -> bool:
    return path[0] == "agents" or (
        path[0] == "orchestration" and path[1:2] not in (("timeout",), ("timeout_seconds",))
    )


def _check_nested(
    draft: Flow, folder: Path | None, name: str, env: Mapping[str, str] | None
) -> list[Finding]:
    if folder is not None:
        root = folder.resolve()
        return Nesting(root, partial(_read_nested, env=env)).check(draft, (root / name).resolve())
    hint = "save the flow in its project folder"
    return [
        Finding("info", path, "this nested flow is not checked yet", hint) for path, *_ in nested_flows(draft)
    ]


def _read_nested(text: str, env: Mapping[str, str] | None) -> ReadFlow:
    """Read a nested flow as `Nesting` wants it: its own nested flows are followed there, not here."""
    checked = check_text(text, env=env)
    first = next(iter(checked.errors), None)
    if first is not None:
        return ReadFlow(checked.draft, f"line {first.line}: {first.message}")
    has_hooks = checked.draft is not None and checked.draft.hooks
    return ReadFlow(checked.draft, hooks_line=_line_of(text, ("hooks",)) if has_hooks else 0)


def _line_of(text: str, path: KeyPath) -> int:
    (problem,) = place_findings(text, [Finding("info", path, "", at_key=True)])
    return problem.line


def _placed(text: str, findings: list[Finding]) -> tuple[Problem, ...]:
    try:
        return place_findings(text, findings)
    except RecursionError:
        # Lists in lists by the hundred: the findings count more than their places.
        return tuple(Problem(f.severity, "", 1, 1, f.message, f.hint, 2) for f in findings)


def _refused(error: FlowTextError) -> Checked:
    line, column = error.line, error.column
    return Checked(None, (Problem("error", "", line, column, error.message, error.hint, column + 1),))
