"""The keys that a flow sends to addresses which only its files name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress

from agentflow_tui.agents.agent_names import flows_by_file
from agentflow_tui.agents.provider_tables import provider_tables
from agentflow_tui.config import Flow
from agentflow_tui.config.telemetry import Telemetry
from agentflow_tui.llm.model_error import ModelError
from agentflow_tui.llm.provider_table import ProviderTable
from agentflow_tui.llm.sent_key import SentKey
from agentflow_tui.llm.server_address import ServerAddress

_OTLP = "OTEL_EXPORTER_OTLP_"
_HEADERS = (f"{_OTLP}HEADERS", f"{_OTLP}TRACES_HEADERS", f"{_OTLP}METRICS_HEADERS")
"""Variables whose values the exporters send along."""


def sent_keys(flow: Flow, env: Mapping[str, str]) -> tuple[SentKey, ...]:
    """Return what a person would be asked about before all agents of a flow, and of those inside it, run."""
    found = [key for each in flows_by_file(flow).values() for key in _sent_by(each, env)]
    return tuple(dict.fromkeys([*found, *sent_headers(flow.telemetry, env)]))


def sent_headers(telemetry: Telemetry, env: Mapping[str, str]) -> tuple[SentKey, ...]:
    """Return the variables with headers for telemetry that go to an address which only the file names."""
    is_own = telemetry.endpoint == env.get(f"{_OTLP}ENDPOINT", "").rstrip("/")
    if not telemetry.enabled or telemetry.exporter != "otlp" or is_own:
        return ()
    address = ServerAddress.parse(telemetry.endpoint, bare_port=4318, key="endpoint")
    variables = () if address.is_loopback else _HEADERS
    return tuple(SentKey(name, address.origin) for name in variables if env.get(name, "").strip())


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
            yield from table.sent_keys("ollama" if provider == "auto" else table.kind)
