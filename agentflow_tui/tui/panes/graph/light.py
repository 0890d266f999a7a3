"""Which lines of a graph the run has gone along."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum

from agentflow_tui.history.run_state import NodeState
from agentflow_tui.plan.box import Edge
from agentflow_tui.plan.node import Chain, Choice, Fan, Loop, Node, Plan, Stage, Step, children_of
from agentflow_tui.tui.panes.graph.face import LIVE

_WAITING = NodeState()
_UNTOUCHED = ("waiting", "skipped")


class Light(Enum):
    """How strongly a line is drawn."""

    DIM = "dim"
    """A way that a choice did not take."""
    PLAIN = "line"
    LIT = "lit"
    """The run went here."""


def lights_of(edges: Iterable[Edge], nodes: Mapping[str, NodeState], root_status: str) -> dict[Edge, Light]:
    """The light of each line for the states of a run's nodes; `root_status` is the run's own."""
    return {edge: _light(edge, nodes, root_status) for edge in edges}


def brightest(edges: Iterable[Edge], lights: Mapping[Edge, Light]) -> Light:
    """The light of cells that several lines share."""
    found = {lights[edge] for edge in edges}
    if Light.LIT in found:
        return Light.LIT
    return Light.PLAIN if Light.PLAIN in found or not found else Light.DIM


def _light(edge: Edge, nodes: Mapping[str, NodeState], root_status: str) -> Light:
    if not edge.source:
        return _lit(root_status != "idle")
    if not edge.target:
        return _lit(root_status == "completed")
    source, target = nodes.get(edge.source, _WAITING), nodes.get(edge.target, _WAITING)
    if edge.kind == "back":
        return _lit((target.iteration or 0) > 1)
    is_way_out = edge.source.startswith(f"{edge.target}/")
    if edge.kind == "option":
        choice, way = (target, source) if is_way_out else (source, target)
        if way.status in _UNTOUCHED and (choice.taken or choice.status in ("completed", "skipped")):
            return Light.DIM
    return _lit(source.status == "completed" if is_way_out else target.status not in _UNTOUCHED)


def _lit(is_lit: bool) -> Light:
    return Light.LIT if is_lit else Light.PLAIN


def left_out(plan: Plan, nodes: Mapping[str, NodeState]) -> dict[str, str]:
    """The nodes that the run passed by, and how: `skipped`, or `not taken` by a choice."""
    found: dict[str, str] = {}
    pending: list[tuple[Node, str]] = [(plan.root, "")]
    while pending:
        node, word = pending.pop()
        state = nodes.get(node.path, _WAITING)
        if word and state.status == "waiting":
            found[node.path] = word
        if state.status == "skipped":
            word = "skipped"
        is_decided = isinstance(node, Choice) and bool(state.taken or state.status == "completed")
        for child in children_of(node):
            is_other = is_decided and nodes.get(child.path, _WAITING).status in _UNTOUCHED
            pending.append((child, word or ("not taken" if is_other else "")))
    return found


def flowing(edges: Iterable[Edge], plan: Plan, nodes: Mapping[str, NodeState]) -> frozenset[Edge]:
    """The lines that lead to an agent that runs now: there the data goes."""
    return frozenset(edge for edge in edges if edge.target and _flows(edge, plan, nodes))


def _flows(edge: Edge, plan: Plan, nodes: Mapping[str, NodeState]) -> bool:
    target = plan.nodes.get(edge.target)
    if target is None or (edge.kind != "back" and edge.source.startswith(f"{edge.target}/")):
        return False
    if edge.kind == "back" and isinstance(target, Loop):
        return (nodes.get(target.path, _WAITING).iteration or 0) > 1 and _begins(target.body, nodes)
    return _begins(target, nodes)


def _begins(node: Node, nodes: Mapping[str, NodeState]) -> bool:
    """Whether what a node runs first is running."""
    state = nodes.get(node.path, _WAITING)
    match node:
        case Step():
            return state.status in LIVE
        case Chain():
            return bool(node.children) and _begins(node.children[0], nodes)
        case Fan():
            return any(_begins(child, nodes) for child in node.children)
        case Loop():
            return (state.iteration or 1) == 1 and _begins(node.body, nodes)
        case Stage():
            return _begins(node.body, nodes)
        case Choice():
            return any(_begins(option.body, nodes) for option in node.options)
