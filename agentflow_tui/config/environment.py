"""What the environment changes in a flow, such as `AGENTFLOW_AGENT_<NAME>_LLM_MODEL` (semantics §7).

`AGENTFLOW_TELEMETRY` is `off`, `file` or `otlp`; `OTEL_EXPORTER_OTLP_ENDPOINT` says where to, and enables
nothing by itself.

Precedence is agent environment > agent file > global environment > global file, so the environment's values
are simply laid over the document before it is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from agentflow_tui.config.agent import AgentConfig
from agentflow_tui.config.finding import Finding
from agentflow_tui.config.llm import LlmConfig
from agentflow_tui.config.problem import KeyPath, shorten
from agentflow_tui.config.table import Table
from agentflow_tui.config.telemetry import Telemetry
from agentflow_tui.config.type_finding import type_finding

_LLM_KEYS = tuple(key for key in LlmConfig.model_fields if not key.startswith("api_key"))
_AGENT_KEYS = (
    "role",
    "description",
    "system_prompt",
    "capabilities",
    "enabled",
    "timeout_seconds",
    "auto_llm",
)
_WORDS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
_FLAGS = ("enabled", "auto_llm")
_WHOLE = ("max_tokens", "seed")
_NUMBERS = ("temperature", "timeout_seconds", "top_p", "frequency_penalty", "presence_penalty")


def apply_environment(
    document: dict[str, Any], env: Mapping[str, str]
) -> tuple[dict[str, Any], list[Finding]]:
    """Lay the environment's values over a copy of `document`; a bad value is a finding and is ignored.

    An empty variable counts as unset.
    """
    if not any(name.startswith(("AGENTFLOW_", "OTEL_")) for name in env):
        return document, []
    changed, findings = dict(document), []
    for variable, path, table, value in _changes(document, env):
        try:
            table.model_validate({path[-1]: value})
        except ValidationError as error:
            reason = type_finding(error.errors(include_url=False)[0]).message
            # An address can hold a password.
            shown = variable if path[-1] == "endpoint" else f"{variable}={shorten(env[variable])!r}"
            message = f"{shown} is ignored: {reason}"
            findings.append(Finding("warning", path, message, f"correct or unset {variable}"))
            continue
        changed = _laid_over(changed, path, value)
    return changed, findings


def variable_name(agent: str, key: str) -> str:
    """Give the variable that overrides an agent's key; `-` becomes `_` (semantics §7)."""
    return f"AGENTFLOW_AGENT_{agent}_{key}".replace("-", "_").upper()


def _variables(document: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...], type[Table]]]:
    for key in _LLM_KEYS:
        yield f"AGENTFLOW_LLM_{key.upper()}", ("llm", key), LlmConfig
    agents = document.get("agents")
    for name in agents if isinstance(agents, dict) else ():
        for key in _AGENT_KEYS:
            yield variable_name(name, key), ("agents", name, key), AgentConfig
        for key in _LLM_KEYS:
            yield variable_name(name, f"llm_{key}"), ("agents", name, "llm", key), LlmConfig


def _changes(
    document: Mapping[str, Any], env: Mapping[str, str]
) -> Iterator[tuple[str, tuple[str, ...], type[Table], object]]:
    """Yield the variables that are set, the key that each changes, and the new value."""
    for variable, path, table in _variables(document):
        if text := env.get(variable):
            yield variable, path, table, _value(path[-1], text)
    if choice := env.get("AGENTFLOW_TELEMETRY", "").strip().lower():
        if choice != "off":
            yield "AGENTFLOW_TELEMETRY", ("telemetry", "exporter"), Telemetry, choice
        if choice in ("off", "file", "otlp"):
            yield "AGENTFLOW_TELEMETRY", ("telemetry", "enabled"), Telemetry, choice != "off"
    if endpoint := env.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        yield "OTEL_EXPORTER_OTLP_ENDPOINT", ("telemetry", "endpoint"), Telemetry, endpoint


def _value(key: str, text: str) -> object:
    if key == "capabilities":
        return [item.strip() for item in text.split(",") if item.strip()]
    if key in _FLAGS:
        return _WORDS.get(text.strip().lower(), text)
    if key in _WHOLE or key in _NUMBERS:
        try:
            return int(text) if key in _WHOLE else float(text)
        except ValueError:
            return text
    return text


def _laid_over(document: dict[str, Any], path: KeyPath, value: object) -> dict[str, Any]:
    head, rest = str(path[0]), path[1:]
    if not rest:
        return {**document, head: value}
    inner = document.get(head, {})
    # A table that is something else is an error of its own, which this must not cover up.
    return {**document, head: _laid_over(inner, rest, value)} if isinstance(inner, dict) else document
