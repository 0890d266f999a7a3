"""Flow files: TOML text to a checked `Flow` and back, with problems by line and column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentflow_tui.lazy_names import lazy_names

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

__getattr__, __dir__ = lazy_names(__name__, _HOMES)
