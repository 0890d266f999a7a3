"""Whether the flows inside a flow can be used: they exist, stay in the folder, and end (semantics §3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from agentflow_tui.config.finding import Finding
from agentflow_tui.config.flow import Flow, NestedFlow
from agentflow_tui.config.flow_text import FlowTextError, read_flow_text
from agentflow_tui.config.problem import KeyPath, shorten
from agentflow_tui.config.project_folder import OutsideFolderError, resolve_inside
from agentflow_tui.config.references import bodies
from agentflow_tui.config.step_count import MAX_NESTED_STEPS, StepCount

MAX_DEPTH = 8
"""How many flows may be inside each other; the top one is depth 0."""


@dataclass(frozen=True, slots=True)
class ReadFlow:
    """What a nested flow's text says."""

    flow: Flow | None
    """What could be read."""
    fault: str = ""
    """The first error's text, or nothing."""
    hooks_line: int = 0
    """Where its `[[hooks]]` begin, from 1; 0 without any."""


Reader = Callable[[str], ReadFlow]
"""Reads a nested flow's text."""
_KINDS = {"stages": "stage", "branches": "branch", "choices": "choice"}


class Place(NamedTuple):
    """Where a flow names another one."""

    path: KeyPath
    name: str
    """The file that it names."""
    who: str
    """The agent, stage, branch or choice, for a person."""


class Nesting:
    """Follows nested flows from one top file; each file is read once."""

    def __init__(self, root: Path, read: Reader) -> None:
        """Take the project folder and the way to read a flow's text."""
        self._root = root
        self._read = read
        self._flows: dict[Path, ReadFlow] = {}
        self._depths: dict[Path, int] = {}

    def check(self, flow: Flow, file: Path) -> list[Finding]:
        """Check all that `flow`, which is in `file`, nests, and put it into the `nested` of the flows."""
        findings = []
        for place in nested_flows(flow):
            reason = self._fault(place.name, file, [file])
            if reason:
                message, hint = reason
                findings.append(Finding("error", place.path, f"{shorten(place.who)}: {message}", hint))
            else:
                self._join(flow, place.name, file)
        return (findings or _too_many(flow)) + self._idle_hooks(flow)

    def _fault(self, name: str, parent: Path, chain: list[Path]) -> tuple[str, str] | None:
        """Say what is wrong with the flow `name` of `parent`, as message and hint."""
        try:
            file = resolve_inside(self._root, name, parent.parent)
        except OutsideFolderError as error:
            return (
                f"the flow {shorten(name)!r} {error}",
                "keep nested flows in the project folder, with relative names",
            )
        if file in chain:
            names = " → ".join(step.name for step in [*chain[chain.index(file) :], file])
            return f"the flows nest in a circle: {shorten(names)}", "break the circle"
        if len(chain) > MAX_DEPTH:
            return f"flows are nested deeper than {MAX_DEPTH}", "put some of them into one file"
        try:
            found = self._nested(file)
        except FlowTextError as error:
            return f"the flow {shorten(name)!r} cannot be used: {error.message}", error.hint
        if found.fault:
            return (
                f"the flow {shorten(name)!r} has an error: {shorten(found.fault, 160)}",
                f"open {shorten(name)} and correct it",
            )
        return None if found.flow is None else self._inner_fault(found.flow, file, chain)

    def _inner_fault(self, flow: Flow, file: Path, chain: list[Path]) -> tuple[str, str] | None:
        deepest = self._depths.get(file, -1)
        if deepest >= len(chain):
            # This file was found well from at least this deep before; asking again would only repeat it.
            return None
        for inner in nested_flows(flow):
            reason = self._fault(inner.name, file, [*chain, file])
            if reason:
                message, hint = reason
                # Of a deep nest only the innermost place is named, beside the one in the file that is open.
                where = (
                    "" if message.startswith("in ") else f"in {shorten(file.name)}, {shorten(inner.who)}: "
                )
                return where + message, hint
            self._join(flow, inner.name, file)
        self._depths[file] = len(chain)
        return None

    def _join(self, flow: Flow, name: str, parent: Path) -> None:
        file = resolve_inside(self._root, name, parent.parent)
        found = self._nested(file).flow
        if found is not None:
            flow.nested[name] = NestedFlow(file.relative_to(self._root).as_posix(), found)

    def _idle_hooks(self, flow: Flow) -> list[Finding]:
        """Warn of callbacks that never fire: a run has those of the file that is run (semantics §6)."""
        findings, seen = [], set()
        for path, name, _ in nested_flows(flow):
            pending = [flow.nested[name]] if name in flow.nested else []
            while pending:
                inner = pending.pop()
                if inner.file in seen:
                    continue
                seen.add(inner.file)
                pending += inner.flow.nested.values()
                if line := self._flows[self._root / inner.file].hooks_line:
                    where = f"{shorten(inner.file)!r}, line {line}"
                    text = f"the [[hooks]] of the flow {where}, are not called when it runs inside this one"
                    hint = "put them under [[hooks]] of this file: they are called for inner flows too"
                    findings.append(Finding("warning", path, text, hint))
        return findings

    def _nested(self, file: Path) -> ReadFlow:
        if file not in self._flows:
            self._flows[file] = self._read(read_flow_text(file))
        return self._flows[file]


def _too_many(flow: Flow) -> list[Finding]:
    """Refuse what the plan would: flows that multiply (see `MAX_NESTED_STEPS`)."""
    nested, count = list(nested_flows(flow)), StepCount()
    if (
        not nested
        or max(count.of(flow, mode) for mode in flow.orchestration.modes_in_use) <= MAX_NESTED_STEPS
    ):
        return []
    path, name, _ = max(nested, key=lambda place: count.nested(flow, place.name))
    message = f"the nested flows make more than {MAX_NESTED_STEPS} steps; {shorten(name)} is the largest"
    return [Finding("error", path, message, "nest fewer flows, or each of them less often")]


def nested_flows(flow: Flow) -> Iterator[Place]:
    """Yield where a flow names the flows that it nests."""
    for name, agent in flow.agents.items():
        if agent.flow is not None:
            yield Place(("agents", name, "flow"), agent.flow, f"agent '{name}'")
    for path, body in bodies(flow):
        if body.flow is not None:
            kind, index = _KINDS[str(path[-2])], int(path[-1])
            yield Place((*path, "flow"), body.flow, f"{kind} '{body.name or index + 1}'")
