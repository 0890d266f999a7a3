"""Metadata: text to text, checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agentflow_tui.engine.errors import AgentError, a_kind_of
from agentflow_tui.engine.json_value import checked_key, copy_json


def checked_meta(meta: Mapping[Any, Any]) -> dict[str, str]:
    """A private copy; raises `AgentError` with the key when a key or value is no text (semantics §1)."""
    return {checked_key(key, "meta"): checked_meta_value(key, value) for key, value in meta.items()}


def checked_meta_value(key: str, value: Any) -> str:
    """The value as plain text; raises `AgentError` that names the key for anything else."""
    if not isinstance(value, str):
        raise AgentError(f"meta.{key}: {a_kind_of(value)} is not text")
    text = copy_json(value, f"meta.{key}")
    return str(text)
