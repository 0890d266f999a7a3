"""What one change of a config means for a run that goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from agentflow_tui.config.flow_change import FlowChange

Effect = Literal["calls", "shape", "course", "later", "nothing"]
"""Calls of agents no longer fit their recordings; other nodes run; the run goes on differently (limits,
conditions, policies); only the next run takes it in; nothing takes it in."""

REQUEST_KEYS = frozenset({"provider", "model", "temperature", "max_tokens", "top_p", "seed"})
"""Settings of a model that stand in the key of a recording."""
_ASKED = frozenset({"prompt", "system_prompt", "output", "handler"})
_FOR_PEOPLE = frozenset({"description", "role", "capabilities", "metadata", "auto_llm"})
_SHAPING = frozenset(
    {"mode", "sequential_agents", "collaborative_agents", "loop_agent", "agents", "flow", "name"}
)


def effect_of(change: FlowChange, *, is_other_shape: bool) -> Effect:
    """Return what a change does; one of the shape does nothing in a plan that keeps its nodes."""
    effect = _SECTIONS.get(str(change.key[0]), _nothing)(change)
    return "nothing" if effect == "shape" and not is_other_shape else effect


def _agent(change: FlowChange) -> Effect:
    _, *below = change.key
    setting = below[1] if below[1:] else "enabled"
    if setting in ("enabled", "flow"):
        return "shape"
    if setting in _FOR_PEOPLE:
        return "nothing"
    if setting == "llm":
        return _model(change)
    return "calls" if setting in _ASKED else "course"


def _model(change: FlowChange) -> Effect:
    return "calls" if change.key[-1] in REQUEST_KEYS else "course"


def _orchestration(change: FlowChange) -> Effect:
    if "switch" in change.key:
        return "later"
    is_item = change.kind != "changed" and bool({"stages", "branches", "choices"} & set(change.key))
    return "shape" if is_item or change.key[-1] in _SHAPING else "course"


def _name(change: FlowChange) -> Effect:
    return "calls" if change.key[-1] == "provider" else "later"


def _course(_: FlowChange) -> Effect:
    return "course"


def _later(_: FlowChange) -> Effect:
    return "later"


def _nothing(_: FlowChange) -> Effect:
    return "nothing"


_SECTIONS: dict[str, Callable[[FlowChange], Effect]] = {
    "agents": _agent,
    "llm": _model,
    "providers": _model,
    "orchestration": _orchestration,
    "error_routing": _course,
    "agent_flow": _name,
    "hooks": _later,
    "telemetry": _later,
}
