"""Answers from a list or a function: for tests and for showing a flow without a model."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

from agentflow_tui.llm.model_error import ModelError
from agentflow_tui.llm.provider import ChatChunk, ChatEnd, ChatRequest

_WORD = re.compile(r"\s*\S+\s*$|\s*\S+|\s+")


class ScriptedProvider:
    """Streams prepared texts word by word, in order and then from the start again, under an honest name.

    Tokens are counted as words, so counts are the same on every run.
    """

    name = "scripted"
    label = "scripted (no model)"

    def __init__(
        self,
        answers: Sequence[str] | Callable[[ChatRequest], str],
        *,
        seconds_per_word: float = 0.0,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Answer from `answers`; `sleep` (a clock's) waits `seconds_per_word` before each word."""
        if not callable(answers) and not answers:
            raise ModelError(
                "the scripted provider has nothing to say",
                category="validation",
                hint='write [providers.scripted] answers = ["…"]',
            )
        self._answers = answers
        self._seconds_per_word = seconds_per_word
        self._sleep = sleep
        self._calls = 0

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk | ChatEnd, None]:
        """Stream the next answer; see `Provider.stream`."""
        request.check()
        text = self._next(request)
        words = _WORD.findall(text)
        for word in words:
            if self._seconds_per_word > 0:
                await self._sleep(self._seconds_per_word)
            yield ChatChunk(word)
        asked = sum(len(message.content.split()) for message in request.messages)
        yield ChatEnd(asked, len(text.split()), "stop", request.model)

    async def aclose(self) -> None:
        """Do nothing: there is nothing to release."""

    def _next(self, request: ChatRequest) -> str:
        if callable(self._answers):
            return self._answers(request)
        answer = self._answers[self._calls % len(self._answers)]
        self._calls += 1
        return answer
