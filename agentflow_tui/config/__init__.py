"""Flow files: TOML text to a checked `Flow` and back, with problems by line and column."""

from __future__ import annotations

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
