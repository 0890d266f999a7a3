"""How a flow speaks to models: `[llm]`, `[agents.X.llm]` and `[providers.X]`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import ConfigDict, Field, PlainValidator
from pydantic_core import PydanticCustomError

from agentflow_tui.config.duration import Seconds
from agentflow_tui.config.table import Table

_Penalty = Annotated[float, Field(ge=-2, le=2)]


class LlmConfig(Table):
    """`[llm]` or `[agents.X.llm]`; an absent key inherits, and zero is a value (semantics §7)."""

    provider: str | None = None
    """The model back end: ollama, openai, azure, embedded, or a name from [providers]."""
    model: str | None = None
    """The model's name; free text."""
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    """How much the model varies its answers, 0 to 2."""
    max_tokens: Annotated[int, Field(ge=1)] | None = None
    """The longest answer, in tokens."""
    timeout_seconds: Seconds | None = None
    """How long one call may take."""
    top_p: Annotated[float, Field(ge=0, le=1)] | None = None
    """Nucleus sampling, 0 to 1."""
    frequency_penalty: _Penalty | None = None
    """-2 to 2."""
    presence_penalty: _Penalty | None = None
    """-2 to 2."""
    seed: int | None = None
    """Makes answers repeatable where the server can."""
    base_url: str | None = None
    """The server's address."""
    api_key_env: str | None = None
    """The environment variable that holds the key."""
    api_key: str | None = None
    """The key itself; better kept out of the file, see api_key_env."""


def _json(value: Any) -> Any:
    """Take what JSON can say: TOML has times, and numbers that are none."""
    inner = value if isinstance(value, list) else value.values() if isinstance(value, dict) else ()
    for item in inner:
        _json(item)
    is_number = isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))
    if not (is_number or isinstance(value, str | list | dict)):
        raise PydanticCustomError(
            "answers", "{reason}", {"reason": f"holds {value}, which is not JSON", "hint": _ANSWERS_HINT}
        )
    return value


def _answers(value: Any) -> Any:
    if not isinstance(value, str | list | dict):
        raise PydanticCustomError(
            "answers", "{reason}", {"reason": "must be a list of answers", "hint": _ANSWERS_HINT}
        )
    return _json(value)


_ANSWERS_HINT = 'write ["first answer", "second answer"]; quote times and the like'
Answers = Annotated[Any, PlainValidator(_answers)]
"""One answer or a list; each is text or JSON."""


class ProviderConfig(Table):
    """`[providers.X]`: a free table; the keys named here are the ones that are used."""

    model_config = ConfigDict(extra="allow")

    type: str | None = None
    """The kind of server behind a name of one's own: ollama, openai, azure."""
    base_url: str | None = None
    """The server's address."""
    endpoint: str | None = None
    """Another name for base_url."""
    model: str | None = None
    """The model to use when [llm] names none."""
    api_key_env: str | None = None
    """The environment variable that holds the key."""
    api_key: str | None = None
    """The key itself; better kept out of the file, see api_key_env."""
    api_version: str | None = None
    """Azure's API version."""
    deployment: str | None = None
    """Azure's deployment for chats."""
    chat_deployment: str | None = None
    """Another name for deployment."""
    embedding_deployment: str | None = None
    """Azure's deployment for embeddings."""
    answers: Answers | None = None
    """What the scripted provider answers, in turn: texts, or tables that are sent as JSON."""
    replies: dict[str, Answers] | None = None
    """The same for single agents, by name."""
    seconds_per_word: Annotated[float, Field(ge=0)] | None = None
    """How long the scripted provider waits before each word."""

    @property
    def address(self) -> str | None:
        """The server's address in either spelling."""
        return self.base_url or self.endpoint


@dataclass(frozen=True, slots=True)
class LlmSettings:
    """What one agent uses after file and environment (semantics §7); `None` leaves it to the provider."""

    provider: str | None = None
    model: str | None = None
    temperature: float | None = None
    max_tokens: int | None = None
    timeout_seconds: float | None = None
    top_p: float | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    seed: int | None = None
    base_url: str | None = None
    api_key_env: str | None = None
    api_key: str | None = None
