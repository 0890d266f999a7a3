"""Models behind any OpenAI-compatible endpoint, Azure included."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agentflow_tui.llm.answer_limit import AnswerLimit
from agentflow_tui.llm.model_error import ModelError
from agentflow_tui.llm.openai_failures import openai_failures
from agentflow_tui.llm.provider import ChatChunk, ChatEnd, ChatRequest
from agentflow_tui.llm.server_address import ServerAddress
from agentflow_tui.llm.silence_limit import SilenceLimit

if TYPE_CHECKING:
    from openai import AsyncOpenAI, AsyncStream
    from openai.types.chat import ChatCompletionChunk

OPENAI_URL = "https://api.openai.com/v1"
_CONNECT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class OpenAIEndpoint:
    """Where an endpoint is and how it is entered.

    `api_key` comes from the environment variable `key_variable`, never from a file, and is kept out
    of `repr`. With `azure_api_version` the address is an Azure resource and `azure_deployment` a deployment
    in it (`None`: the model's name is the deployment). `grammar` turns a schema into the llama.cpp grammar
    that is sent in its place.
    """

    name: str
    address: ServerAddress
    key_variable: str
    api_key: str | None
    azure_api_version: str | None = None
    azure_deployment: str | None = None
    grammar: Callable[[Mapping[str, Any]], str] | None = None

    def __repr__(self) -> str:
        """Show everything but the key."""
        return f"OpenAIEndpoint({self.name!r}, {self.address.url!r})"


class OpenAIProvider:
    """Streams chat completions from one endpoint; the connection pool is shared by all calls."""

    def __init__(self, endpoint: OpenAIEndpoint) -> None:
        """Remember the endpoint; nothing is imported or opened before the first call."""
        self._endpoint = endpoint
        self._client: AsyncOpenAI | None = None
        self._opening = asyncio.Lock()

    @property
    def name(self) -> str:
        """Return the name in the flow file: "openai" or "azure"."""
        return self._endpoint.name

    @property
    def label(self) -> str:
        """Return the name, with the address unless it is OpenAI's own: the key is sent there."""
        url = self._endpoint.address.url
        return self.name if _is_openai(self._endpoint) else f"{self.name} at {url}"

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk | ChatEnd, None]:
        """Stream an answer; see `Provider.stream`. Raises `ModelError`."""
        request.check()
        client = await self._connect()
        who = f"{self.name} at {self._endpoint.address.url}"
        limit, text_limit = SilenceLimit(request.timeout_seconds, who), AnswerLimit(who)
        tally = _Tally(request.model)
        with openai_failures(self._endpoint, request.model):
            arguments = _arguments(request, self._endpoint)
            answer: AsyncStream[ChatCompletionChunk] = await limit.wait(
                client.chat.completions.create(**arguments)
            )
            async with answer:
                async for chunk in limit.each(aiter(answer)):
                    if text := tally.take(chunk):
                        yield ChatChunk(text_limit.take(text))
        if tally.finish_reason is None:
            raise tally.cut_off(who)
        yield ChatEnd(tally.prompt_tokens, tally.completion_tokens, tally.finish_reason, tally.model)

    async def aclose(self) -> None:
        """Close the connections."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def _connect(self) -> AsyncOpenAI:
        async with self._opening:
            if self._client is None:
                # Importing the client takes half a second, in which the screen must not stand still.
                self._client = await asyncio.to_thread(_new_client, self._endpoint)
            return self._client


class _Tally:
    """Adds up what the chunks of one answer say besides text."""

    def __init__(self, model: str) -> None:
        self.model = model
        self.finish_reason: str | None = None
        self.prompt_tokens: int | None = None
        self.completion_tokens: int | None = None
        self._is_empty = True

    def take(self, chunk: ChatCompletionChunk) -> str:
        """Return the chunk's text, which may be empty."""
        self._is_empty = False
        self.model = chunk.model or self.model
        if chunk.usage is not None:
            self.prompt_tokens = chunk.usage.prompt_tokens
            self.completion_tokens = chunk.usage.completion_tokens
        for choice in chunk.choices or ():
            self.finish_reason = choice.finish_reason or self.finish_reason
            if choice.delta is not None:
                # A refusal is an answer too, and better shown than swallowed.
                return choice.delta.content or choice.delta.refusal or ""
        return ""

    def cut_off(self, who: str) -> ModelError:
        """Return the error for a stream that ended without a reason to end."""
        if self._is_empty:
            return ModelError(
                f"{who} answered, but not like an OpenAI-compatible server",
                category="llm",
                hint="check base_url: it usually ends in /v1",
            )
        return ModelError(
            f"{who} ended the answer before it was complete", category="network", hint="run again"
        )


def _is_openai(endpoint: OpenAIEndpoint) -> bool:
    return endpoint.address == ServerAddress.parse(OPENAI_URL, bare_port=443, key="base_url")


def _new_client(endpoint: OpenAIEndpoint) -> AsyncOpenAI:
    try:
        from openai import AsyncAzureOpenAI, AsyncOpenAI, DefaultAsyncHttpxClient, Timeout

        from agentflow_tui.llm.limited_stream import EVENTS, limiting

        who = f"{endpoint.name} at {endpoint.address.url}"
        common: dict[str, Any] = {
            # Servers without keys still get a header, because the client insists on a key.
            "api_key": endpoint.api_key or "none",
            # The engine retries, visibly; the client would do it behind its back.
            "max_retries": 0,
            "timeout": Timeout(None, connect=_CONNECT_SECONDS),
            # llama.cpp's server may close an idle connection just when the next request goes out on it.
            "default_headers": {"Connection": "close"} if endpoint.address.is_loopback else None,
            "http_client": DefaultAsyncHttpxClient(
                trust_env=not endpoint.address.is_loopback,
                event_hooks={"response": [limiting(EVENTS, who)]},
            ),
        }
        if endpoint.azure_api_version is not None:
            return AsyncAzureOpenAI(
                azure_endpoint=endpoint.address.url,
                azure_deployment=endpoint.azure_deployment,
                api_version=endpoint.azure_api_version,
                **common,
            )
        return AsyncOpenAI(base_url=endpoint.address.url, **common)
    except (ImportError, ValueError) as error:
        raise ModelError(
            f"the OpenAI client cannot start: {type(error).__name__}",
            category="validation",
            hint="check HTTP_PROXY, HTTPS_PROXY and ALL_PROXY (a SOCKS proxy needs: pip install socksio)",
        ) from error


def _arguments(request: ChatRequest, endpoint: OpenAIEndpoint) -> dict[str, Any]:
    arguments: dict[str, Any] = {
        "model": request.model,
        "messages": [message.as_json() for message in request.messages],
        "temperature": request.temperature,
        "top_p": request.top_p,
        "seed": request.seed,
        # OpenAI's newer models refuse max_tokens, and other servers know only that.
        "max_completion_tokens" if _is_openai(endpoint) else "max_tokens": request.max_tokens,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if request.schema is not None and endpoint.grammar is not None:
        arguments["extra_body"] = {"grammar": endpoint.grammar(request.schema)}
    elif request.schema is not None:
        # Strict schemas must be closed; a server may refuse the flag on others.
        is_closed = request.schema.get("additionalProperties") is False
        schema = {"name": "answer", "schema": dict(request.schema), "strict": is_closed}
        arguments["response_format"] = {"type": "json_schema", "json_schema": schema}
    return {key: value for key, value in arguments.items() if value is not None}
