"""A provider with its model settled: what an agent talks to and what the screen names."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from typing import Protocol

from agentflow_tui.llm.provider import ChatChunk, ChatEnd, ChatRequest


class _Closable(Protocol):
    @property
    def name(self) -> str: ...

    def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk | ChatEnd, None]: ...

    async def aclose(self) -> None: ...


class ChosenProvider:
    """Sends every request to the model that was chosen, whatever model the request names.

    `label` says what really runs, `reason` why it was chosen. Several of these can share one back end.
    """

    def __init__(self, backend: _Closable, *, model: str, label: str, reason: str) -> None:
        """Settle `model` for `backend`."""
        self._backend = backend
        self.name = backend.name
        self.model = model
        self.label = label
        self.reason = reason

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk | ChatEnd, None]:
        """Stream an answer of the chosen model; see `Provider.stream`."""
        async with aclosing(self._backend.stream(replace(request, model=self.model))) as answer:
            async for item in answer:
                yield item

    async def aclose(self) -> None:
        """Close the back end, for everyone who shares it."""
        await self._backend.aclose()
