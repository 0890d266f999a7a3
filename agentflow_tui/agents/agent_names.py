"""The agents of a flow and of those inside it, as `Step.key` names them."""

from __future__ import annotations

from agentflow_tui.config import Flow
from agentflow_tui.config.nearest import nearest_name


def flows_by_file(flow: Flow) -> dict[str, Flow]:
    """Return the flow, as file "", and all inside it, each file once."""
    found, pending = {"": flow}, [*flow.nested.values()]
    while pending:
        inner = pending.pop()
        if inner.file not in found:
            found[inner.file] = inner.flow
            pending += inner.flow.nested.values()
    return found


def require_agent(flow: Flow, name: str) -> None:
    """Refuse a name that no agent has which does its work itself.

    Raises:
        ValueError: There is no such agent, or it is a nested flow; the text names the way out.
    """
    known = {
        f"{file}:{agent}" if file else agent: settings.flow
        for file, each in flows_by_file(flow).items()
        for agent, settings in each.agents.items()
    }
    if name not in known:
        meant = nearest_name(name, known)
        hint = f"; did you mean '{meant}'?" if meant else ""
        raise ValueError(f"the flow has no agent '{name}'{hint}")
    if inner := known[name]:
        raise ValueError(f"agent '{name}' is the flow '{inner}'; register that flow's own agents")
