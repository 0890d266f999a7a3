"""The keys that a flow sends to addresses which only its files name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress

from agentflow_tui.agents.agent_names import flows_by_file
from agentflow_tui.agents.provider_tables import provider_tables
from agentflow_tui.config import Flow
from agentflow_tui.llm.model_error import ModelError
from agentflow_tui.llm.provider_table import ProviderTable
from agentflow_tui.llm.sent_key import SentKey


def sent_keys(flow: Flow, env: Mapping[str, str]) -> tuple[SentKey, ...]:
    """Return what a person would be asked about before all agents of a flow, and of those inside it, run."""
    found = (key for each in flows_by_file(flow).values() for key in _sent_by(each, env))
    return tuple(dict.fromkeys(found))


def _sent_by(flow: Flow, env: Mapping[str, str]) -> Iterator[SentKey]:
    tables = {name.lower(): table for name, table in provider_tables(flow).items()}
    for name in flow.enabled_agents:
        if flow.agents[name].handler or flow.agents[name].flow:
            continue
        provider = (flow.llm_for(name).provider or "auto").lower()
        used = "ollama" if provider == "auto" else provider
        table = ProviderTable(used, tables.get(used, {}), env)
        # A table that cannot be used sends nothing; the run says what is wrong with it.
        with suppress(ModelError):
            key = table.sent_key("ollama" if provider == "auto" else table.kind)
            if key is not None:
                yield key
