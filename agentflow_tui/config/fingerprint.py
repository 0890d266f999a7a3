"""A short name for what a flow means."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from agentflow_tui.config.flow import Flow

_DIGITS = 16


def fingerprint(flow: Flow) -> str:
    """Return hex digits that are the same for two texts without a difference in meaning."""
    text = json.dumps(_meaning(flow), default=str)
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:_DIGITS]


def _meaning(flow: Flow) -> Any:
    return [flow.model_dump(), {key: _meaning(inner.flow) for key, inner in sorted(flow.nested.items())}]
