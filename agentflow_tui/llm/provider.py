"""What every model back end looks like from outside: one request in, a stream of chunks and one end out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from agentflow_tui.llm.model_error import ModelError


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str

    def as_json(self) -> dict[str, str]:
        """Return the turn as servers take it and histories hold it."""
        return {"role": self.role, "content": self.content}


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """One question to a model; `None` leaves a setting to the model's own default.

    `schema` is a JSON schema that the answer must follow (structured output). `timeout_seconds` is the
    longest silence that is borne, up to the first chunk as well as between chunks; the engine's agent timeout
    limits the whole call. `None` means the provider's own generous limit.
    """

    model: str
    messages: tuple[Message, ...]
    temperature: float | None = None
    max_tokens: int | None = None
    top_p: float | None = None
    seed: int | None = None
    schema: Mapping[str, Any] | None = None
    timeout_seconds: float | None = None

    def check(self) -> None:
        """Refuse what servers take in odd ways (some answer an empty conversation); raises `ModelError`."""
        if not self.model.strip():
            raise ModelError(
                "no model is named",
                category="validation",
                hint='set it in the file: [llm] model = "gemma3:1b"',
            )
        if not any(message.content.strip() for message in self.messages):
            raise ModelError(
                "there is nothing to ask: every message is empty",
                category="validation",
                hint='give the event a "message", or the agent a prompt',
            )


@dataclass(frozen=True, slots=True)
class ChatChunk:
    """A piece of the answer's text, in order; never empty."""

    text: str


@dataclass(frozen=True, slots=True)
class ChatEnd:
    """The last item of every complete stream: token counts (where the server tells), why it ended, the model.

    `finish_reason` is "stop", "length" or the server's own word. `model` is the model that answered, which
    can differ from the one asked for. `source` is "live", or "record" for a live answer that any run may take
    again, or "recording" for one that was taken.
    """

    prompt_tokens: int | None
    completion_tokens: int | None
    finish_reason: str
    model: str
    source: Literal["live", "record", "recording"] = "live"


class Provider(Protocol):
    """A model back end; one object serves many concurrent streams."""

    @property
    def name(self) -> str:
        """The provider's name in a flow file: "ollama", "openai", "azure", "embedded" or "scripted"."""

    @property
    def label(self) -> str:
        """What the screen shows, such as "ollama gemma3:1b" or "embedded smollm2:135m (tiny demo model)"."""

    def stream(self, request: ChatRequest) -> AsyncIterator[ChatChunk | ChatEnd]:
        """Answer with any number of chunks and exactly one `ChatEnd`; being a generator, it can be closed.

        Raises `ModelError` for everything that goes wrong with the model or on the way to it. Cancelling the
        task or closing the generator drops the connection, which stops the server's work (semantics §5).
        """

    async def aclose(self) -> None:
        """Release connections and child processes; safe to call twice."""
