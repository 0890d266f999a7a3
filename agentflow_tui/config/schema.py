"""The JSON Schema of a flow file, for editors."""

from __future__ import annotations

from typing import Any

from agentflow_tui.config.flow import Flow


def json_schema() -> dict[str, Any]:
    """Describe an `agentflow.toml` as JSON Schema (draft 2020-12)."""
    schema = Flow.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "agentflow.toml"}
