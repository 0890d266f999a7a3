"""Whether an agent that a flow defines is ever run by it (semantics §3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from agentflow_tui.config.finding import Finding
from agentflow_tui.config.flow import Flow
from agentflow_tui.config.orchestration import Orchestration
from agentflow_tui.config.problem import shorten
from agentflow_tui.config.references import references


def check_idle_agents(flow: Flow, findings: Iterable[Finding]) -> Iterator[Finding]:
    """Warn about enabled agents that nothing in the flow names and no mode in use takes unnamed.

    `findings` are those of the flow so far: where a name is wrong or was left out, nobody knows who is idle.
    """
    settings = flow.orchestration
    if _takes_anyone(settings) or any(_may_hide_a_name(finding) for finding in findings):
        return
    named = {reference.agent for reference in references(flow)}
    modes = settings.modes_in_use
    who = f"mode {modes[0]} never runs" if len(modes) == 1 else f"modes {' and '.join(modes)} never run"
    for name in flow.enabled_agents:
        if name not in named:
            message, hint = f"{who} agent {shorten(name)!r}", _way_in(settings, name)
            yield Finding(
                "warning", ("agents", name), message, f"{hint}; or set enabled = false", at_key=True
            )


def _takes_anyone(settings: Orchestration) -> bool:
    """Tell whether an event, a hand-over or an absent list may take an agent that is named nowhere."""
    modes = settings.modes_in_use
    is_routed = "route" in modes or bool(settings.routing.model_fields_set)
    return is_routed or ("collaborative" in modes and settings.collaborative_agents is None)


def _may_hide_a_name(finding: Finding) -> bool:
    """Tell whether what was found may have taken the name of an agent out of the flow."""
    return (
        finding.severity == "error"
        or len(finding.path) == 1
        or (finding.path[0] in ("orchestration", "error_routing") and finding.columns is None)
    )


def _way_in(settings: Orchestration, name: str) -> str:
    if settings.mode == "loop":
        both = f'"{shorten(settings.loop_agent or "", 40)}", "{shorten(name, 40)}"'
        return f'loop them together in a stage of mode = "mixed": mode = "loop", agents = [{both}]'
    if settings.mode == "mixed" and settings.mixed.stages:
        return "name it in the agents of a stage"
    return f"add it to {'sequential' if settings.mode == 'mixed' else settings.mode}_agents"
