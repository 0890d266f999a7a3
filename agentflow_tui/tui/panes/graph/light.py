"""Which lines of a graph the run has gone along."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum

from agentflow_tui.history.run_state import NodeState
from agentflow_tui.plan.box import Edge

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
