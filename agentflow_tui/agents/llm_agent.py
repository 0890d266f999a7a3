"""An agent that asks a language model (semantics §7)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Collection, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from agentflow_tui.agents.prompt_template import MissingKeyError, PromptTemplate, as_text
from agentflow_tui.agents.structured_output import ROUTE, OutputError, StructuredOutput
from agentflow_tui.agents.token_buffer import TokenBuffer
from agentflow_tui.engine import AgentContext, AgentError, Event, State
from agentflow_tui.history.event import CANCELLED_CALL
from agentflow_tui.llm.model_error import ModelError
from agentflow_tui.llm.provider import ChatChunk, ChatEnd, ChatRequest, Message, Provider
from agentflow_tui.llm.recording_key import rendered_messages, rendered_parameters

DEFAULT_SYSTEM_PROMPT = "You are a helpful AI agent."

_GRAMMAR_PROVIDERS = frozenset({"embedded", "ollama"})
"""Both turn the schema into a llama.cpp grammar, which bounds texts; OpenAI's strict mode refuses bounds."""
_CHARACTERS_PER_TOKEN = 2
"""Fewer than a token really has, so that keys and punctuation fit into `max_tokens` too."""


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """Which model one agent asks, and how; `None` leaves a setting to the model's own default."""

    provider: Provider
    model: str
    temperature: float | None = None
    max_tokens: int | None = None
    top_p: float | None = None
    seed: int | None = None
    timeout_seconds: float | None = None
    """The longest silence that is borne."""


class LlmAgent:
    """Renders a prompt from the state, streams the answer into the history and sets the answer's keys."""

    def __init__(  # noqa: PLR0913 - what a file says about an agent
        self,
        name: str,
        settings: ModelSettings,
        *,
        system_prompt: str | None = None,
        prompt: str | None = None,
        output: StructuredOutput | None = None,
        answer_keys: Collection[str] = (),
    ) -> None:
        """Take what the flow's file says about this agent; an empty text counts as absent.

        `answer_keys` are the data keys that the flow's agents answer with: a prompt that uses one shows for
        itself what came before, so the previous response is not added to it.
        """
        self.name = name
        self._settings = settings
        self._system = system_prompt or DEFAULT_SYSTEM_PROMPT
        self._template = PromptTemplate(prompt) if prompt else None
        self._output = output
        self._shows_answers = bool(self._template and self._template.keys & set(answer_keys))

    async def run(self, event: Event, state: State, context: AgentContext) -> State:
        """Ask the model once and return the state with `response`, `<agent>_response` and the output's keys.

        Raises:
            AgentError: A prompt's key is missing, the model failed, or its answer is not the JSON asked for.
        """
        text, values = await self._ask(self._request(event, state), context)
        state.data["response"] = text
        state.data[f"{self.name}_response"] = text
        route = values.pop(ROUTE, None)
        state.data.update(values)
        if route is not None:
            state.meta[ROUTE] = route
        return state

    def would_ask(self, event: Event, state: State) -> dict[str, Any]:
        """Return what `run` would ask the model, as `ModelCallStarted` has it; nobody is asked.

        Raises:
            AgentError: A prompt's key is missing.
        """
        return self._facts(self._request(event, state))

    def _facts(self, request: ChatRequest) -> dict[str, Any]:
        return {
            "provider": self._settings.provider.name,
            "model": request.model,
            "messages": rendered_messages(request),
            "parameters": rendered_parameters(request),
        }

    def _user_text(self, event: Event, state: State) -> str:
        response = state.data.get("response")
        if self._template is not None:
            try:
                text = self._template.render(state.data)
            except MissingKeyError as error:
                raise self._missing(error.key, state) from error
            if self._shows_answers:
                return text
        elif "message" in state.data:
            text = as_text(state.data["message"])
        else:
            text = json.dumps(dict(event.data), ensure_ascii=False)
        return f"{text}\n\nPrevious response:\n{as_text(response)}" if response else text

    def _missing(self, key: str, state: State) -> AgentError:
        known = ", ".join(sorted(state.data)) or "none"
        return AgentError(
            f"its prompt needs {key!r}, which is not in the state",
            category="validation",
            hint=f"give it with the input, or let an earlier agent set it; keys there: {known}",
        )

    async def _ask(self, request: ChatRequest, context: AgentContext) -> tuple[str, dict[str, Any]]:
        recorder = context.recorder
        call = recorder.model_call_started(**self._facts(request))
        buffer = TokenBuffer(context.clock.now, lambda text: recorder.tokens(call, text))
        began = context.clock.now()
        try:
            end, first_after = await self._stream(request, buffer, context)
        except ModelError as error:
            buffer.flush()
            recorder.model_call_failed(call, error=error.message, category=error.category, hint=error.hint)
            raise _agent_error(error) from error
        except asyncio.CancelledError:
            buffer.flush()
            recorder.model_call_failed(call, error=CANCELLED_CALL, category="unknown")
            raise
        buffer.flush()
        recorder.model_call_ended(
            call,
            prompt_tokens=end.prompt_tokens,
            completion_tokens=end.completion_tokens,
            first_token_after=first_after,
            duration=context.clock.now() - began,
            finish_reason=end.finish_reason,
            response=buffer.text,
            source=end.source,
        )
        return buffer.text, self._values(buffer.text, end)

    def _request(self, event: Event, state: State) -> ChatRequest:
        settings = self._settings
        return ChatRequest(
            settings.model,
            (Message("system", self._system), Message("user", self._user_text(event, state))),
            temperature=settings.temperature,
            max_tokens=settings.max_tokens,
            top_p=settings.top_p,
            seed=settings.seed,
            schema=self._schema(),
            timeout_seconds=settings.timeout_seconds,
        )

    def _schema(self) -> dict[str, Any] | None:
        if self._output is None:
            return None
        settings = self._settings
        is_bounded = settings.max_tokens is not None and settings.provider.name in _GRAMMAR_PROVIDERS
        return self._output.schema(_CHARACTERS_PER_TOKEN * (settings.max_tokens or 0) if is_bounded else None)

    async def _stream(
        self, request: ChatRequest, buffer: TokenBuffer, context: AgentContext
    ) -> tuple[ChatEnd, float | None]:
        began, first_after = context.clock.now(), None
        # Closed here and not by the garbage collector: only then does the server stop its work at once.
        async with aclosing(self._settings.provider.stream(request)) as stream:  # type: ignore[type-var]
            async for item in stream:
                if isinstance(item, ChatChunk):
                    if first_after is None:
                        first_after = context.clock.now() - began
                    buffer.add(item.text)
                else:
                    return item, first_after
        raise ModelError(
            "the model's answer ended before it was whole",
            category="network",
            hint="run again; if it happens often, look at the model server's log",
        )

    def _values(self, text: str, end: ChatEnd) -> dict[str, Any]:
        if self._output is None:
            return {}
        is_cut_off = end.finish_reason == "length"
        try:
            return self._output.parse(text, is_cut_off=is_cut_off)
        except OutputError as error:
            if is_cut_off:
                reason, hint = "was cut off at max_tokens", "raise max_tokens, or ask for shorter values"
            else:
                reason, hint = str(error), self._way_out()
            raise AgentError(f"structured output: {reason}", category="llm", hint=hint) from error

    def _way_out(self) -> str:
        """What to do about an answer that is not the JSON asked for."""
        if self._settings.provider.name == "scripted":
            return f"correct the prepared answer: [providers.scripted] replies.{self.name}, or answers"
        return "ask for fewer keys, lower the temperature, or use a larger model"


def _agent_error(error: ModelError) -> AgentError:
    return AgentError(error.message, category=error.category, hint=error.hint, retry_after=error.retry_after)


def keys_set_by(name: str, output: Mapping[str, str] | None) -> frozenset[str]:
    """Return the data keys that an LLM agent of that name sets."""
    return frozenset({"response", f"{name}_response", *(output or ())}) - {ROUTE}
