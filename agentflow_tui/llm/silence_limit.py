"""The longest silence that is borne from a model server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable
from typing import TypeVar

from agentflow_tui.llm.model_error import ModelError

# The first chunk can wait for gigabytes of weights to be loaded from a slow disk.
DEFAULT_SECONDS = 300.0

T = TypeVar("T")


class SilenceLimit:
    """Limits each wait for a server, not the whole answer; what is waited for is really cancelled."""

    def __init__(self, seconds: float | None, who: str) -> None:
        """Allow `seconds` of silence (`None`: 300 s); `who` names the server in the error."""
        self._seconds = DEFAULT_SECONDS if seconds is None else seconds
        self._who = who

    async def wait(self, answer: Awaitable[T]) -> T:
        """Return the answer; raises `ModelError` (timeout) when it takes too long."""
        try:
            async with asyncio.timeout(self._seconds):
                return await answer
        except TimeoutError:
            raise self._error() from None

    async def each(self, items: AsyncIterator[T]) -> AsyncGenerator[T, None]:
        """Pass the items on; raises `ModelError` (timeout) when one of them takes too long."""
        while True:
            try:
                item = await self.wait(anext(items))
            except StopAsyncIteration:
                return
            yield item

    def _error(self) -> ModelError:
        return ModelError(
            f"{self._who} was silent for {self._seconds:g} s",
            category="timeout",
            hint="raise timeout_seconds in [llm], or use a smaller model",
        )
