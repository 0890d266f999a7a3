"""Whether the target of an event names anybody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from agentflow_tui.config import Flow
from agentflow_tui.config.nearest import nearest_name
from agentflow_tui.config.orchestration import Mode
from agentflow_tui.config.problem import shorten

_LONGEST_LIST = 240


def target_doubt(flow: Flow, target: str, metadata: Mapping[str, str]) -> str:
    """Say that no agent takes an event by its target, so that it goes elsewhere (semantics §3 route).

    Empty without a target, when an agent is called that, when metadata or a condition may make use of it, and
    where no mode asks for one.
    """
    settings = flow.orchestration
    override = metadata.get("orchestration_override")
    modes = (override,) if override in get_args(Mode) else settings.modes_in_use
    asked = [rule.when for rule in settings.routing.rules] + [switch.when for switch in settings.switch]
    agents = flow.enabled_agents
    if (
        not target
        or target in agents
        or "route" not in modes
        or "route" in metadata
        # A condition on `event.target` may take names of its own.
        or any(when is not None and "event" in when.text for when in asked)
    ):
        return ""
    meant = nearest_name(target, agents)
    hint = f"; did you mean {meant}?" if meant else ""
    names = shorten(", ".join(agents) or "none", _LONGEST_LIST)
    return f"no enabled agent is called {shorten(target)!r}{hint} (agents: {names})"
