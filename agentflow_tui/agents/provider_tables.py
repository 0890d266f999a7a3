"""What a flow says about model servers, in the shape that the provider pool reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any

from agentflow_tui.config import Flow, LlmConfig, ProviderConfig

_FREE_PROVIDERS = frozenset({"", "auto", "embedded", "scripted"})
"""They have no address and no key."""


def provider_tables(flow: Flow) -> dict[str, dict[str, Any]]:
    """Return `[providers.*]`, with the address and the key's variable of `[llm]` where a table has none."""
    tables = {name: table.model_dump(exclude_none=True) for name, table in flow.providers.items()}
    settings = flow.llm_for()
    if (settings.provider or "").lower() not in _FREE_PROVIDERS:
        table = tables.setdefault(str(settings.provider).lower(), {})
        if settings.base_url and not {"base_url", "endpoint"} & set(table):
            table["base_url"] = settings.base_url
        if settings.api_key_env:
            table.setdefault("api_key_env", settings.api_key_env)
        if settings.api_key:
            table.setdefault("api_key", settings.api_key)
    return tables


def file_keys(tables: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return the keys written into the file, by the variables that they stand in for.

    They are no part of the environment, or a file could set the variables that hold the user's addresses.
    """
    return {
        table.get("api_key_env") or _variable(name): key
        for name, table in tables.items()
        if isinstance(key := table.get("api_key"), str)
    }


def secrets_in(flows: Iterable[Flow], env: Mapping[str, str]) -> tuple[str, ...]:
    """Return every key that the flows' files hold or name a variable for."""
    return tuple(chain.from_iterable(_secrets_in(flow, env) for flow in flows))


def _secrets_in(flow: Flow, env: Mapping[str, str]) -> tuple[str, ...]:
    tables: list[LlmConfig | ProviderConfig] = [flow.llm, *flow.providers.values()]
    tables += [agent.llm for agent in flow.agents.values()]
    named = (env.get(table.api_key_env, "") for table in tables if table.api_key_env)
    return (*(table.api_key for table in tables if table.api_key), *filter(None, named))


def _variable(name: str) -> str:
    return "AZURE_OPENAI_API_KEY" if name == "azure" else f"{name.upper().replace('-', '_')}_API_KEY"
