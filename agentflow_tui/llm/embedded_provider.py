"""A tiny real model that needs no server, account or network: llama.cpp in a child process."""

from __future__ import annotations

import asyncio
import importlib.util
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from pathlib import Path
from typing import Any, Self

from agentflow_tui.llm.embedded_process import EmbeddedProcess
from agentflow_tui.llm.model_error import ModelError
from agentflow_tui.llm.openai_provider import OpenAIEndpoint, OpenAIProvider
from agentflow_tui.llm.provider import ChatChunk, ChatEnd, ChatRequest
from agentflow_tui.llm.server_address import ServerAddress
from agentflow_tui.llm.weights import GET_COMMAND, SMOLLM2

_SLOTS = 4
_CONTEXT_TOKENS = 2048
_DEATH_SECONDS = 1.0
# Of numbers that are written digit by digit, each a token: so many at most stand before and after the point.
_RANGE = {"minimum": -(10**12), "maximum": 10**12}
_SMALLEST_STEP = 0.001
# Like most JSON that the model learnt from: with no blanks at all it writes far worse values.
_BLANKS = {"whitespace_flexible": False, "key_separator": ": ", "item_separator": ", "}


def compact_json(schema: Mapping[str, Any]) -> str:
    """Return a grammar (llguidance's) for JSON of that schema with one blank behind each colon and comma.

    The engine's own grammar for a schema lets blanks, line ends and code fences in without limit, and now and
    then so small a model writes nothing else until it is cut off; here there are no others, and no fences.
    Numbers get an end for the same reason.
    """
    properties = {key: _ending(value) for key, value in schema.get("properties", {}).items()}
    dense = {**schema, "properties": properties, "x-guidance": _BLANKS}
    return f"%llguidance {{}}\nstart: %json {json.dumps(dense)}"


def _ending(schema: Mapping[str, Any]) -> dict[str, Any]:
    match schema.get("type"):
        case "integer":
            return {**_RANGE, **schema}
        case "number":
            return {**_RANGE, "multipleOf": _SMALLEST_STEP, **schema}
        case _:
            return dict(schema)


class EmbeddedProvider:
    """Starts one model server on the first call, shares it among all calls, and starts it anew if it died.

    Runs at the same time can share one: it stops the server when the last of those who `join` closes it.
    """

    name = "embedded"

    def __init__(self, *, folder: Path | None = None) -> None:
        """Use the weights in `folder` (default: the user's cache); the first call starts the server."""
        self.folder = folder
        """Of the weights; none for the user's cache."""
        self._lock = asyncio.Lock()
        self._process: EmbeddedProcess | None = None
        self._chat: OpenAIProvider | None = None
        self._users = 0

    def join(self) -> Self:
        """Count one more who will close it."""
        self._users += 1
        return self

    @staticmethod
    def is_installed() -> bool:
        """Tell whether the engine's package is there, without importing it."""
        return importlib.util.find_spec("xllamacpp") is not None

    @property
    def label(self) -> str:
        """Return the name with the model that really runs, and how far it can be trusted."""
        return f"{self.name} {SMOLLM2.name} ({SMOLLM2.note})"

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk | ChatEnd, None]:
        """Stream an answer; see `Provider.stream`. Raises `ModelError`, also for any other model's name."""
        request.check()
        # The engine itself would answer under any name.
        if request.model != SMOLLM2.name:
            raise ModelError(
                f"the embedded provider has no model {request.model!r}",
                category="validation",
                hint=f'write model = "{SMOLLM2.name}", or provider = "auto"',
            )
        process, chat = await self._running()
        try:
            async with aclosing(chat.stream(request)) as answer:
                async for item in answer:
                    yield item
        except ModelError as error:
            explained = await self._explain(error, process)
            if explained is error:
                # Raising it from itself would make its chain of causes endless.
                raise
            raise explained from error

    async def aclose(self) -> None:
        """Stop the server, unless others joined who have not closed it yet."""
        self._users = max(self._users - 1, 0)
        async with self._lock:
            if not self._users:
                await self._stop()

    async def _running(self) -> tuple[EmbeddedProcess, OpenAIProvider]:
        async with self._lock:
            if self._process is not None and self._chat is not None and self._process.is_alive:
                return self._process, self._chat
            await self._stop()
            if not SMOLLM2.are_present(self.folder):
                raise ModelError(
                    f"the weights of {SMOLLM2.name} are not here yet",
                    category="resource",
                    hint=f"fetch them once ({SMOLLM2.megabytes} MB): {GET_COMMAND}",
                )
            path = SMOLLM2.path(self.folder)
            self._process = await EmbeddedProcess.start(
                path, SMOLLM2.name, slots=_SLOTS, context_tokens=_CONTEXT_TOKENS
            )
            address = ServerAddress.parse(self._process.url + "/v1", bare_port=80, key="embedded")
            grammar = compact_json if self._process.is_guided else None
            endpoint = OpenAIEndpoint(self.name, address, "", self._process.key, grammar=grammar)
            self._chat = OpenAIProvider(endpoint)
            return self._process, self._chat

    async def _stop(self) -> None:
        process, chat, self._process, self._chat = self._process, self._chat, None, None
        if chat is not None:
            await chat.aclose()
        if process is not None:
            await process.stop()

    async def _explain(self, error: ModelError, process: EmbeddedProcess) -> ModelError:
        if error.category != "network":
            return error
        status = await process.exit_status(_DEATH_SECONDS)
        if status is None:
            return error
        how = f"signal {-status}" if status < 0 else f"status {status}"
        return ModelError(
            f"the embedded model's process died ({how})",
            category="network",
            hint="run again: it is started anew; it needs about 300 MB of memory",
        )
