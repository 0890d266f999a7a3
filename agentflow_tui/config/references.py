"""Whether the agents that a flow names exist and can run (semantics §7, §9)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from agentflow_tui.config.finding import Finding
from agentflow_tui.config.flow import Flow
from agentflow_tui.config.llm import LlmConfig, ProviderConfig
from agentflow_tui.config.nearest import nearest_name
from agentflow_tui.config.problem import KeyPath, Severity, shorten
from agentflow_tui.config.stage import Body, StageConfig

KNOWN_PROVIDERS = ("auto", "ollama", "openai", "azure", "embedded", "scripted")
"""Model back ends that need no table of their own."""


@dataclass(frozen=True, slots=True)
class Reference:
    """One place of the file that names an agent; `is_active` when a mode in use can get there."""

    path: KeyPath
    agent: str
    is_active: bool


def check_references(flow: Flow, declared: frozenset[str] = frozenset()) -> list[Finding]:
    """Find unknown and disabled agents, and modes that lack their agents.

    `declared` are names that the file has a table for, even if what stands there could not be used.
    """
    known = declared | flow.agents.keys()
    findings = [finding for reference in references(flow) if (finding := _finding(flow, reference, known))]
    for mode in flow.orchestration.modes_in_use:
        findings.extend(_missing_agents(flow, mode))
    findings.extend(_idle_policies(flow))
    return findings


def bodies(flow: Flow) -> Iterator[tuple[KeyPath, Body]]:
    """Yield every stage, branch and choice of mixed mode with its key path."""
    for index, stage in enumerate(flow.orchestration.mixed.stages):
        path: KeyPath = ("orchestration", "mixed", "stages", index)
        yield path, stage
        yield from _inner_bodies(path, stage)


def references(flow: Flow) -> Iterator[Reference]:
    """Yield every place that names an agent."""
    settings, used = flow.orchestration, flow.orchestration.modes_in_use
    has_stages = bool(settings.mixed.stages)
    phases = "mixed" in used and not has_stages
    base: KeyPath = ("orchestration",)
    for index, name in enumerate(settings.sequential_agents or ()):
        yield Reference((*base, "sequential_agents", index), name, "sequential" in used or phases)
    for index, name in enumerate(settings.collaborative_agents or ()):
        yield Reference((*base, "collaborative_agents", index), name, "collaborative" in used or phases)
    if settings.loop_agent is not None:
        yield Reference((*base, "loop_agent"), settings.loop_agent, "loop" in used)
    if settings.routing.default_agent is not None:
        yield Reference((*base, "routing", "default_agent"), settings.routing.default_agent, "route" in used)
    for index, rule in enumerate(settings.routing.rules):
        yield Reference((*base, "routing", "rules", index, "agent"), rule.agent, "route" in used)
    for path, body in bodies(flow):
        for index, name in enumerate(body.agents):
            yield Reference((*path, "agents", index), name, "mixed" in used)
    yield from _handlers(flow)


def _inner_bodies(path: KeyPath, body: StageConfig) -> Iterator[tuple[KeyPath, Body]]:
    for index, branch in enumerate(body.branches):
        yield (*path, "branches", index), branch
    for index, choice in enumerate(body.choices):
        yield (*path, "choices", index), choice
        for inner, branch in enumerate(choice.branches):
            yield (*path, "choices", index, "branches", inner), branch


def check_providers(flow: Flow) -> list[Finding]:
    """Warn about model back ends that neither this program nor [providers] know, and keys lost there."""
    named: list[tuple[KeyPath, str | None]] = [(("llm", "provider"), flow.llm.provider)]
    named.append((("agent_flow", "provider"), flow.agent_flow.provider))
    named += [
        (("agents", name, "llm", "provider"), agent.llm.provider) for name, agent in flow.agents.items()
    ]
    known = (*KNOWN_PROVIDERS, *flow.providers)
    findings = list(_lost_keys(flow))
    for path, name in named:
        if name and name not in known and name.lower() not in KNOWN_PROVIDERS:
            meant = nearest_name(name, known)
            hint = f"did you mean {meant}? " if meant else f"one of {', '.join(KNOWN_PROVIDERS)}; "
            hint += f'for another OpenAI-compatible server add [providers.{shorten(name)}] base_url = "…"'
            findings.append(Finding("warning", path, f"unknown provider {shorten(name)!r}", hint))
    return findings


def _lost_keys(flow: Flow) -> Iterator[Finding]:
    """A provider's table may hold what other programs read; only what looks like ours is told."""
    for name, table in flow.providers.items():
        for key in table.model_extra or ():
            meant = nearest_name(key, ProviderConfig.model_fields)
            is_models = key in LlmConfig.model_fields and key != "provider"
            if is_models or meant:
                message = f"unknown key {shorten(key)!r}; it is ignored"
                hint = "move it to [llm] or [agents.NAME.llm]" if is_models else f"did you mean {meant}?"
                yield Finding("warning", ("providers", name, key), message, hint, at_key=True)


def _idle_policies(flow: Flow) -> Iterator[Finding]:
    """An agent that is a whole flow is called by nobody: its agents are, each with its own policies."""
    for name, agent in flow.agents.items():
        for key in ("retry_policy", "rate_limit", "circuit_breaker"):
            if agent.flow is not None and getattr(agent, key) is not None:
                message = f"{key} does nothing for an agent that is a flow"
                hint = f"set it for the agents in {shorten(agent.flow)}"
                yield Finding("warning", ("agents", name, key), message, hint, at_key=True)


def _handlers(flow: Flow) -> Iterator[Reference]:
    routing = flow.error_routing
    if routing.error_handler_name:
        yield Reference(("error_routing", "error_handler_name"), routing.error_handler_name, is_active=False)
    for table in ("category_handlers", "severity_handlers"):
        for key, name in getattr(routing, table).items():
            yield Reference(("error_routing", table, key), name, is_active=False)


def _finding(flow: Flow, reference: Reference, known: frozenset[str]) -> Finding | None:
    name, agent = reference.agent, flow.agents.get(reference.agent)
    severity: Severity = "error" if reference.is_active else "warning"
    if agent is None:
        if name in known:
            return None
        meant = nearest_name(name, known)
        hint = f"did you mean {meant}?" if meant else f"add [agents.{shorten(name)}] or remove the name"
        return Finding(severity, reference.path, f"unknown agent {shorten(name)!r}", hint)
    if not agent.enabled:
        hint = f"set enabled = true in [agents.{shorten(name)}] or remove the name"
        return Finding(severity, reference.path, f"agent {shorten(name)!r} is disabled", hint)
    return None


def _missing_agents(flow: Flow, mode: str) -> Iterator[Finding]:
    settings = flow.orchestration
    base: KeyPath = ("orchestration",)
    together, in_order = settings.collaborative_agents, settings.sequential_agents
    lists = {"sequential_agents": in_order, "collaborative_agents": together}
    phases = mode == "mixed" and not settings.mixed.stages
    for key, names in lists.items():
        if names == [] and (phases or key.startswith(mode)):
            yield Finding(
                "error", (*base, key), f"{key} is empty, but mode {mode} runs it", 'write ["first", "second"]'
            )
    if mode == "sequential" and in_order is None:
        yield Finding(
            "error", base, "mode sequential needs sequential_agents", 'add sequential_agents = ["…"]'
        )
    if mode == "collaborative" and together is None and not flow.enabled_agents:
        yield Finding("error", base, "mode collaborative has no agents to run", "add an [agents.NAME] table")
    if mode == "loop" and not settings.loop_agent:
        yield Finding("error", base, "mode loop needs loop_agent", 'add loop_agent = "NAME"')
    if phases and together is None and in_order is None:
        hint = "add collaborative_agents, sequential_agents or [[orchestration.mixed.stages]]"
        yield Finding("error", base, "mode mixed has neither agents nor stages", hint)
    if mode == "route" and not flow.enabled_agents:
        yield Finding("warning", base, "no agent can be routed to", "add an [agents.NAME] table")
