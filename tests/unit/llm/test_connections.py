"""What holds for the connection to any model server: it ends when nobody waits, and meets no proxy."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import pytest

from agentflow_tui.llm.model_error import ModelError
from agentflow_tui.llm.ollama_provider import OllamaProvider
from agentflow_tui.llm.openai_provider import OpenAIEndpoint, OpenAIProvider
from agentflow_tui.llm.provider import ChatChunk, ChatEnd, ChatRequest, Message
from agentflow_tui.llm.server_address import ServerAddress
from tests.unit.llm import test_ollama_provider as ollama
from tests.unit.llm import test_openai_provider as openai

ASK = ChatRequest("m", (Message("user", "Hi"),), timeout_seconds=20)


@dataclass(frozen=True)
class Kind:
    """A provider and how its server speaks."""

    make: Callable[[ServerAddress], Any]
    piece: bytes
    last: tuple[bytes, ...]
    reason: str
    content: dict[str, str]


KINDS = {
    "ollama": Kind(OllamaProvider, ollama.PIECE, (ollama.LAST,), "length", {}),
    "openai": Kind(
        lambda address: OpenAIProvider(OpenAIEndpoint("openai", address, "OPENAI_API_KEY", openai.KEY)),
        openai.PIECE,
        (openai.STOP, openai.DONE),
        "stop",
        {"content_type": openai.SSE},
    ),
}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> Kind:
    return KINDS[request.param]


@pytest.fixture
async def provider_at(kind: Kind) -> AsyncIterator[Callable[[str], Any]]:
    made: list[Any] = []

    def make(url: str) -> Any:
        made.append(kind.make(ServerAddress.parse(url, bare_port=80, key="test")))
        return made[-1]

    yield make
    for provider in made:
        await provider.aclose()


async def collect(provider: Any, request: ChatRequest = ASK) -> list[ChatChunk | ChatEnd]:
    return [item async for item in provider.stream(request)]


@pytest.mark.parametrize("has_begun", [False, True], ids=["never answers", "stops in the middle"])
async def test_silence_times_out_and_drops_the_connection(
    kind: Kind, start_server: Any, provider_at: Any, respond_in_chunks: Any, *, has_begun: bool
) -> None:
    answer = respond_in_chunks(kind.piece, end=False, **kind.content) if has_begun else b""
    server = await start_server(answer, hang=True)
    with pytest.raises(ModelError, match=r"silent for 0\.1 s") as caught:
        await collect(provider_at(server.url), ChatRequest("m", ASK.messages, timeout_seconds=0.1))
    assert caught.value.category == "timeout"
    assert openai.KEY not in f"{caught.value} {caught.value.hint}"
    await asyncio.wait_for(server.dropped.wait(), 10)


async def test_cancelling_drops_the_connection(start_server: Any, provider_at: Any) -> None:
    server = await start_server(b"", hang=True)
    task = asyncio.create_task(collect(provider_at(server.url)))
    await asyncio.wait_for(server.asked.wait(), 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.wait_for(server.dropped.wait(), 10)


async def test_closing_early_drops_the_connection(
    kind: Kind, start_server: Any, provider_at: Any, respond_in_chunks: Any
) -> None:
    server = await start_server(respond_in_chunks(kind.piece, end=False, **kind.content), hang=True)
    async with aclosing(provider_at(server.url).stream(ASK)) as answer:
        assert await anext(answer) == ChatChunk("a")
    await asyncio.wait_for(server.dropped.wait(), 10)


async def test_a_proxy_is_not_used_for_loopback(
    kind: Kind,
    start_server: Any,
    provider_at: Any,
    respond_in_chunks: Any,
    refused_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTP_PROXY", refused_url)
    server = await start_server(respond_in_chunks(*kind.last, **kind.content))
    (end,) = await collect(provider_at(server.url))
    assert isinstance(end, ChatEnd)
    assert end.finish_reason == kind.reason
