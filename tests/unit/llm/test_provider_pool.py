"""What "auto" leads to, and who shares what."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agentflow_tui.llm import provider_choice, provider_pool
from agentflow_tui.llm.chosen_provider import ChosenProvider
from agentflow_tui.llm.embedded_provider import EmbeddedProvider
from agentflow_tui.llm.model_error import ModelError
from agentflow_tui.llm.provider import ChatChunk, ChatEnd, ChatRequest, Message
from agentflow_tui.llm.provider_pool import ProviderPool
from agentflow_tui.llm.weights import SMOLLM2

StartServer = Callable[..., Any]
Build = Callable[..., bytes]

ASK = ChatRequest("any", (Message("user", "Hi"),))


@asynccontextmanager
async def pool_of(
    tables: dict[str, dict[str, Any]] | None = None,
    env: dict[str, str] | None = None,
    folder: Path | None = None,
) -> AsyncIterator[ProviderPool]:
    pool = ProviderPool(tables or {}, env or {}, embedded=EmbeddedProvider(folder=folder))
    try:
        yield pool
    finally:
        await pool.aclose()


@pytest.fixture
def ready_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder where the embedded model's file seems to be; nothing here loads it."""
    monkeypatch.setattr(EmbeddedProvider, "is_installed", staticmethod(lambda: True))
    path = SMOLLM2.path(tmp_path)
    with path.open("wb") as file:
        file.truncate(SMOLLM2.gguf_bytes)
    return tmp_path


async def failure(pool: ProviderPool, provider: str | None, model: str = "m", agent: str = "a") -> ModelError:
    with pytest.raises(ModelError) as caught:
        await pool.provider_for(provider, model, agent)
    return caught.value


async def test_auto_takes_ollama_that_has_the_model(start_server: StartServer, respond: Build) -> None:
    server = await start_server(respond(200, b'{"version":"0.9.3"}'))
    async with pool_of(env={"OLLAMA_HOST": server.url}) as pool:
        chosen = await pool.provider_for(None, "gemma3:1b", "a")
    assert (chosen.name, chosen.model, chosen.label) == ("ollama", "gemma3:1b", "ollama gemma3:1b")
    assert server.url in chosen.reason
    assert [request.split(b" ")[1] for request in server.requests] == [b"/api/version", b"/api/show"]
    assert server.body() == {"model": "gemma3:1b"}


async def test_auto_asks_once_per_model(start_server: StartServer, respond: Build) -> None:
    server = await start_server(respond(200, b'{"version":"0.9.3"}'))
    async with pool_of(env={"OLLAMA_HOST": server.url}) as pool:
        for agent in ("a", "b"):
            await pool.provider_for("auto", "m", agent)
    assert len(server.requests) == 2


async def test_auto_falls_to_the_embedded_model_and_says_so(refused_url: str, ready_weights: Path) -> None:
    async with pool_of(env={"OLLAMA_HOST": refused_url}, folder=ready_weights) as pool:
        chosen = await pool.provider_for("auto", "gemma3:1b", "a")
    assert (chosen.name, chosen.model) == ("embedded", "smollm2:135m")
    assert chosen.label == "embedded smollm2:135m (tiny demo model) instead of gemma3:1b"
    assert chosen.reason == f"Ollama is not running at {refused_url}"


async def test_auto_falls_through_when_the_model_is_not_pulled(
    start_server: StartServer, respond: Build, ready_weights: Path
) -> None:
    server = await start_server(
        respond(404, b'{"error":"not found"}'), paths={"/api/version": respond(200, b'{"version":"0.9.3"}')}
    )
    async with pool_of(env={"OLLAMA_HOST": server.url}, folder=ready_weights) as pool:
        chosen = await pool.provider_for("auto", "gemma3:1b", "a")
    assert chosen.name == "embedded"
    assert "has no model 'gemma3:1b'" in chosen.reason


@pytest.mark.parametrize(
    ("is_installed", "way"),
    [(False, "pip install 'agentflow-tui[embedded]'"), (True, "agentflow-tui model get")],
)
async def test_auto_with_nothing_to_run_names_every_way_out(
    is_installed: bool, way: str, refused_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EmbeddedProvider, "is_installed", staticmethod(lambda: is_installed))
    async with pool_of(env={"OLLAMA_HOST": refused_url}, folder=tmp_path) as pool:
        error = await failure(pool, "auto")
    assert error.category == "resource"
    assert refused_url in error.message
    assert "ollama serve" in error.hint
    assert way in error.hint


async def test_auto_does_not_wait_long_for_a_server_that_says_nothing(
    start_server: StartServer, ready_weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provider_choice, "_ANSWER_SECONDS", 0.1)
    server = await start_server(b"", hang=True)
    async with pool_of(env={"OLLAMA_HOST": server.url}, folder=ready_weights) as pool:
        async with asyncio.timeout(10):
            assert (await pool.provider_for("auto", "m", "a")).name == "embedded"


async def test_explicit_ollama_never_falls_back(refused_url: str, ready_weights: Path) -> None:
    async with pool_of(env={"OLLAMA_HOST": refused_url}, folder=ready_weights) as pool:
        chosen = await pool.provider_for("ollama", "m", "a")
        assert chosen.name == "ollama"
        with pytest.raises(ModelError, match="not running"):
            await anext(chosen.stream(ASK))


async def test_the_file_wins_over_the_variable(
    start_server: StartServer, respond: Build, refused_url: str
) -> None:
    server = await start_server(respond(404, b'{"error":"model \\"m\\" not found"}'))
    for key in ("base_url", "endpoint"):
        async with pool_of({"ollama": {key: server.url}}, {"OLLAMA_HOST": refused_url}) as pool:
            chosen = await pool.provider_for("ollama", "m", "a")
            with pytest.raises(ModelError, match="has no model 'm'"):
                await anext(chosen.stream(ASK))
            assert server.body()["model"] == "m", "the chosen model is asked, not the one in the request"


async def test_a_server_elsewhere_is_named_on_the_screen() -> None:
    async with pool_of(env={"OLLAMA_HOST": "gpu.example", "OPENAI_API_KEY": "k"}) as pool:
        assert (await pool.provider_for("ollama", "m", "a")).label == "ollama m at http://gpu.example:11434"
        assert (await pool.provider_for("openai", "gpt", "a")).label == "openai gpt"


async def test_the_embedded_model_is_shared_whatever_the_model_is_called(ready_weights: Path) -> None:
    async with pool_of(folder=ready_weights) as pool:
        first = await pool.provider_for("embedded", "gemma3:1b", "a")
        second = await pool.provider_for("embedded", "", "b")
    assert first._backend is second._backend
    assert first.model == second.model == "smollm2:135m"
    assert first.label.endswith("instead of gemma3:1b")
    assert second.label == "embedded smollm2:135m (tiny demo model)"


async def test_servers_are_shared_by_address(refused_url: str) -> None:
    async with pool_of(env={"OLLAMA_HOST": refused_url}) as pool:
        first = await pool.provider_for("ollama", "m", "a")
        second = await pool.provider_for("ollama", "n", "b")
    assert first._backend is second._backend
    assert (first.label, second.label) == ("ollama m", "ollama n")


async def test_openai_keys_come_from_the_environment_only() -> None:
    async with pool_of({"openai": {"api_key": "sk-in-the-file"}}) as pool:
        error = await failure(pool, "openai")
    assert error.category == "auth"
    assert error.hint == "export OPENAI_API_KEY=<your key>"


async def test_the_key_variable_can_be_named() -> None:
    tables = {"openai": {"base_url": "https://h/v1", "api_key_env": "MY_KEY"}}
    async with pool_of(tables) as pool:
        assert "MY_KEY" in (await failure(pool, "openai")).hint
    async with pool_of(tables, {"MY_KEY": "k"}) as pool:
        assert (await pool.provider_for("openai", "m", "a")).label == "openai m at https://h:443/v1"


async def test_any_compatible_server_can_be_added(
    start_server: StartServer, respond_in_chunks: Build
) -> None:
    body = {"choices": [{"index": 0, "delta": {"content": "a"}, "finish_reason": "stop"}], "model": "x"}
    server = await start_server(respond_in_chunks(b"data: " + json.dumps(body).encode() + b"\n\n"))
    async with pool_of({"my-vllm": {"base_url": server.url + "/v1"}}) as pool:
        chosen = await pool.provider_for("my-vllm", "x", "a")
        items = [item async for item in chosen.stream(ASK)]
    assert chosen.label == f"my-vllm x at {server.url}/v1"
    assert items == [ChatChunk("a"), ChatEnd(None, None, "stop", "x")]


async def test_a_server_with_a_name_of_its_own(start_server: StartServer, respond_in_chunks: Build) -> None:
    server = await start_server(
        respond_in_chunks(b'{"model":"x","message":{"role":"assistant"},"done":true}\n')
    )
    table = {"type": "ollama", "base_url": server.url, "model": "x", "api_key_env": "GPU_KEY"}
    async with pool_of({"GPU": table}, {"GPU_KEY": "k"}) as pool:
        chosen = await pool.provider_for("GPU", None, "a")
        assert (chosen.name, chosen.label) == ("ollama", "ollama x")
        await anext(chosen.stream(ASK))
    assert b"authorization: bearer k\r\n" in server.requests[0].lower()


async def test_auto_without_a_model_does_not_blame_the_server(refused_url: str, tmp_path: Path) -> None:
    async with pool_of(env={"OLLAMA_HOST": refused_url}, folder=tmp_path) as pool:
        error = await failure(pool, "auto", model="")
    assert "no model is named" in error.message
    assert "[llm] model" in error.hint


async def test_azure_takes_what_it_needs_from_the_file() -> None:
    tables = {"azure": {"endpoint": "https://r.example", "chat_deployment": "d"}}
    async with pool_of(tables, {"AZURE_OPENAI_API_KEY": "k"}) as pool:
        assert (await pool.provider_for("azure", "", "a")).label == "azure d at https://r.example:443"
    async with pool_of(env={"AZURE_OPENAI_API_KEY": "k"}) as pool:
        assert "endpoint" in (await failure(pool, "azure")).hint


async def test_an_unknown_provider_is_named_with_the_known_ones() -> None:
    async with pool_of() as pool:
        error = await failure(pool, "anthropic")
    assert error.category == "validation"
    assert "anthropic" in error.message
    assert "ollama" in error.hint


async def text_of(chosen: ChosenProvider) -> str:
    return "".join([item.text async for item in chosen.stream(ASK) if isinstance(item, ChatChunk)])


async def test_scripted_answers_run_separately_for_each_agent() -> None:
    tables = {"scripted": {"answers": ["one", {"quality_score": 0.9}], "replies": {"b": "mine"}}}
    async with pool_of(tables) as pool:
        said = [await text_of(await pool.provider_for("scripted", None, agent)) for agent in "aacb"]
        assert said == ["one", '{"quality_score": 0.9}', "one", "mine"]
        assert (await pool.provider_for("scripted", "gpt-4", "a")).label == "scripted (no model)"


async def test_an_agent_without_prepared_answers_is_named_with_the_place_to_write_them() -> None:
    async with pool_of({"scripted": {"replies": {"a": ["one"]}}}) as pool:
        with pytest.raises(ModelError, match="nothing to say for 'b'") as caught:
            await pool.provider_for("scripted", None, "b")
    assert "[providers.scripted.replies] b = " in caught.value.hint


async def test_closing_goes_on_when_one_fails_and_can_be_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[str] = []

    class Stubborn:
        name = label = "ollama"

        def __init__(self, address: object, *, api_key: str | None) -> None:
            self._address = address

        async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk | ChatEnd, None]:
            yield ChatChunk(request.model)

        async def aclose(self) -> None:
            closed.append(str(self._address))
            raise OSError("cannot close")

    monkeypatch.setattr(provider_pool, "OllamaProvider", Stubborn)
    pool = ProviderPool({}, {})
    await pool.provider_for("ollama", "m", "a")
    pool._env = {"OLLAMA_HOST": "gpu"}
    await pool.provider_for("ollama", "m", "a")
    with pytest.raises(OSError, match="cannot close"):
        await pool.aclose()
    assert len(closed) == 2
    await pool.aclose()
    assert len(closed) == 2


def test_weights_of_another_size_do_not_count(ready_weights: Path) -> None:
    assert SMOLLM2.are_present(ready_weights)
    assert not replace(SMOLLM2, gguf_bytes=1).are_present(ready_weights)
