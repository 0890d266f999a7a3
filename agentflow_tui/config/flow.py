"""One flow: everything an `agentflow.toml` can say."""

from __future__ import annotations

from dataclasses import dataclass, fields

from pydantic import PrivateAttr

from agentflow_tui.config.agent import AgentConfig, HookConfig
from agentflow_tui.config.failure import ErrorRouting
from agentflow_tui.config.llm import LlmConfig, LlmSettings, ProviderConfig
from agentflow_tui.config.orchestration import Orchestration
from agentflow_tui.config.services import AgentFlow, AgentMemory, Logging, Mcp, Runtime
from agentflow_tui.config.table import Table
from agentflow_tui.config.telemetry import Telemetry


class Flow(Table):
    """One validated `agentflow.toml` (semantics §1), environment already applied."""

    agent_flow: AgentFlow = AgentFlow()
    """What the flow is called."""
    logging: Logging = Logging()
    """What is logged."""
    runtime: Runtime = Runtime()
    """Limits of the reference's runner."""
    llm: LlmConfig = LlmConfig()
    """The model that agents use unless they say otherwise."""
    agents: dict[str, AgentConfig] = {}
    """The agents by name, in file order."""
    orchestration: Orchestration = Orchestration()
    """How they work together."""
    providers: dict[str, ProviderConfig] = {}
    """Model servers by name."""
    error_routing: ErrorRouting = ErrorRouting()
    """Who handles failures."""
    hooks: list[HookConfig] = []
    """Python functions called at points of every run."""
    telemetry: Telemetry = Telemetry()
    """Where spans and metrics go."""
    agent_memory: AgentMemory = AgentMemory()
    """Accepted, used by nothing here."""
    mcp: Mcp = Mcp()
    """Accepted, used by nothing here."""

    _nested: dict[str, NestedFlow] = PrivateAttr(default_factory=dict)

    @property
    def nested(self) -> dict[str, NestedFlow]:
        """The flows inside this one by their names in the file, those that the check could read."""
        return self._nested

    @property
    def enabled_agents(self) -> tuple[str, ...]:
        """Names of the agents that can run, in file order."""
        return tuple(name for name, agent in self.agents.items() if agent.enabled)

    def llm_for(self, agent: str | None = None) -> LlmSettings:
        """Give the settings that `agent` uses; the global ones for no or an unknown agent (semantics §7)."""
        own = self.agents[agent].llm if agent is not None and agent in self.agents else LlmConfig()
        values = {}
        for field in fields(LlmSettings):
            value = getattr(own, field.name)
            values[field.name] = getattr(self.llm, field.name) if value is None else value
        values["provider"] = values["provider"] or self.agent_flow.provider
        return LlmSettings(**values)


@dataclass(frozen=True, slots=True)
class NestedFlow:
    """A flow inside another one."""

    file: str
    """Relative to the project folder."""
    flow: Flow
