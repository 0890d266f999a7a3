"""The key under which a request's answer is recorded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from agentflow_tui.history.recording_key import recording_key
from agentflow_tui.llm.provider import ChatRequest


def request_key(provider: str, request: ChatRequest, redact: Callable[[str], str] = str) -> str:
    """Return the key of a request as the history of the call has it: parameters that are unset do not count.

    `redact` takes secrets out of a text, as it was done before the history was written.
    """
    return recording_key(
        provider, request.model, rendered_messages(request, redact), rendered_parameters(request)
    )


def rendered_messages(request: ChatRequest, redact: Callable[[str], str] = str) -> list[dict[str, str]]:
    """Return the messages as a history holds them."""
    return [{**message.as_json(), "content": redact(message.content)} for message in request.messages]


def rendered_parameters(request: ChatRequest) -> dict[str, Any]:
    """Return the parameters as a history holds them."""
    wanted = {
        "temperature": request.temperature,
        "max_tokens": request.max_tokens,
        "top_p": request.top_p,
        "seed": request.seed,
        "schema": dict(request.schema) if request.schema else None,
    }
    return {key: value for key, value in wanted.items() if value is not None}
