"""The Ollama provider against servers that answer well, badly, halfway or never."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from typing import Any

import pytest

from agentflow_tui.llm.model_error import ModelError
from agentflow_tui.llm.ollama_provider import OllamaProvider
from agentflow_tui.llm.provider import ChatChunk, ChatEnd, ChatRequest, Message
from agentflow_tui.llm.server_address import ServerAddress

StartServer = Callable[..., Any]
Build = Callable[..., bytes]

PIECE = (
    b'{"model":"m","created_at":"2026-01-01T00:00:00Z",'
    b'"message":{"role":"assistant","content":"a"},"done":false}\n'
)
LAST = PIECE.replace(
    b'"content":"a"},"done":false',
    b'"content":""},"done":true,"done_reason":"length","prompt_eval_count":7,"eval_count":2',
)
ASK = ChatRequest("m", (Message("system", "Be brief."), Message("user", "Hi")), timeout_seconds=20)


@pytest.fixture
async def provider_at() -> AsyncGenerator[Callable[[str], OllamaProvider], None]:
    made: list[OllamaProvider] = []

    def make(url: str) -> OllamaProvider:
        made.append(OllamaProvider(ServerAddress.parse(url, bare_port=11434, key="test")))
        return made[-1]

    yield make
    for provider in made:
        await provider.aclose()


async def collect(provider: OllamaProvider, request: ChatRequest = ASK) -> list[ChatChunk | ChatEnd]:
    return [item async for item in provider.stream(request)]


async def failure(provider: OllamaProvider, request: ChatRequest = ASK) -> ModelError:
    with pytest.raises(ModelError) as caught:
        await collect(provider, request)
    return caught.value


async def test_streams_pieces_then_counts(
    start_server: StartServer, provider_at: Any, respond_in_chunks: Build
) -> None:
    server = await start_server(respond_in_chunks(PIECE, PIECE, LAST))
    items = await collect(provider_at(server.url))
    assert items == [ChatChunk("a"), ChatChunk("a"), ChatEnd(7, 2, "length", "m")]


async def test_sends_every_setting_and_zero_stays_zero(
    start_server: StartServer, provider_at: Any, respond_in_chunks: Build
) -> None:
    server = await start_server(respond_in_chunks(LAST))
    schema = {"type": "object", "properties": {"city": {"type": "string"}}}
    request = ChatRequest("m", ASK.messages, 0.0, 9, top_p=0.5, seed=3, schema=schema)
    await collect(provider_at(server.url), request)
    body = server.body()
    assert body["options"] == {"temperature": 0.0, "num_predict": 9, "top_p": 0.5, "seed": 3}
    assert body["format"] == schema
    assert body["messages"] == [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}]
    assert body["stream"] is True


async def test_leaves_unset_settings_to_the_server(
    start_server: StartServer, provider_at: Any, respond_in_chunks: Build
) -> None:
    server = await start_server(respond_in_chunks(LAST))
    await collect(provider_at(server.url))
    assert server.body().get("options", {}) == {}
    assert not server.body().get("format")


async def test_null_content_and_missing_counts_are_fine(
    start_server: StartServer, provider_at: Any, respond_in_chunks: Build
) -> None:
    last = PIECE.replace(b'"a"},"done":false', b'null},"done":true')
    server = await start_server(respond_in_chunks(PIECE.replace(b'"a"', b"null"), PIECE, last))
    assert await collect(provider_at(server.url)) == [ChatChunk("a"), ChatEnd(None, None, "stop", "m")]


BAD_STREAMS = {
    "ends without done": ((PIECE, PIECE), True, "network"),
    "cut between chunks": ((PIECE,), False, "network"),
    "cut in a line": ((PIECE, PIECE[:40]), False, "network"),
    "half a line, then a proper end": ((PIECE, PIECE[:40]), True, "llm"),
    "error line": ((PIECE, b'{"error":"an error was encountered"}\n'), True, "llm"),
    "out of memory": ((PIECE, b'{"error":"model requires more system memory"}\n'), True, "resource"),
    "error object": ((PIECE, b'{"error":{"message":"boom","code":1}}\n'), True, "llm"),
    "SSE lines": ((b"data: " + PIECE,), True, "llm"),
    "a list": ((b"[1]\n",), True, "llm"),
    "no message": ((b'{"model":"m","done":true}\n',), True, "llm"),
    "a blank line": ((PIECE, b"\n", PIECE), True, "llm"),
}


@pytest.mark.parametrize("case", BAD_STREAMS)
async def test_bad_streams_are_told_apart(
    case: str, start_server: StartServer, provider_at: Any, respond_in_chunks: Build
) -> None:
    parts, end, category = BAD_STREAMS[case]
    server = await start_server(respond_in_chunks(*parts, end=end))
    error = await failure(provider_at(server.url))
    assert error.category == category
    assert server.url in error.message
    assert error.hint


BAD_ANSWERS = {
    "login page": (200, b"<html>login</html>", "llm", "base_url"),
    "model missing": (
        404,
        b'{"error":"model \\"m\\" not found, try pulling it first"}',
        "validation",
        "ollama pull m",
    ),
    "wrong path": (404, b"404 page not found", "validation", "base_url"),
    "error is text": (500, b'"boom"', "llm", "base_url"),
    "error is a list": (500, b'["boom"]', "llm", "base_url"),
    "openai error": (500, b'{"error":{"message":"boom","code":1}}', "llm", "log"),
    "empty": (500, b"", "llm", "log"),
    "busy": (503, b'{"error":"server busy"}', "rate_limit", "OLLAMA_NUM_PARALLEL"),
    "no key": (401, b"unauthorized", "auth", "OLLAMA_API_KEY"),
    "bad request": (400, b'{"error":"m does not support tools"}', "validation", "log"),
    "too big": (500, b'{"error":"model requires more system memory (9 GiB)"}', "resource", "smaller"),
}


@pytest.mark.parametrize("case", BAD_ANSWERS)
async def test_bad_answers_have_a_way_out(
    case: str, start_server: StartServer, provider_at: Any, respond: Build
) -> None:
    status, body, category, hint = BAD_ANSWERS[case]
    server = await start_server(respond(status, body))
    error = await failure(provider_at(server.url))
    assert error.category == category
    assert hint in error.hint
    assert "<html>" not in error.message


async def test_retry_after_is_read(start_server: StartServer, provider_at: Any, respond: Build) -> None:
    server = await start_server(respond(429, b'{"error":"slow down"}', extra="retry-after: 3\r\n"))
    error = await failure(provider_at(server.url))
    assert (error.category, error.retry_after) == ("rate_limit", 3.0)


async def test_nothing_listens(provider_at: Any, refused_url: str) -> None:
    error = await failure(provider_at(refused_url))
    assert error.category == "network"
    assert "not running" in error.message
    assert "ollama serve" in error.hint


@pytest.mark.parametrize(
    "request_",
    [ChatRequest("", ASK.messages), ChatRequest("m", ()), ChatRequest("m", (Message("user", " "),))],
)
async def test_nothing_to_ask_is_refused_before_any_request(
    request_: ChatRequest, start_server: StartServer, provider_at: Any
) -> None:
    server = await start_server(b"")
    error = await failure(provider_at(server.url), request_)
    assert error.category == "validation"
    assert server.requests == []


@pytest.mark.parametrize("key", [None, "sk-given"])
async def test_only_the_key_that_was_given_is_sent(
    start_server: StartServer, respond_in_chunks: Build, monkeypatch: pytest.MonkeyPatch, key: str | None
) -> None:
    monkeypatch.setenv("OLLAMA_API_KEY", "sk-of-the-process")
    server = await start_server(respond_in_chunks(LAST))
    provider = OllamaProvider(ServerAddress.parse(server.url, bare_port=11434, key="test"), api_key=key)
    await collect(provider)
    await provider.aclose()
    sent = [line for line in server.requests[0].split(b"\r\n") if line.lower().startswith(b"authorization")]
    assert sent == ([] if key is None else [b"authorization: Bearer sk-given"])
