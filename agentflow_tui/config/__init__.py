"""Flow files: TOML text to a checked `Flow` and back, with problems by line and column."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agentflow_tui.config.agent import AgentConfig
    from agentflow_tui.config.check import Checked, check_file, check_text
    from agentflow_tui.config.flow import Flow
    from agentflow_tui.config.llm import LlmConfig, LlmSettings, ProviderConfig
    from agentflow_tui.config.problem import Problem
    from agentflow_tui.config.project_folder import OutsideFolderError, resolve_inside
    from agentflow_tui.config.schema import json_schema

__all__ = [
    "AgentConfig",
    "Checked",
    "Flow",
    "LlmConfig",
    "LlmSettings",
    "OutsideFolderError",
    "Problem",
    "ProviderConfig",
    "check_file",
    "check_text",
    "json_schema",
    "resolve_inside",
]

_HOMES = {
    "AgentConfig": "agent",
    "Checked": "check",
    "Flow": "flow",
    "LlmConfig": "llm",
    "LlmSettings": "llm",
    "OutsideFolderError": "project_folder",
    "Problem": "problem",
    "ProviderConfig": "llm",
    "check_file": "check",
    "check_text": "check",
    "json_schema": "schema",
    "resolve_inside": "project_folder",
}
"""Modules that are imported when somebody asks, so that a light one stays light."""


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
