"""A model back end that answers from recordings where it may."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from typing import Protocol, cast, get_args

from agentflow_tui.history.recording import Recording
from agentflow_tui.llm.model_error import Category, ModelError
from agentflow_tui.llm.provider import ChatChunk, ChatEnd, ChatRequest
from agentflow_tui.llm.run_recordings import RunRecordings


class _Live(Protocol):
    @property
    def label(self) -> str: ...

    def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk | ChatEnd, None]: ...

    async def aclose(self) -> None: ...


class RecordedProvider:
    """Stands before any provider; a call that is in the recordings never reaches it."""

    def __init__(self, name: str, recordings: RunRecordings, live: _Live | None) -> None:
        """Answer in the name of the provider `name`; without `live` only recordings can answer."""
        self.name = name
        self._recordings = recordings
        self._live = live

    @property
    def label(self) -> str:
        """Who may answer, recordings included."""
        of_model = self._live.label if self._live else self.name
        match self._recordings.mode:
            case "replay":
                return f"recordings of {of_model}"
            case "auto":
                return f"{of_model} or recordings"
            case _:
                return of_model

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk | ChatEnd, None]:
        """Answer from the recording if there is one, else ask; see `Provider.stream`.

        Raises:
            ModelError: there is no recording and the model must not be asked, or what was recorded failed.
        """
        request.check()
        recording = await self._recordings.take(self.name, request)
        if recording is not None:
            async with aclosing(self._played(recording)) as answer:
                async for item in answer:
                    yield item
            return
        if self._live is None:
            raise ModelError(
                "there is no recording of this call and no model to ask",
                category="resource",
                hint="start it again with a model",
            )
        async with aclosing(self._live.stream(request)) as answer:
            async for item in answer:
                yield replace(item, source=self._recordings.source) if isinstance(item, ChatEnd) else item

    async def aclose(self) -> None:
        """Close the provider behind."""
        if self._live is not None:
            await self._live.aclose()

    async def _played(self, recording: Recording) -> AsyncGenerator[ChatChunk | ChatEnd, None]:
        speed, sleep, now = self._recordings.speed, self._recordings.sleep, 0.0
        pieces = recording.pieces if speed != "none" else ((recording.seconds, recording.text),)
        for after, text in pieces:
            if speed == "original" and after > now:
                await sleep(after - now)
                now = after
            elif speed == "full":
                # A recording must not keep the event loop from the screen.
                await sleep(0)
            if text:
                yield ChatChunk(text)
        if speed == "original" and recording.seconds > now:
            await sleep(recording.seconds - now)
        yield _end(recording)


def _end(recording: Recording) -> ChatEnd:
    if recording.failed is not None:
        failed = recording.failed
        category = failed.category if failed.category in get_args(Category) else "unknown"
        raise ModelError(failed.error, category=cast("Category", category), hint=failed.hint)
    ended = recording.ended
    return ChatEnd(
        ended.prompt_tokens if ended else None,
        ended.completion_tokens if ended else None,
        ended.finish_reason if ended else "stop",
        recording.request.model,
        "recording",
    )
