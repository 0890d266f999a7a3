"""The agents that one plan needs, ready to run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from agentflow_tui.agents.agent_names import flows_by_file
from agentflow_tui.agents.handler_error import HandlerError
from agentflow_tui.agents.llm_agent import LlmAgent, ModelSettings, keys_set_by
from agentflow_tui.agents.python_agent import PythonAgent
from agentflow_tui.agents.signature import check_handler
from agentflow_tui.agents.structured_output import StructuredOutput
from agentflow_tui.agents.uncast_agent import UncastAgentError
from agentflow_tui.agents.user_code import UserCode, handler_file
from agentflow_tui.config import Flow
from agentflow_tui.engine import Agent
from agentflow_tui.llm.chosen_provider import ChosenProvider
from agentflow_tui.llm.model_error import ModelError
from agentflow_tui.llm.sent_key import UntrustedAddressError
from agentflow_tui.plan.node import Plan, Step


class Providers(Protocol):
    """Where agents get their models from."""

    async def provider_for(self, provider: str | None, model: str | None, agent: str) -> ChosenProvider:
        """Return what an agent talks to; raises `ModelError` with the way out, or `UntrustedAddressError`."""

    async def aclose(self) -> None:
        """Release connections and child processes."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Agents by name, and which models they talk to."""

    agents: Mapping[str, Agent]
    labels: tuple[str, ...]
    """What the screen names, each model once."""
    notes: tuple[str, ...] = ()
    """What a person should know about the choice of models."""

    @property
    def model_label(self) -> str:
        """All models in one line; `no model` when no agent asks one."""
        return ", ".join(self.labels) or "no model"


async def build_cast(
    plan: Plan,
    providers: Mapping[str, Providers],
    *,
    code: UserCode,
    given: Mapping[str, Agent] | None = None,
) -> Cast:
    """Build every agent of the plan; Python handlers are imported here, once their folder is trusted.

    `providers` are by `Step.flow`. `given` are agents that the caller has, in place of what the file
    configures for them, by `Step.key`.

    Raises:
        ModelError: No model can be asked; of a flow inside the flow it is an `UncastAgentError`.
        UntrustedCodeError: A handler's folder is not trusted.
        UntrustedAddressError: A key would go where the user has not allowed it.
        HandlerError: A handler cannot be used, or an agent is unknown or disabled.
    """
    agents: dict[str, Agent] = {}
    handlers: dict[str, str] = {}
    models = _Models(plan, providers)
    for key, step in sorted({step.key: step for step in plan.steps()}.items()):
        name, own = step.agent, plan.flows[step.flow]
        config = own.agents.get(name)
        if config is None or not config.enabled:
            # The check forbids it in the file's own mode only, not in one that the event asks for.
            where = f" of '{step.flow}'" if step.flow else ""
            raise HandlerError(
                f"the plan needs agent {name!r}{where}, which is {'disabled' if config else 'unknown'}"
            )
        if given and key in given:
            agents[key] = given[key]
            continue
        if config.handler:
            handlers[key] = config.handler
            continue
        agents[key] = await models.agent(step)
    functions = await code.load({name: (handler, check_handler) for name, handler in handlers.items()})
    agents.update((key, PythonAgent(key, function)) for key, function in functions.items())
    return Cast(agents, tuple(models.labels), tuple(models.notes))


class _Models:
    """Builds LLM agents, and notes which models they got."""

    def __init__(self, plan: Plan, providers: Mapping[str, Providers]) -> None:
        self._flows = plan.flows
        self._providers = providers
        self._answer_keys = frozenset().union(*map(_answer_keys, plan.flows.values()))
        self.labels: dict[str, None] = {}
        self.notes: dict[str, None] = {}

    async def agent(self, step: Step) -> LlmAgent:
        flow, name = self._flows[step.flow], step.agent
        settings = flow.llm_for(name)
        try:
            chosen = await self._providers[step.flow].provider_for(settings.provider, settings.model, name)
        except ModelError as error:
            if step.flow:
                raise UncastAgentError(step, error) from error
            raise
        except UntrustedAddressError as error:
            raise UntrustedAddressError(error.key, step.flow) from error
        self.labels[chosen.label] = None
        if chosen.name == "embedded" and (settings.provider or "auto").lower() == "auto":
            # Falling back is never silent.
            self.notes[f"the model is {chosen.label}, because {chosen.reason}"] = None
        return _llm_agent(flow, name, chosen, self._answer_keys)


def handler_files(flow: Flow, folder: Path) -> tuple[Path, ...]:
    """Return the source files of all handlers and hooks of a flow, without importing any.

    Raises:
        HandlerError: One of them is not there.
    """
    handlers = [hook.handler for hook in flow.hooks]
    for each in flows_by_file(flow).values():
        handlers += [agent.handler for agent in each.agents.values() if agent.handler]
    return tuple(sorted({handler_file(folder, handler) for handler in handlers}))


def _llm_agent(flow: Flow, name: str, chosen: ChosenProvider, answer_keys: frozenset[str]) -> LlmAgent:
    config, settings = flow.agents[name], flow.llm_for(name)
    output = StructuredOutput(config.output, agents=flow.enabled_agents) if config.output else None
    return LlmAgent(
        name,
        ModelSettings(
            chosen,
            chosen.model,
            temperature=settings.temperature,
            max_tokens=settings.max_tokens,
            top_p=settings.top_p,
            seed=settings.seed,
            timeout_seconds=settings.timeout_seconds,
        ),
        system_prompt=config.system_prompt,
        prompt=config.prompt,
        output=output,
        answer_keys=answer_keys,
    )


def _answer_keys(flow: Flow) -> frozenset[str]:
    return frozenset().union(*(keys_set_by(name, agent.output) for name, agent in flow.agents.items()))
