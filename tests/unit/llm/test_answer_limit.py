"""No answer, and no line of one, fills the memory."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from typing import Any

import pytest

from agentflow_tui.llm import answer_limit
from agentflow_tui.llm.limited_stream import EVENTS, LINES, LimitedStream
from agentflow_tui.llm.model_error import ModelError
from agentflow_tui.llm.ollama_provider import OllamaProvider
from agentflow_tui.llm.openai_provider import OpenAIEndpoint, OpenAIProvider
from agentflow_tui.llm.provider import ChatRequest, Message
from agentflow_tui.llm.server_address import ServerAddress

ASK = ChatRequest("m", (Message("user", "Hi"),), timeout_seconds=20)
TEXT = "y" * 400
PIECES = {
    "ollama": json.dumps({"model": "m", "message": {"role": "assistant", "content": TEXT}, "done": False})
    + "\n",
    "openai": "data: "
    + json.dumps({"id": "1", "choices": [{"index": 0, "delta": {"content": TEXT}}]})
    + "\n\n",
}


def _provider(name: str, url: str) -> OllamaProvider | OpenAIProvider:
    address = ServerAddress.parse(url, bare_port=80, key="test")
    return (
        OllamaProvider(address)
        if name == "ollama"
        else OpenAIProvider(OpenAIEndpoint(name, address, "", "k"))
    )


async def _failure(provider: OllamaProvider | OpenAIProvider) -> tuple[ModelError, int]:
    taken = 0
    with pytest.raises(ModelError) as caught:
        async with aclosing(provider.stream(ASK)) as answer:
            async for _ in answer:
                taken += 1
    await provider.aclose()
    return caught.value, taken


@pytest.mark.parametrize("name", PIECES)
async def test_a_long_answer_is_cut_off(
    start_server: Any, respond_in_chunks: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(answer_limit, "MAX_CHARACTERS", 1000)
    server = await start_server(
        respond_in_chunks(*[PIECES[name].encode()] * 5, content_type="text/event-stream")
    )
    error, taken = await _failure(_provider(name, server.url))
    assert (error.category, taken) == ("resource", 2)
    assert "answered with more than 1,000 characters" in error.message


@pytest.mark.parametrize("name", PIECES)
@pytest.mark.parametrize("status", [200, 500])
async def test_a_line_without_end_is_cut_off(
    start_server: Any, respond: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch, name: str, status: int
) -> None:
    monkeypatch.setattr(answer_limit, "MAX_PIECE_BYTES", 1_000_000)
    server = await start_server(respond(status, b"x" * 1_200_000, "text/event-stream"))
    error, taken = await _failure(_provider(name, server.url))
    assert (error.category, taken) == ("resource", 0)
    assert "more than 1 MB without the end of a line" in error.message


class _Parts:
    def __init__(self, parts: list[bytes]) -> None:
        self.parts = parts

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self.parts:
            yield part

    async def aclose(self) -> None:
        self.parts = []


@pytest.mark.parametrize(
    ("parts", "ends", "is_cut"),
    [
        ([b"12345678\n"] * 9, LINES, False),
        ([b"1234567890"] * 2, LINES, True),
        ([b"data: 1\n", b"\n"] * 9, EVENTS, False),
        ([b"data: 1\r\n\r", b"\n"] * 9, EVENTS, False),
        ([b"data: 1\n"] * 3, EVENTS, True),
    ],
)
async def test_each_piece_is_measured(
    monkeypatch: pytest.MonkeyPatch, parts: list[bytes], ends: tuple[bytes, ...], is_cut: bool
) -> None:
    monkeypatch.setattr(answer_limit, "MAX_PIECE_BYTES", 15)
    passed: list[bytes] = []
    try:
        async for part in LimitedStream(_Parts(parts), ends, "it"):
            passed.append(part)
    except ModelError:
        assert is_cut
    assert (passed == parts) is not is_cut
