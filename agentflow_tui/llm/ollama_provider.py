"""Models of an Ollama server, by its own API."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, cast

from agentflow_tui.llm.answer_limit import AnswerLimit
from agentflow_tui.llm.model_error import ModelError
from agentflow_tui.llm.ollama_failures import ollama_failures
from agentflow_tui.llm.provider import ChatChunk, ChatEnd, ChatRequest
from agentflow_tui.llm.server_address import ServerAddress
from agentflow_tui.llm.silence_limit import SilenceLimit

if TYPE_CHECKING:
    from httpx import Request
    from ollama import AsyncClient, ChatResponse

_CONNECT_SECONDS = 10.0


class OllamaProvider:
    """Streams from one Ollama server; the connection pool is shared by all calls."""

    name = "ollama"

    def __init__(self, address: ServerAddress, *, api_key: str | None = None) -> None:
        """Remember where the server is; nothing is imported or opened before the first call.

        `api_key` is for a hosted server; without it no key is sent.
        """
        self._address = address
        self._api_key = api_key
        self._client: AsyncClient | None = None
        self._opening = asyncio.Lock()

    @property
    def label(self) -> str:
        """Return the name, with the address unless it is this machine."""
        return self.name if self._address.is_loopback else f"{self.name} at {self._address.url}"

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk | ChatEnd, None]:
        """Stream an answer; see `Provider.stream`. Raises `ModelError`."""
        request.check()
        client = await self._connect()
        who = f"Ollama at {self._address.url}"
        limit, answer = SilenceLimit(request.timeout_seconds, who), AnswerLimit(who)
        with ollama_failures(self._address, request.model):
            parts = cast("AsyncGenerator[ChatResponse, None]", await client.chat(**_arguments(request)))
            # Leaving early must drop the connection at once, or the server goes on writing.
            async with aclosing(parts):
                async for part in limit.each(parts):
                    if part.message.content:
                        yield ChatChunk(answer.take(part.message.content))
                    if part.done:
                        yield _end(part, request.model)
                        return
        # The client takes a cut stream for a complete one.
        raise ModelError(
            f"Ollama at {self._address.url} ended the answer before it was complete",
            category="network",
            hint="run again; the server's log says why it stopped (ollama serve)",
        )

    async def aclose(self) -> None:
        """Close the connections."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()  # type: ignore[no-untyped-call]

    async def _connect(self) -> AsyncClient:
        async with self._opening:
            if self._client is None:
                # Importing the client takes long enough to be seen on the screen.
                self._client = await asyncio.to_thread(_new_client, self._address, self._api_key)
            return self._client


def _new_client(address: ServerAddress, api_key: str | None) -> AsyncClient:
    try:
        # Importing builds a default client, which can trip over OLLAMA_HOST and the proxy variables.
        import httpx
        from ollama import AsyncClient

        from agentflow_tui.llm.limited_stream import LINES, limiting

        return AsyncClient(
            address.url,
            timeout=httpx.Timeout(None, connect=_CONNECT_SECONDS),
            limits=httpx.Limits(max_connections=None),
            trust_env=not address.is_loopback,
            event_hooks={
                "request": [] if api_key else [_without_key],
                "response": [limiting(LINES, f"Ollama at {address.url}")],
            },
            headers={"Authorization": f"Bearer {api_key}"} if api_key else None,
        )
    except ImportError as error:
        raise ModelError(
            f"the Ollama client cannot be loaded: {error}",
            category="validation",
            hint="unset ALL_PROXY (a SOCKS proxy needs: pip install 'httpx[socks]')",
        ) from error
    except ValueError as error:
        raise ModelError(
            "the Ollama client refuses OLLAMA_HOST or a proxy variable",
            category="validation",
            hint="export OLLAMA_HOST=http://127.0.0.1:11434, and check HTTP_PROXY, HTTPS_PROXY and ALL_PROXY",
        ) from error


async def _without_key(request: Request) -> None:
    # The client takes the process's OLLAMA_API_KEY when it is given none, wherever the server is.
    request.headers.pop("Authorization", None)


def _arguments(request: ChatRequest) -> dict[str, Any]:
    options = {
        "temperature": request.temperature,
        "top_p": request.top_p,
        "seed": request.seed,
        "num_predict": request.max_tokens,
    }
    return {
        "model": request.model,
        "messages": [message.as_json() for message in request.messages],
        "options": {key: value for key, value in options.items() if value is not None},
        "format": dict(request.schema) if request.schema is not None else None,
        "stream": True,
    }


def _end(part: ChatResponse, asked_model: str) -> ChatEnd:
    return ChatEnd(
        prompt_tokens=part.prompt_eval_count,
        completion_tokens=part.eval_count,
        finish_reason=part.done_reason or "stop",
        model=part.model or asked_model,
    )
