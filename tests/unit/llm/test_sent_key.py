"""Which keys go to an address that only a flow's file names."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from agentflow_tui.llm.model_error import ModelError
from agentflow_tui.llm.provider import ChatRequest, Message
from agentflow_tui.llm.provider_pool import ProviderPool
from agentflow_tui.llm.provider_table import ProviderTable
from agentflow_tui.llm.sent_key import SentKey, UntrustedAddressError
from tests.unit.llm.conftest import StartServer

ENV = {"OPENAI_API_KEY": "k", "AZURE_OPENAI_API_KEY": "k", "OLLAMA_API_KEY": "k", "MINE": "k", "EMPTY": " "}
SECRET = "sk-of-the-environment"


def sent(kind: str, table: Mapping[str, str], env: Mapping[str, str] = ENV, name: str = "") -> SentKey | None:
    keys = ProviderTable(name or kind, table, env).sent_keys(kind)
    assert len(keys) <= 1
    return keys[0] if keys else None


@pytest.mark.parametrize(
    ("kind", "address", "origin"),
    [
        ("openai", "https://evil.example/v1", "https://evil.example:443"),
        ("openai", "http://evil.example:81/v1", "http://evil.example:81"),
        ("openai", "evil.example", "http://evil.example:443"),
        ("openai", "http://api.openai.com/v1", "http://api.openai.com:80"),
        ("openai", "https://api.openai.com:444/v1", "https://api.openai.com:444"),
        ("openai", "https://api.openai.com.evil.example", "https://api.openai.com.evil.example:443"),
        ("openai", "https://api.openai.com@evil.example", "https://evil.example:443"),
        ("openai", "https://\u0430pi.openai.com/v1", r"https://\u0430pi.openai.com:443"),
        ("openai", "https://mine.openai.azure.com", "https://mine.openai.azure.com:443"),
        ("azure", "https://evil.example", "https://evil.example:443"),
        ("azure", "https://evil.example/.openai.azure.com", "https://evil.example:443"),
        ("azure", "https://api.openai.com", "https://api.openai.com:443"),
        ("azure", "https://Rented.openai.azure.com/", "https://rented.openai.azure.com:443"),
        ("ollama", "evil.example", "http://evil.example:11434"),
        ("ollama", "http://ollama.com", "http://ollama.com:80"),
        ("openai", "http://192.168.0.1:8000", "http://192.168.0.1:8000"),
        ("openai", "http://127.0.0.1.evil.example", "http://127.0.0.1.evil.example:80"),
    ],
)
@pytest.mark.parametrize("key", ["base_url", "endpoint"])
def test_an_address_of_the_files_own_is_asked_about(kind: str, address: str, origin: str, key: str) -> None:
    usual = {"openai": "OPENAI_API_KEY", "azure": "AZURE_OPENAI_API_KEY", "ollama": "OLLAMA_API_KEY"}[kind]
    assert sent(kind, {key: address}) == SentKey(usual, origin)
    assert sent(kind, {key: address, "api_key_env": "MINE"}) == SentKey("MINE", origin)
    for name in ("UNSET", "EMPTY"):
        assert sent(kind, {key: address, "api_key_env": name}) is None, "there is nothing to send"


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("openai", "http://127.0.0.1:8000/v1"),
        ("openai", "http://localhost:8000/v1"),
        ("openai", "http://[::1]:8000/v1"),
        ("openai", "https://API.openai.com/v1"),
        ("ollama", "https://ollama.com"),
        ("ollama", "0.0.0.0"),
        ("openai", ""),
    ],
)
def test_this_machine_and_the_makers_own_address_need_no_question(kind: str, address: str) -> None:
    assert sent(kind, {"base_url": address, "api_key_env": "MINE"}) is None


@pytest.mark.parametrize(
    ("kind", "variable"),
    [("openai", "OPENAI_BASE_URL"), ("azure", "AZURE_OPENAI_ENDPOINT"), ("ollama", "OLLAMA_HOST")],
)
def test_addresses_of_the_environment_need_no_question(kind: str, variable: str) -> None:
    env = {**ENV, variable: "https://own.example", "AGENTFLOW_LLM_BASE_URL": "https://laid.example/v1"}
    assert sent(kind, {}, env) is None
    assert sent(kind, {"base_url": "https://laid.example/v1"}, env) is None
    assert sent(kind, {"base_url": "https://evil.example/v1"}, env) is not None


@pytest.mark.parametrize("env", [{}, {"OPENAI_API_KEY": "k"}])
def test_headers_that_openais_client_sends_by_itself_are_asked_about_too(env: Mapping[str, str]) -> None:
    env = {**env, "OPENAI_CUSTOM_HEADERS": "x-key: k"}
    for kind, address, asked in (
        ("openai", "https://evil.example", ["OPENAI_API_KEY"] * ("OPENAI_API_KEY" in env) + [*env][-1:]),
        ("azure", "https://evil.example", [*env][-1:]),
        ("ollama", "https://evil.example", []),
        ("openai", "https://api.openai.com/v1", []),
        ("openai", "http://localhost:1", []),
        ("openai", "", []),
    ):
        keys = ProviderTable(kind, {"base_url": address}, env).sent_keys(kind)
        assert [key.variable for key in keys] == asked


def test_a_name_of_ones_own_has_a_variable_of_its_own() -> None:
    env = {"MY_SERVER_API_KEY": "k"}
    key = SentKey("MY_SERVER_API_KEY", "https://evil.example:443")
    assert sent("openai", {"base_url": "https://evil.example"}, env, "my-server") == key
    assert sent("embedded", {"base_url": "https://evil.example", "api_key_env": "MINE"}) is None


@pytest.mark.parametrize(
    ("provider", "table"),
    [
        ("openai", {}),
        ("azure", {}),
        ("ollama", {}),
        ("own", {"api_key_env": "MINE"}),
        ("own", {"type": "azure", "api_key_env": "MINE"}),
        ("own", {"type": "ollama", "api_key_env": "MINE"}),
    ],
)
async def test_no_provider_is_made_of_what_may_not_be_sent(provider: str, table: Mapping[str, str]) -> None:
    asked: list[SentKey] = []

    def refuse(key: SentKey) -> bool:
        asked.append(key)
        return False

    tables = {provider: {**table, "base_url": "https://evil.example"}}
    pool = ProviderPool(tables, ENV, may_send=refuse)
    with pytest.raises(UntrustedAddressError) as refused:
        await pool.provider_for(provider, "m", "a")
    assert asked == [refused.value.key]
    assert refused.value.key.origin == "https://evil.example:443"


async def test_a_key_of_the_file_is_sent_where_the_environment_has_none() -> None:
    tables = {"own": {"base_url": "https://h.example", "api_key_env": "GONE"}}
    pool = ProviderPool(tables, {}, keys={"GONE": "of the file"}, may_send=lambda _: False)
    assert (await pool.provider_for("own", "m", "a")).label == "own m at https://h.example:443"
    pool = ProviderPool(tables, {"GONE": "k"}, keys={"GONE": "of the file"}, may_send=lambda _: False)
    with pytest.raises(UntrustedAddressError):
        await pool.provider_for("own", "m", "a")


@pytest.mark.parametrize("provider", ["openai", "azure", "ollama"])
async def test_a_server_that_sends_elsewhere_takes_no_key_along(
    provider: str, start_server: StartServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OLLAMA_API_KEY", SECRET)
    other = await start_server(b"HTTP/1.1 500 No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
    head = b"HTTP/1.1 307 There\r\ncontent-length: 0\r\nconnection: close\r\nlocation: "
    first = await start_server(head + other.url.encode() + b"/x\r\n\r\n")
    pool = ProviderPool({provider: {"base_url": first.url, "api_key_env": "MINE"}}, {"MINE": SECRET})
    request = ChatRequest(model="m", messages=(Message("user", "x"),))
    chosen = await pool.provider_for(provider, "m", "a")
    with pytest.raises(ModelError):
        _ = [item async for item in chosen.stream(request)]
    await pool.aclose()
    assert SECRET.encode() in first.requests[0]
    assert len(other.requests) == 1
    assert SECRET.encode() not in other.requests[0]
