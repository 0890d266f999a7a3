"""The agents that one plan needs, ready to run."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from agentflow_tui.agents.llm_agent import LlmAgent, ModelSettings, keys_set_by
from agentflow_tui.agents.python_agent import (
    HandlerError,
    PythonAgent,
    forget_modules,
    handler_file,
    load_handler,
)
from agentflow_tui.agents.structured_output import StructuredOutput
from agentflow_tui.agents.trust import Trust, content_hash
from agentflow_tui.config import Flow
from agentflow_tui.engine import Agent
from agentflow_tui.llm.chosen_provider import ChosenProvider
from agentflow_tui.plan.node import Plan, Step, walk


class Providers(Protocol):
    """Where agents get their models from."""

    async def provider_for(self, provider: str | None, model: str | None, agent: str) -> ChosenProvider:
        """Return what an agent talks to; raises `ModelError` with the way out."""

    async def aclose(self) -> None:
        """Release connections and child processes."""


class UntrustedCodeError(Exception):
    """The flow would run Python code in `folder` that the user has not allowed as it is now."""

    def __init__(self, folder: Path, files: tuple[Path, ...]) -> None:
        """Name the folder and the handlers' files."""
        self.folder = folder
        self.files = files
        super().__init__(
            f"this flow runs Python code from {folder} ({', '.join(file.name for file in files)})"
        )


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
    flow: Flow, plan: Plan, providers: Providers, *, folder: Path | None, trust: Trust
) -> Cast:
    """Build every agent of the plan; Python handlers are imported here, once their folder is trusted.

    Raises:
        ModelError: No model can be asked.
        UntrustedCodeError: A handler's folder is not trusted.
        HandlerError: A handler cannot be used, or an agent is a nested flow.
    """
    names = sorted({node.agent for node in walk(plan.root) if isinstance(node, Step)})
    agents: dict[str, Agent] = {}
    labels: dict[str, None] = {}
    notes: dict[str, None] = {}
    handlers: dict[str, str] = {}
    for name in names:
        config = flow.agents.get(name)
        if config is None or not config.enabled:
            # The check forbids it in the file's own mode only, not in one that the event asks for.
            raise HandlerError(
                f"the plan needs agent {name!r}, which is {'disabled' if config else 'unknown'}"
            )
        if config.flow:
            raise HandlerError(
                f"agent {name!r} is a nested flow, which cannot be run yet; give it a prompt instead"
            )
        if config.handler:
            handlers[name] = config.handler
            continue
        settings = flow.llm_for(name)
        chosen = await providers.provider_for(settings.provider, settings.model, name)
        labels[chosen.label] = None
        if chosen.name == "embedded" and (settings.provider or "auto").lower() == "auto":
            # Falling back is never silent.
            notes[f"the model is {chosen.label}, because {chosen.reason}"] = None
        agents[name] = _llm_agent(flow, name, chosen)
    agents.update(await _python_agents(handlers, folder, trust))
    return Cast(agents, tuple(labels), tuple(notes))


def handler_files(flow: Flow, folder: Path) -> tuple[Path, ...]:
    """Return the source files of all handlers of a flow, without importing any.

    Raises:
        HandlerError: One of them is not there.
    """
    files = {handler_file(folder, agent.handler) for agent in flow.agents.values() if agent.handler}
    return tuple(sorted(files))


def _llm_agent(flow: Flow, name: str, chosen: ChosenProvider) -> LlmAgent:
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
        answer_keys=_answer_keys(flow),
    )


def _answer_keys(flow: Flow) -> frozenset[str]:
    return frozenset().union(*(keys_set_by(name, agent.output) for name, agent in flow.agents.items()))


async def _python_agents(handlers: Mapping[str, str], folder: Path | None, trust: Trust) -> dict[str, Agent]:
    if not handlers:
        return {}
    if folder is None:
        raise HandlerError("save the flow first: its Python handlers are looked for in its folder")
    files = tuple(sorted({handler_file(folder, handler) for handler in handlers.values()}))
    try:
        code = await asyncio.to_thread(content_hash, folder)
    except OSError as error:
        raise HandlerError(f"the code in {folder} cannot be looked at: {error}") from error
    if not trust.is_trusted(folder, code):
        raise UntrustedCodeError(folder, files)
    forget_modules(folder)
    # In a thread: importing can take seconds, and the screen must stay alive.
    return {
        name: PythonAgent(name, await asyncio.to_thread(load_handler, folder, handler))
        for name, handler in handlers.items()
    }
