"""Every back end with a real model; texts differ by model and machine, so only facts and shapes are held."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from agentflow_tui.llm.chosen_provider import ChosenProvider
from agentflow_tui.llm.embedded_provider import EmbeddedProvider
from agentflow_tui.llm.model_error import ModelError
from agentflow_tui.llm.provider import ChatChunk, ChatEnd, ChatRequest, Message
from agentflow_tui.llm.provider_pool import ProviderPool
from agentflow_tui.llm.weights import SMOLLM2

# Together, as they share one Ollama server; the first run fetches it and the weights.
pytestmark = [pytest.mark.live, pytest.mark.xdist_group("live"), pytest.mark.timeout(1200)]

SYSTEM = Message("system", "You are a concise assistant. Answer in one sentence.")
FRANCE = ChatRequest(
    "gemma3:1b",
    (SYSTEM, Message("user", "What is the capital of France?")),
    temperature=0.0,
    max_tokens=24,
    seed=1,
)
STORY = ChatRequest(
    "gemma3:1b",
    (SYSTEM, Message("user", "Write a very long story about the sea.")),
    temperature=0.0,
    max_tokens=1000,
)
CITY = {
    "type": "object",
    "properties": {"city": {"type": "string", "maxLength": 20}, "is_capital": {"type": "boolean"}},
    "required": ["city", "is_capital"],
    "additionalProperties": False,
}
NUMBERS = {
    "type": "object",
    "properties": {"score": {"type": "integer"}, "share": {"type": "number"}},
    "required": ["score", "share"],
    "additionalProperties": False,
}
PATIENCE = 120


@pytest.fixture
async def pool(ollama_server: Any, embedded_weights: Path) -> AsyncIterator[ProviderPool]:
    tables = {"ollama": {"base_url": ollama_server.url}, "openai": {"base_url": ollama_server.url + "/v1"}}
    pool = ProviderPool(tables, {}, embedded=EmbeddedProvider(folder=embedded_weights))
    yield pool
    await pool.aclose()


@pytest.fixture(params=["ollama", "openai", "embedded"])
async def provider(request: pytest.FixtureRequest, pool: ProviderPool) -> ChosenProvider:
    return await pool.provider_for(request.param, "gemma3:1b", "agent")


async def ask(provider: ChosenProvider, request: ChatRequest) -> tuple[list[str], ChatEnd]:
    async with asyncio.timeout(PATIENCE):
        items = [item async for item in provider.stream(request)]
    assert isinstance(items[-1], ChatEnd)
    return [item.text for item in items[:-1] if isinstance(item, ChatChunk)], items[-1]


async def test_streams_a_real_answer_with_token_counts(provider: ChosenProvider) -> None:
    pieces, end = await ask(provider, FRANCE)
    assert "Paris" in "".join(pieces)
    assert len(pieces) > 3, "piece by piece, not all at once"
    assert end.prompt_tokens is not None and end.prompt_tokens > 10
    assert end.completion_tokens is not None and 3 < end.completion_tokens <= 24
    assert end.finish_reason in {"stop", "length"}
    assert end.model in {"gemma3:1b", SMOLLM2.name}


async def test_stops_at_the_token_limit(provider: ChosenProvider) -> None:
    short = ChatRequest("gemma3:1b", STORY.messages, temperature=0.0, max_tokens=5)
    pieces, end = await ask(provider, short)
    assert end.finish_reason == "length"
    assert end.completion_tokens == 5
    assert pieces


async def test_structured_output_follows_the_schema(provider: ChosenProvider) -> None:
    wish = ChatRequest("gemma3:1b", FRANCE.messages, temperature=0.0, max_tokens=60, schema=CITY)
    pieces, _ = await ask(provider, wish)
    answer = json.loads("".join(pieces))
    assert set(answer) == {"city", "is_capital"}
    assert isinstance(answer["city"], str)
    assert isinstance(answer["is_capital"], bool)


async def test_the_embedded_model_writes_one_blank_before_its_values_and_ends_its_numbers(
    pool: ProviderPool,
) -> None:
    provider = await pool.provider_for("embedded", None, "agent")
    # There is a token for each character of the longest answer.
    wish = ChatRequest(SMOLLM2.name, STORY.messages, temperature=2.0, max_tokens=60, schema=NUMBERS)
    answers = await asyncio.gather(*(ask(provider, wish) for _ in range(20)))
    for pieces, _ in answers:
        assert re.fullmatch(r'\{"score": -?\d{1,13}, "share": -?\d{1,13}(\.\d{1,3})?\}', "".join(pieces))


async def test_several_at_once(provider: ChosenProvider) -> None:
    short = ChatRequest("gemma3:1b", STORY.messages, temperature=0.0, max_tokens=4)
    answers = await asyncio.gather(*(ask(provider, short) for _ in range(3)))
    assert [end.completion_tokens for _, end in answers] == [4, 4, 4]


async def test_cancelling_ends_at_once_and_the_next_call_works(provider: ChosenProvider) -> None:
    first = asyncio.Event()

    async def read() -> None:
        async for _ in provider.stream(STORY):
            first.set()

    task = asyncio.create_task(read())
    await asyncio.wait_for(first.wait(), PATIENCE)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 5)
    pieces, _ = await ask(provider, ChatRequest("gemma3:1b", FRANCE.messages, max_tokens=4))
    assert pieces


async def test_auto_takes_ollama_when_it_has_the_model(pool: ProviderPool, ollama_server: Any) -> None:
    chosen = await pool.provider_for(None, "gemma3:1b", "agent")
    assert chosen.label == "ollama gemma3:1b"
    assert ollama_server.url in chosen.reason


async def test_auto_takes_the_embedded_model_when_ollama_lacks_the_model(pool: ProviderPool) -> None:
    chosen = await pool.provider_for("auto", "not-here:7b", "agent")
    assert chosen.label == "embedded smollm2:135m (tiny demo model) instead of not-here:7b"
    assert "has no model 'not-here:7b'" in chosen.reason
    pieces, end = await ask(chosen, FRANCE)
    assert "Paris" in "".join(pieces)
    assert end.model == SMOLLM2.name


@pytest.mark.parametrize(("name", "hint"), [("ollama", "ollama pull not-here:7b"), ("openai", "not-here:7b")])
async def test_a_missing_model_is_told_with_the_way_out(pool: ProviderPool, name: str, hint: str) -> None:
    chosen = await pool.provider_for(name, "not-here:7b", "agent")
    with pytest.raises(ModelError) as caught:
        await ask(chosen, FRANCE)
    assert caught.value.category == "validation"
    assert hint in caught.value.hint


@pytest.mark.parametrize("name", ["ollama", "openai"])
async def test_a_server_killed_in_the_middle(name: str, start_ollama: Callable[[], Any]) -> None:
    server = start_ollama()
    pool = ProviderPool({"ollama": {"base_url": server.url}, "openai": {"base_url": server.url + "/v1"}}, {})
    chosen = await pool.provider_for(name, "gemma3:1b", "agent")
    with pytest.raises(ModelError) as caught:
        async for _ in chosen.stream(STORY):
            server.kill()
    assert caught.value.category == "network"
    with pytest.raises(ModelError) as caught:
        await ask(chosen, FRANCE)
    assert caught.value.category == "network"
    await pool.aclose()


async def test_the_embedded_process_is_started_anew_after_it_was_killed(embedded_weights: Path) -> None:
    provider = EmbeddedProvider(folder=embedded_weights)
    story = ChatRequest(SMOLLM2.name, STORY.messages, max_tokens=500)
    with pytest.raises(ModelError) as caught:
        async for _ in provider.stream(story):
            assert provider._process is not None
            os.kill(provider._process._process.pid, signal.SIGKILL)
    assert caught.value.category == "network"
    assert "died (signal 9)" in caught.value.message
    async with aclosing(provider.stream(story)) as again:
        assert isinstance(await anext(again), ChatChunk)
    await provider.aclose()


async def test_the_embedded_process_ends_with_its_provider(embedded_weights: Path) -> None:
    provider = EmbeddedProvider(folder=embedded_weights)
    async with aclosing(provider.stream(ChatRequest(SMOLLM2.name, FRANCE.messages))) as answer:
        await anext(answer)
    process = provider._process
    assert process is not None and process.is_alive
    await provider.aclose()
    assert not process.is_alive
