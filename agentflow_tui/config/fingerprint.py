"""A short name for what a flow means."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from agentflow_tui.config.flow import Flow
from agentflow_tui.config.secrets import SECRET_KEYS

_DIGITS = 16


def fingerprint(flow: Flow) -> str:
    """Return hex digits that are the same for two texts without a difference in meaning.

    Secrets do not count: a text that was kept without them means the same.
    """
    text = json.dumps(_meaning(flow), default=str)
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:_DIGITS]


def _meaning(flow: Flow) -> Any:
    inside = {key: _meaning(inner.flow) for key, inner in sorted(flow.nested.items())}
    return [_without_secrets(flow.model_dump()), inside]


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: bool(item) if str(key).lower() in SECRET_KEYS else _without_secrets(item)
            for key, item in value.items()
        }
    return [_without_secrets(item) for item in value] if isinstance(value, list) else value
