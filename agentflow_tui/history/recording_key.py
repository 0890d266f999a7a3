"""What makes two requests to a model the same request."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any


def recording_key(
    provider: str, model: str, messages: Sequence[Mapping[str, str]], parameters: Mapping[str, Any]
) -> str:
    """Return the SHA-256 (hex) of the rendered request.

    `parameters` are those of `ModelCallStarted`, the schema included. Who asks and when does not count,
    so a call whose prompt did not change keeps its key in every fork.
    """
    request = {
        "provider": provider,
        "model": model,
        "messages": [[message.get("role", ""), message.get("content", "")] for message in messages],
        "parameters": parameters,
    }
    text = json.dumps(request, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()
