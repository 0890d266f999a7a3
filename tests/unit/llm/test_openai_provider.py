"""The OpenAI provider against servers that answer well, badly, halfway or never."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Callable
from typing import Any

import pytest

from agentflow_tui.llm.model_error import ModelError
from agentflow_tui.llm.openai_provider import OpenAIEndpoint, OpenAIProvider
from agentflow_tui.llm.provider import ChatChunk, ChatEnd, ChatRequest, Message
from agentflow_tui.llm.server_address import ServerAddress

StartServer = Callable[..., Any]
Build = Callable[..., bytes]

KEY = "sk-very-secret"
ASK = ChatRequest("m", (Message("user", "Hi"),), timeout_seconds=20)
SSE = "text/event-stream"


def event(**fields: Any) -> bytes:
    body = {
        "id": "1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "m-2026",
        "choices": [],
        **fields,
    }
    return b"data: " + json.dumps(body).encode() + b"\n\n"


def choice(text: str | None = None, reason: str | None = None, **delta: Any) -> list[dict[str, Any]]:
    return [{"index": 0, "delta": {"content": text, **delta}, "finish_reason": reason}]


PIECE = event(choices=choice("a"))
STOP = event(choices=choice(reason="stop"))
USAGE = event(usage={"prompt_tokens": 7, "completion_tokens": 2, "total_tokens": 9})
DONE = b"data: [DONE]\n\n"


@pytest.fixture
async def provider_at() -> AsyncGenerator[Callable[..., OpenAIProvider], None]:
    made: list[OpenAIProvider] = []

    def make(url: str, **more: Any) -> OpenAIProvider:
        address = ServerAddress.parse(url, bare_port=443, key="test")
        fields = {"name": "openai", "key_variable": "OPENAI_API_KEY", "api_key": KEY, **more}
        made.append(OpenAIProvider(OpenAIEndpoint(address=address, **fields)))
        return made[-1]

    yield make
    for provider in made:
        await provider.aclose()


async def collect(provider: OpenAIProvider, request: ChatRequest = ASK) -> list[ChatChunk | ChatEnd]:
    return [item async for item in provider.stream(request)]


async def failure(provider: OpenAIProvider, request: ChatRequest = ASK) -> ModelError:
    with pytest.raises(ModelError) as caught:
        await collect(provider, request)
    assert KEY not in f"{caught.value} {caught.value.hint}"
    return caught.value


async def test_streams_pieces_then_counts(
    start_server: StartServer, provider_at: Any, respond_in_chunks: Build
) -> None:
    server = await start_server(respond_in_chunks(PIECE, PIECE, STOP, USAGE, DONE, content_type=SSE))
    items = await collect(provider_at(server.url + "/v1"))
    assert items == [ChatChunk("a"), ChatChunk("a"), ChatEnd(7, 2, "stop", "m-2026")]
    assert server.requests[0].startswith(b"POST /v1/chat/completions ")
    assert f"authorization: Bearer {KEY}".encode().lower() in server.requests[0].lower()


async def test_sends_every_setting_and_zero_stays_zero(
    start_server: StartServer, provider_at: Any, respond_in_chunks: Build
) -> None:
    server = await start_server(respond_in_chunks(STOP, DONE, content_type=SSE))
    schema = {"type": "object", "properties": {}, "additionalProperties": False}
    await collect(
        provider_at(server.url), ChatRequest("m", ASK.messages, 0.0, 9, top_p=0.5, seed=3, schema=schema)
    )
    body = server.body()
    assert (body["temperature"], body["max_tokens"], body["top_p"], body["seed"]) == (0.0, 9, 0.5, 3)
    assert body["stream_options"] == {"include_usage": True}
    assert body["response_format"]["json_schema"] == {"name": "answer", "schema": schema, "strict": True}


async def test_leaves_unset_settings_out(
    start_server: StartServer, provider_at: Any, respond_in_chunks: Build
) -> None:
    server = await start_server(respond_in_chunks(STOP, DONE, content_type=SSE))
    items = await collect(provider_at(server.url))
    assert set(server.body()) == {"model", "messages", "stream", "stream_options"}
    assert items == [ChatEnd(None, None, "stop", "m-2026")]


async def test_a_refusal_is_shown(
    start_server: StartServer, provider_at: Any, respond_in_chunks: Build
) -> None:
    refusal = event(choices=choice(reason="stop", refusal="I must not."))
    server = await start_server(respond_in_chunks(refusal, DONE, content_type=SSE))
    assert (await collect(provider_at(server.url)))[0] == ChatChunk("I must not.")


async def test_azure_has_its_own_path_key_and_version(
    start_server: StartServer, provider_at: Any, respond_in_chunks: Build
) -> None:
    server = await start_server(respond_in_chunks(PIECE, STOP, DONE, content_type=SSE))
    provider = provider_at(server.url, name="azure", azure_api_version="2024-10-21", azure_deployment="mine")
    await collect(provider)
    head = server.requests[0].lower()
    assert head.startswith(b"post /openai/deployments/mine/chat/completions?api-version=2024-10-21 ")
    assert f"api-key: {KEY}".encode() in head


BAD_STREAMS = {
    "ends without a reason": ((PIECE, DONE), True, "network"),
    "cut": ((PIECE,), False, "network"),
    "error event": ((PIECE, b'data: {"error":{"message":"boom sk-very-secret"}}\n\n'), True, "llm"),
    "not JSON": ((PIECE, b"data: {oops\n\n"), True, "llm"),
    "a number": ((b"data: 5\n\n",), True, "llm"),
    "nothing": ((), True, "llm"),
    "ollama lines": ((b'{"model":"m"}\n',), True, "llm"),
}


@pytest.mark.parametrize("case", BAD_STREAMS)
async def test_bad_streams_are_told_apart(
    case: str, start_server: StartServer, provider_at: Any, respond_in_chunks: Build
) -> None:
    parts, end, category = BAD_STREAMS[case]
    server = await start_server(respond_in_chunks(*parts, end=end, content_type=SSE))
    error = await failure(provider_at(server.url))
    assert error.category == category
    assert server.url in error.message
    assert error.hint


BAD_ANSWERS = {
    "login page": (200, b"<html>login</html>", "llm", "/v1"),
    "missing": (404, b'{"error":{"message":"no such model"}}', "validation", "(m)"),
    "bad key": (401, b'{"error":{"message":"wrong key sk-very-secret"}}', "auth", "export OPENAI_API_KEY"),
    "too long": (400, b'{"error":{"message":"context length exceeded"}}', "validation", "does not accept"),
    "slow down": (429, b'{"error":{"message":"slow down"}}', "rate_limit", "max_concurrency"),
    "no credit": (429, b'{"error":{"message":"quota","code":"insufficient_quota"}}', "resource", "credit"),
    "full": (503, b"", "rate_limit", "max_concurrency"),
    "broken": (500, b"<html>oops</html>", "llm", "again"),
}


@pytest.mark.parametrize("case", BAD_ANSWERS)
async def test_bad_answers_have_a_way_out_and_are_not_repeated(
    case: str, start_server: StartServer, provider_at: Any, respond: Build
) -> None:
    status, body, category, hint = BAD_ANSWERS[case]
    server = await start_server(respond(status, body))
    error = await failure(provider_at(server.url))
    assert error.category == category
    assert hint in error.hint
    assert "<html>" not in error.message
    assert len(server.requests) == 1


async def test_retry_after_is_read(start_server: StartServer, provider_at: Any, respond: Build) -> None:
    server = await start_server(respond(429, b"{}", extra="retry-after: 2.5\r\n"))
    assert (await failure(provider_at(server.url))).retry_after == 2.5


async def test_nothing_listens(provider_at: Any, refused_url: str) -> None:
    error = await failure(provider_at(refused_url))
    assert error.category == "network"
    assert refused_url in error.message


def test_the_key_is_never_shown(provider_at: Any) -> None:
    endpoint = OpenAIEndpoint("openai", ServerAddress("https://h:1", False), "OPENAI_API_KEY", KEY)
    assert KEY not in repr(endpoint)
    assert KEY not in OpenAIProvider(endpoint).label
