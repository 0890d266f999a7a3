"""One `[providers.X]` table, read together with the environment."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from agentflow_tui.llm.model_error import ModelError
from agentflow_tui.llm.openai_provider import OPENAI_URL, OpenAIEndpoint
from agentflow_tui.llm.sent_key import SentKey
from agentflow_tui.llm.server_address import ServerAddress

_KINDS = ("ollama", "openai", "azure", "embedded", "scripted")
_OLLAMA_URL, _OLLAMA_PORT = "http://127.0.0.1:11434", 11434
_HTTPS_PORT = 443
_AZURE_API_VERSION = "2024-10-21"
_CLIENTS_HEADERS = "OPENAI_CUSTOM_HEADERS"
"""OpenAI's client sends what this variable holds with every request, wherever the server is."""
_USUAL_KEYS = {"ollama": "OLLAMA_API_KEY", "azure": "AZURE_OPENAI_API_KEY"}
_OFFICIAL = {"ollama": "https://ollama.com:443", "openai": "https://api.openai.com:443", "azure": None}
"""Origins of those who gave the user the key, by kind of back end; anybody can rent a resource of Azure's."""


class ProviderTable:
    """What a flow's file and the environment say about one provider; the table may be empty."""

    def __init__(
        self,
        name: str,
        table: Mapping[str, Any],
        env: Mapping[str, str],
        keys: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Take the provider's name in the file, its table and the environment.

        `keys` are of the file: by variable, for where the environment sets none.
        """
        self.name = name
        self._table = table
        self._env = env
        self._keys = keys

    @property
    def kind(self) -> str:
        """Return the back end: `type`, or the name itself; any other server speaks OpenAI's protocol."""
        kind = self._text("type").lower() or self.name
        if kind not in _KINDS and not self._address_text:
            raise ModelError(
                f"there is no provider {self.name!r}",
                category="validation",
                hint="use auto, ollama, openai, azure, embedded or scripted; for another OpenAI-compatible "
                f'server write [providers.{self.name}] base_url = "http://…/v1"',
            )
        return kind if kind in _KINDS else "openai"

    @property
    def model(self) -> str:
        """Return the model for agents that name none, or an empty text."""
        return self._text("model")

    def ollama_address(self) -> ServerAddress:
        """Return the table's address, else `OLLAMA_HOST`, else this machine's usual one."""
        if self._address_text:
            return self._own_address("ollama")
        text = self._env.get("OLLAMA_HOST", "").strip() or _OLLAMA_URL
        return ServerAddress.parse(text, bare_port=_OLLAMA_PORT, key="OLLAMA_HOST")

    def ollama_key(self) -> str | None:
        """Return the key for a hosted Ollama, if there is one."""
        return self._key(self._key_variable("ollama"), is_needed=False)

    def sent_keys(self, kind: str) -> tuple[SentKey, ...]:
        """Return the keys that a back end of this kind gets at an address which only the file names.

        There is none to ask about without a key, nor at an address of this machine, of the back end's maker
        or of the user's environment. Raises `ModelError` for an address that is none.
        """
        text = self._address_text
        # What that variable says is laid over the file when it is read (semantics §7).
        if kind not in _OFFICIAL or not text or text == self._env.get("AGENTFLOW_LLM_BASE_URL", "").strip():
            return ()
        address = self._own_address(kind)
        if address.is_loopback or address.origin == _OFFICIAL[kind]:
            return ()
        headers = () if kind == "ollama" else (_CLIENTS_HEADERS,)
        variables = dict.fromkeys((self._key_variable(kind), *headers))
        return tuple(SentKey(each, address.origin) for each in variables if self._env_key(each))

    def openai_endpoint(self) -> OpenAIEndpoint:
        """Return the endpoint of an OpenAI-compatible server; raises `ModelError` without a needed key."""
        text = self._address_text
        if self.name == "openai":
            text = text or self._env.get("OPENAI_BASE_URL", "").strip()
        address = ServerAddress.parse(text or OPENAI_URL, bare_port=_HTTPS_PORT, key=self._address_key)
        variable = self._key_variable("openai")
        # Servers of one's own often need no key; the public one always does.
        is_needed = not text or "api_key_env" in self._table
        return OpenAIEndpoint(self.name, address, variable, self._key(variable, is_needed=is_needed))

    def azure_endpoint(self) -> OpenAIEndpoint:
        """Return the endpoint of an Azure resource; raises `ModelError` without an address or a key."""
        text = self._address_text or self._env.get("AZURE_OPENAI_ENDPOINT", "").strip()
        if not text:
            raise ModelError(
                "the address of the Azure resource is missing",
                category="validation",
                hint=f'write [providers.{self.name}] endpoint = "https://<resource>.openai.azure.com"',
            )
        address = ServerAddress.parse(text, bare_port=_HTTPS_PORT, key=self._address_key)
        variable = self._key_variable("azure")
        version = self._text("api_version") or self._env.get("OPENAI_API_VERSION") or _AZURE_API_VERSION
        deployment = self._text("deployment", "chat_deployment") or None
        key = self._key(variable, is_needed=True)
        return OpenAIEndpoint(self.name, address, variable, key, version, deployment)

    def script(self, agent: str) -> list[str]:
        """Return the prepared answers of an agent: `replies.<agent>`, else `answers`; tables become JSON.

        Raises:
            ModelError: There are none; the hint says where to write them.
        """
        replies = self._table.get("replies", {})
        own = replies.get(agent) if isinstance(replies, Mapping) else None
        answers = own if own is not None else self._table.get("answers", [])
        if answers == []:
            raise ModelError(
                f"the scripted provider has nothing to say for {agent!r}",
                category="validation",
                hint=f'write [providers.{self.name}.replies] {agent} = ["…"], '
                f'or [providers.{self.name}] answers = ["…"] for all agents',
            )
        is_list = isinstance(answers, Sequence) and not isinstance(answers, str)
        return [
            answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
            for answer in (answers if is_list else [answers])
        ]

    def seconds_per_word(self) -> float:
        """Return the pause before each word of a prepared answer."""
        seconds = self._table.get("seconds_per_word", 0.0)
        return float(seconds) if isinstance(seconds, int | float) else 0.0

    @property
    def _address_text(self) -> str:
        return self._text("base_url", "endpoint")

    @property
    def _address_key(self) -> str:
        return f"base_url in [providers.{self.name}]"

    def _own_address(self, kind: str) -> ServerAddress:
        port = _OLLAMA_PORT if kind == "ollama" else _HTTPS_PORT
        return ServerAddress.parse(self._address_text, bare_port=port, key=self._address_key)

    def _key_variable(self, kind: str) -> str:
        usual = _USUAL_KEYS.get(kind) or f"{self.name.upper().replace('-', '_')}_API_KEY"
        return self._text("api_key_env") or usual

    def _env_key(self, variable: str) -> str:
        return self._env.get(variable, "").strip()

    def _key(self, variable: str, *, is_needed: bool) -> str | None:
        key = self._env_key(variable) or self._keys.get(variable, "").strip()
        if not key and is_needed:
            raise ModelError(
                f"the key for {self.name} is missing: {variable} is not set",
                category="auth",
                hint=f"export {variable}=<your key>",
            )
        return key or None

    def _text(self, *keys: str) -> str:
        """Return the first of the keys that holds text."""
        for key in keys:
            if isinstance(value := self._table.get(key), str) and value.strip():
                return value.strip()
        return ""
