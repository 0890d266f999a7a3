"""The providers of one flow: built when first asked for, shared among agents, closed together."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, TypeVar, cast

from agentflow_tui.llm.chosen_provider import ChosenProvider
from agentflow_tui.llm.embedded_provider import EmbeddedProvider
from agentflow_tui.llm.model_error import ModelError
from agentflow_tui.llm.ollama_provider import OllamaProvider
from agentflow_tui.llm.openai_provider import OPENAI_URL, OpenAIEndpoint, OpenAIProvider
from agentflow_tui.llm.provider_choice import ProviderChoice, choose_provider
from agentflow_tui.llm.scripted_provider import ScriptedProvider
from agentflow_tui.llm.server_address import ServerAddress
from agentflow_tui.llm.weights import SMOLLM2

_OLLAMA_URL, _OLLAMA_PORT = "http://127.0.0.1:11434", 11434
_HTTPS_PORT = 443
_AZURE_API_VERSION = "2024-10-21"

Backend = OllamaProvider | OpenAIProvider | EmbeddedProvider | ScriptedProvider
B = TypeVar("B", bound=Backend)


class ProviderPool:
    """Gives each agent its provider; agents with the same back end and server share one.

    `tables` are the `[providers.*]` tables of the flow. Where "auto" led to is settled once per model until
    `aclose`, so that a run keeps its model.
    """

    def __init__(
        self,
        tables: Mapping[str, Mapping[str, Any]],
        env: Mapping[str, str],
        *,
        models_folder: Path | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Read keys and hosts from `env`; `sleep` is the clock's, for scripted answers."""
        self._tables = tables
        self._env = env
        self._folder = models_folder
        self._sleep = sleep
        self._backends: dict[Hashable, Backend] = {}
        self._choices: dict[str, ProviderChoice] = {}
        self._choosing = asyncio.Lock()

    async def provider_for(self, provider: str | None, model: str | None, agent: str) -> ChosenProvider:
        """Return what `agent` talks to; no `provider` means "auto". Raises `ModelError` with the way out."""
        name, model = (provider or "auto").lower(), model or ""
        reason = f'provider = "{name}"'
        match name:
            case "auto":
                return await self._auto(model)
            case "ollama":
                return self._ollama(model, reason)
            case "embedded":
                return self._embedded(model, reason)
            case "scripted":
                scripted = self._shared((name, agent), lambda: self._scripted(agent))
                return ChosenProvider(scripted, model=model or "script", label=scripted.label, reason=reason)
            case _:
                return self._openai(name, model, reason)

    async def aclose(self) -> None:
        """Close every provider, also when closing one of them fails."""
        backends = list(self._backends.values())
        self._backends.clear()
        self._choices.clear()
        async with AsyncExitStack() as stack:
            for backend in backends:
                stack.push_async_callback(backend.aclose)

    def _shared(self, key: Hashable, build: Callable[[], B]) -> B:
        if key not in self._backends:
            self._backends[key] = build()
        return cast("B", self._backends[key])

    async def _auto(self, model: str) -> ChosenProvider:
        async with self._choosing:
            if model not in self._choices:
                address = self._ollama_address()
                self._choices[model] = await choose_provider(model, address, folder=self._folder)
        choice = self._choices[model]
        settle = self._ollama if choice.provider == "ollama" else self._embedded
        return settle(model, choice.reason)

    def _ollama_address(self) -> ServerAddress:
        table = self._table("ollama")
        for text, key in (
            (_text(table, "base_url", "endpoint"), "base_url in [providers.ollama]"),
            (self._env.get("OLLAMA_HOST", "").strip(), "OLLAMA_HOST"),
        ):
            if text:
                return ServerAddress.parse(text, bare_port=_OLLAMA_PORT, key=key)
        return ServerAddress.parse(_OLLAMA_URL, bare_port=_OLLAMA_PORT, key="OLLAMA_HOST")

    def _ollama(self, model: str, reason: str) -> ChosenProvider:
        address = self._ollama_address()
        backend = self._shared(("ollama", address), lambda: OllamaProvider(address))
        return _with_model_label(backend, model, reason)

    def _embedded(self, model: str, reason: str) -> ChosenProvider:
        backend = self._shared("embedded", lambda: EmbeddedProvider(SMOLLM2, folder=self._folder))
        replaced = f" instead of {model}" if model not in {"", SMOLLM2.name} else ""
        return ChosenProvider(backend, model=SMOLLM2.name, label=backend.label + replaced, reason=reason)

    def _openai(self, name: str, model: str, reason: str) -> ChosenProvider:
        endpoint = self._azure() if name == "azure" else self._endpoint(name)
        if name == "azure":
            model = model or endpoint.azure_deployment or ""
        backend = self._shared(endpoint, lambda: OpenAIProvider(endpoint))
        return _with_model_label(backend, model, reason)

    def _endpoint(self, name: str) -> OpenAIEndpoint:
        table = self._table(name)
        url = _text(table, "base_url", "endpoint")
        if name == "openai":
            url = url or self._env.get("OPENAI_BASE_URL", "").strip()
        elif not url:
            raise ModelError(
                f"there is no provider {name!r}",
                category="validation",
                hint="use auto, ollama, openai, azure, embedded or scripted; for another OpenAI-compatible "
                f'server write [providers.{name}] base_url = "http://…/v1"',
            )
        address = ServerAddress.parse(
            url or OPENAI_URL, bare_port=_HTTPS_PORT, key=f"base_url in [providers.{name}]"
        )
        variable = _text(table, "api_key_env") or f"{name.upper().replace('-', '_')}_API_KEY"
        # Servers of one's own often need no key; the public one always does.
        is_needed = not url or "api_key_env" in table
        return OpenAIEndpoint(name, address, variable, self._key(name, variable, is_needed=is_needed))

    def _azure(self) -> OpenAIEndpoint:
        table = self._table("azure")
        url = _text(table, "endpoint", "base_url") or self._env.get("AZURE_OPENAI_ENDPOINT", "").strip()
        if not url:
            raise ModelError(
                "the address of the Azure resource is missing",
                category="validation",
                hint='write [providers.azure] endpoint = "https://<resource>.openai.azure.com"',
            )
        address = ServerAddress.parse(url, bare_port=_HTTPS_PORT, key="endpoint in [providers.azure]")
        variable = _text(table, "api_key_env") or "AZURE_OPENAI_API_KEY"
        version = _text(table, "api_version") or self._env.get("OPENAI_API_VERSION") or _AZURE_API_VERSION
        deployment = _text(table, "deployment", "chat_deployment") or None
        key = self._key("azure", variable, is_needed=True)
        return OpenAIEndpoint("azure", address, variable, key, version, deployment)

    def _key(self, name: str, variable: str, *, is_needed: bool) -> str | None:
        key = self._env.get(variable, "").strip()
        if not key and is_needed:
            raise ModelError(
                f"the key for {name} is missing: {variable} is not set",
                category="auth",
                hint=f"export {variable}=<your key>",
            )
        return key or None

    def _scripted(self, agent: str) -> ScriptedProvider:
        table = self._table("scripted")
        replies = table.get("replies", {})
        own = replies.get(agent) if isinstance(replies, Mapping) else None
        answers = own if own is not None else table.get("answers", [])
        is_list = isinstance(answers, Sequence) and not isinstance(answers, str)
        texts = [_as_text(answer) for answer in (answers if is_list else [answers])]
        pause = float(table.get("seconds_per_word", 0.0))
        return ScriptedProvider(texts, seconds_per_word=pause, sleep=self._sleep)

    def _table(self, name: str) -> Mapping[str, Any]:
        return self._tables.get(name, {})


def _with_model_label(backend: OllamaProvider | OpenAIProvider, model: str, reason: str) -> ChosenProvider:
    name, _, place = backend.label.partition(" at ")
    label = f"{name} {model or '(no model named)'}" + (f" at {place}" if place else "")
    return ChosenProvider(backend, model=model, label=label, reason=reason)


def _text(table: Mapping[str, Any], *keys: str) -> str:
    """Return the first of the keys that holds text."""
    for key in keys:
        if isinstance(value := table.get(key), str) and value.strip():
            return value.strip()
    return ""


def _as_text(answer: object) -> str:
    """Return an answer as a model would write it; a TOML table becomes JSON."""
    return answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
