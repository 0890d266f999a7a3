"""The providers of one flow: built when first asked for, shared among agents, closed together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping
from contextlib import AsyncExitStack
from typing import Any, TypeVar, cast

from agentflow_tui.llm.chosen_provider import ChosenProvider
from agentflow_tui.llm.embedded_provider import EmbeddedProvider
from agentflow_tui.llm.ollama_provider import OllamaProvider
from agentflow_tui.llm.openai_provider import OpenAIProvider
from agentflow_tui.llm.provider_choice import ProviderChoice, choose_provider
from agentflow_tui.llm.provider_table import ProviderTable
from agentflow_tui.llm.recorded_provider import RecordedProvider
from agentflow_tui.llm.run_recordings import RunRecordings
from agentflow_tui.llm.scripted_provider import ScriptedProvider
from agentflow_tui.llm.sent_key import SentKey, UntrustedAddressError
from agentflow_tui.llm.weights import SMOLLM2

Backend = OllamaProvider | OpenAIProvider | EmbeddedProvider | ScriptedProvider
B = TypeVar("B", bound=Backend)


class ProviderPool:
    """Gives each agent its provider; agents with the same back end and server share one.

    Where "auto" led to is settled once per model until `aclose`, so that a run keeps its model.
    """

    def __init__(  # noqa: PLR0913 - what a call can be answered by
        self,
        tables: Mapping[str, Mapping[str, Any]],
        env: Mapping[str, str],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        recordings: RunRecordings | None = None,
        embedded: EmbeddedProvider | None = None,
        keys: Mapping[str, str] | None = None,
        may_send: Callable[[SentKey], bool] = lambda _: True,
    ) -> None:
        """Take the `[providers.*]` tables; read keys and hosts from `env`.

        `sleep` is the clock's, for prepared answers. With `recordings` calls are answered from them as their
        mode says. `embedded` is shared with other pools (default: one of its own). `keys` are
        the file's own, by variable, where `env` has none. `may_send` says which of `env` go to addresses that
        only the tables name (default: all).
        """
        self._tables = {name.lower(): table for name, table in tables.items()}
        self._env = env
        self._sleep = sleep
        self._recordings = recordings
        self._embedded_model = embedded or EmbeddedProvider()
        self._keys = keys or {}
        self._may_send = may_send
        self._backends: dict[Hashable, Backend] = {}
        self._choices: dict[str, ProviderChoice] = {}
        self._choosing = asyncio.Lock()

    async def provider_for(self, provider: str | None, model: str | None, agent: str) -> ChosenProvider:
        """Return what `agent` talks to; no `provider` means "auto".

        Raises:
            ModelError: It cannot be asked; with the way out.
            UntrustedAddressError: It would get a key that may not go to its address.
        """
        if self._recordings is None:
            return await self._live(provider, model, agent)
        if self._recordings.mode == "replay":
            return await self._replayed(self._recordings, provider, model, agent)
        live = await self._live(provider, model, agent)
        recorded = RecordedProvider(live.name, self._recordings, live)
        return ChosenProvider(recorded, model=live.model, label=recorded.label, reason=live.reason)

    async def _live(self, provider: str | None, model: str | None, agent: str) -> ChosenProvider:
        name = (provider or "auto").lower()
        if name == "auto":
            return await self._auto(model or self._table("ollama").model)
        table = self._table(name)
        model, reason = model or table.model, f'provider = "{name}"'
        match table.kind:
            case "ollama":
                return self._ollama(table, model, reason)
            case "embedded":
                return self._embedded(model, reason)
            case "scripted":
                return self._scripted(table, model, reason, agent)
            case kind:
                return self._openai(table, model, reason, is_azure=kind == "azure")

    async def aclose(self) -> None:
        """Close every provider, also when closing one of them fails."""
        backends = list(self._backends.values())
        self._backends.clear()
        self._choices.clear()
        async with AsyncExitStack() as stack:
            for backend in backends:
                stack.push_async_callback(backend.aclose)

    async def _replayed(
        self, recordings: RunRecordings, provider: str | None, model: str | None, agent: str
    ) -> ChosenProvider:
        """Name what answered then, without looking whether it is there today."""
        was_provider, was_model = await recordings.settled(agent) or ("", "")
        name = (provider or "auto").lower()
        if name == "auto":
            name, model = was_provider or "auto", was_model or model
        else:
            table = self._table(name)
            name = table.name if table.kind in {"openai", "azure"} else table.kind
            own = {"embedded": SMOLLM2.name, "scripted": model or "script"}
            model = own.get(name) or model or table.model or was_model
        recorded = RecordedProvider(name, recordings, None)
        label = f"{recorded.label} {model or ''}".strip()
        return ChosenProvider(recorded, model=model or "unknown", label=label, reason="the run is replayed")

    def _table(self, name: str) -> ProviderTable:
        return ProviderTable(name, self._tables.get(name, {}), self._env, self._keys)

    def _shared(self, key: Hashable, build: Callable[[], B]) -> B:
        if key not in self._backends:
            self._backends[key] = build()
        return cast("B", self._backends[key])

    async def _auto(self, model: str) -> ChosenProvider:
        table = self._table("ollama")
        async with self._choosing:
            choice = self._choices.get(model)
            if choice is None:
                choice = await choose_provider(
                    model, table.ollama_address(), folder=self._embedded_model.folder
                )
                self._choices[model] = choice
        if choice.provider == "ollama":
            return self._ollama(table, model, choice.reason)
        return self._embedded(model, choice.reason)

    def _ollama(self, table: ProviderTable, model: str, reason: str) -> ChosenProvider:
        self._admit(table.sent_keys("ollama"))
        address, key = table.ollama_address(), table.ollama_key()
        backend = self._shared(("ollama", address, key), lambda: OllamaProvider(address, api_key=key))
        return _with_model_label(backend, model, reason)

    def _embedded(self, model: str, reason: str) -> ChosenProvider:
        backend = self._shared("embedded", self._embedded_model.join)
        replaced = f" instead of {model}" if model not in {"", SMOLLM2.name} else ""
        return ChosenProvider(backend, model=SMOLLM2.name, label=backend.label + replaced, reason=reason)

    def _scripted(self, table: ProviderTable, model: str, reason: str, agent: str) -> ChosenProvider:
        backend = self._shared(
            (table.name, agent),
            lambda: ScriptedProvider(
                table.script(agent), seconds_per_word=table.seconds_per_word(), sleep=self._sleep
            ),
        )
        return ChosenProvider(backend, model=model or "script", label=backend.label, reason=reason)

    def _openai(self, table: ProviderTable, model: str, reason: str, *, is_azure: bool) -> ChosenProvider:
        self._admit(table.sent_keys("azure" if is_azure else "openai"))
        endpoint = table.azure_endpoint() if is_azure else table.openai_endpoint()
        backend = self._shared(endpoint, lambda: OpenAIProvider(endpoint))
        return _with_model_label(backend, model or endpoint.azure_deployment or "", reason)

    def _admit(self, keys: Iterable[SentKey]) -> None:
        for key in keys:
            if not self._may_send(key):
                raise UntrustedAddressError(key)


def _with_model_label(backend: OllamaProvider | OpenAIProvider, model: str, reason: str) -> ChosenProvider:
    name, _, place = backend.label.partition(" at ")
    label = f"{name} {model or '(no model named)'}" + (f" at {place}" if place else "")
    return ChosenProvider(backend, model=model, label=label, reason=reason)
