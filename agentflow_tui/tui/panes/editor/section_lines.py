"""Which line of a flow's text the nodes of its plan stand in."""

from __future__ import annotations

from collections.abc import Iterable

from agentflow_tui.config.problem import KeyPath
from agentflow_tui.config.toml_positions import TomlPositions
from agentflow_tui.plan.node import Chain, Plan, Stage, Step


def section_lines(text: str, plan: Plan, paths: Iterable[str]) -> dict[str, int]:
    """Return for each path the number, from 0, of the line that names its agent, its stage or the mode.

    What is inside another flow's file stands where that flow is called. `text` must be valid TOML.
    """
    positions = TomlPositions(text)
    lines = {}
    for path in paths:
        _, span = positions.nearest(_section(plan, path))
        if span is not None:
            lines[path] = positions.line_and_column(span.key_start)[0] - 1
    return lines


def _section(plan: Plan, path: str) -> KeyPath:
    names = path.split("/")
    for depth in range(len(names), 0, -1):
        match plan.nodes.get("/".join(names[:depth])):
            case Step(flow="", agent=agent):
                return ("agents", agent)
            case Chain(flow=flow, agent=agent) if flow and agent and not _is_nested(plan, names[: depth - 1]):
                return ("agents", agent)
            case Stage(index=index) if not _is_nested(plan, names[: depth - 1]):
                return ("orchestration", "mixed", "stages", index - 1)
    return ("orchestration",)


def _is_nested(plan: Plan, names: list[str]) -> bool:
    """Whether a node around is a whole flow of another file."""
    around = (plan.nodes.get("/".join(names[:depth])) for depth in range(1, len(names) + 1))
    return any(isinstance(node, Chain) and node.flow for node in around)
