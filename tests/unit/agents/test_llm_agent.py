from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import pytest

from agentflow_tui.agents.llm_agent import LlmAgent, ModelSettings
from agentflow_tui.agents.structured_output import StructuredOutput
from agentflow_tui.engine import AgentContext, AgentError, Event, State
from agentflow_tui.engine.recorder import Recorder
from agentflow_tui.history.event import (
    HistoryEvent,
    ModelCallEnded,
    ModelCallFailed,
    ModelCallStarted,
    TokensReceived,
)
from agentflow_tui.llm.model_error import ModelError
from agentflow_tui.llm.provider import ChatChunk, ChatEnd, ChatRequest
from agentflow_tui.llm.scripted_provider import ScriptedProvider
from tests.fake_clock import FakeClock


class Journal:
    def __init__(self) -> None:
        self.events: list[HistoryEvent] = []

    def record(self, kind: type[HistoryEvent], **fields: Any) -> None:
        self.events.append(kind(seq=len(self.events), at=0.0, **fields))

    def new_call(self) -> str:
        return "call-1"


class Model:
    """A provider that answers with prepared pieces and remembers what it was asked."""

    name = "embedded"
    label = "test"

    def __init__(self, pieces: Sequence[str], *, finish: str = "stop", fail: Exception | None = None) -> None:
        self.pieces = pieces
        self.finish = finish
        self.fail = fail
        self.requests: list[ChatRequest] = []
        self.was_closed = False
        self.pause: Callable[[], Any] | None = None

    async def stream(self, request: ChatRequest) -> AsyncIterator[ChatChunk | ChatEnd]:
        self.requests.append(request)
        try:
            for piece in self.pieces:
                yield ChatChunk(piece)
            if self.pause:
                await self.pause()
            if self.fail:
                raise self.fail
            if self.finish:
                yield ChatEnd(7, len(self.pieces), self.finish, "m")
        finally:
            self.was_closed = True

    async def aclose(self) -> None:
        pass


def context(journal: Journal) -> AgentContext:
    recorder = Recorder(journal, "root/writer", "writer")
    return AgentContext("writer", "root/writer", "", None, 1, "", FakeClock(), recorder)


def agent(model: Model | ScriptedProvider, **options: Any) -> LlmAgent:
    return LlmAgent("writer", ModelSettings(model, "m", max_tokens=50), **options)


async def ask(model: Model, data: dict[str, Any], **options: Any) -> tuple[State, Journal, str]:
    journal = Journal()
    state = await agent(model, **options).run(Event.make(data), State(data), context(journal))
    return state, journal, model.requests[0].messages[1].content


async def test_the_question_stays_and_the_answer_has_two_names() -> None:
    model = Model(["Hel", "lo"])
    state, journal, user = await ask(model, {"message": "Hi"})
    assert dict(state.data) == {"message": "Hi", "response": "Hello", "writer_response": "Hello"}
    assert user == "Hi"
    assert model.requests[0].messages[0].content == "You are a helpful AI agent."
    started, *tokens, ended = journal.events
    assert isinstance(started, ModelCallStarted)
    assert (started.provider, started.parameters) == ("embedded", {"max_tokens": 50})
    assert isinstance(ended, ModelCallEnded)
    assert (ended.response, ended.prompt_tokens, ended.completion_tokens) == ("Hello", 7, 2)
    assert "".join(event.text for event in tokens if isinstance(event, TokensReceived)) == "Hello"


@pytest.mark.parametrize(
    ("data", "options", "expected"),
    [
        ({"topic": "tea"}, {}, '{"topic": "tea"}'),
        ({"message": "Q", "response": "A"}, {}, "Q\n\nPrevious response:\nA"),
        ({"message": "Q", "response": ""}, {}, "Q"),
        ({"topic": "tea"}, {"prompt": "On {topic}."}, "On tea."),
        ({"topic": "tea", "response": "A"}, {"prompt": "On {topic}."}, "On tea.\n\nPrevious response:\nA"),
        ({"response": "A"}, {"prompt": "Check: {response}", "answer_keys": ["response"]}, "Check: A"),
    ],
)
async def test_what_the_model_is_asked(data: dict[str, Any], options: dict[str, Any], expected: str) -> None:
    assert (await ask(Model(["x"]), data, **options))[2] == expected


async def test_a_missing_key_is_named_and_what_is_there() -> None:
    with pytest.raises(AgentError, match="its prompt needs 'topic'") as caught:
        await ask(Model(["x"]), {"message": "Hi"}, prompt="{topic}")
    assert caught.value.category == "validation"
    assert "message" in caught.value.hint


async def test_structured_keys_enter_the_state_and_route_the_meta() -> None:
    output = StructuredOutput({"score": "number", "route": "string"}, agents=["writer", "editor"])
    model = Model(['{"score": 9, ', '"route": "editor"}'])
    state, _, _ = await ask(model, {"message": "Hi"}, output=output)
    assert state.data["score"] == 9
    assert "route" not in state.data
    assert dict(state.meta) == {"route": "editor"}
    assert model.requests[0].schema == output.schema(100)


async def test_texts_are_not_bounded_for_servers_that_refuse_it() -> None:
    output = StructuredOutput({"text": "string"})
    model = Model(['{"text": "a"}'])
    model.name = "openai"
    await ask(model, {"message": "Hi"}, output=output)
    assert model.requests[0].schema == output.schema()


@pytest.mark.parametrize(
    ("text", "finish", "error", "hint"),
    [
        ("I would say nine.", "stop", "no JSON object", "larger model"),
        ('{"score": "nine"}', "stop", "should be number", "larger model"),
        ('{"sco', "length", "cut off at max_tokens", "raise max_tokens"),
    ],
)
async def test_a_wrong_answer_is_the_models_fault_and_kept(
    text: str, finish: str, error: str, hint: str
) -> None:
    journal = Journal()
    worker = agent(Model([text], finish=finish), output=StructuredOutput({"score": "number"}))
    with pytest.raises(AgentError, match=error) as caught:
        await worker.run(Event.make({}), State({"message": "Hi"}), context(journal))
    assert caught.value.category == "llm"
    assert hint in caught.value.hint
    ended = journal.events[-1]
    assert isinstance(ended, ModelCallEnded)
    assert ended.response == text


async def test_a_prepared_answer_that_is_wrong_is_to_be_corrected_where_it_stands() -> None:
    worker = agent(ScriptedProvider(["nine"]), output=StructuredOutput({"score": "number"}))
    with pytest.raises(AgentError, match="no JSON object") as caught:
        await worker.run(Event.make({}), State({"message": "Hi"}), context(Journal()))
    assert "[providers.scripted] replies.writer" in caught.value.hint
    assert "model" not in caught.value.hint


async def test_a_models_failure_keeps_category_hint_and_partial_text() -> None:
    journal = Journal()
    fail = ModelError("gone", category="network", hint="ollama serve", retry_after=7.5)
    with pytest.raises(AgentError, match="gone") as caught:
        await agent(Model(["par", "tial"], fail=fail)).run(
            Event.make({}), State({"message": "x"}), context(journal)
        )
    assert (caught.value.category, caught.value.hint) == ("network", "ollama serve")
    assert caught.value.retry_after == 7.5
    failed = journal.events[-1]
    assert isinstance(failed, ModelCallFailed)
    assert (failed.error, failed.category, failed.hint) == ("gone", "network", "ollama serve")
    assert "".join(e.text for e in journal.events if isinstance(e, TokensReceived)) == "partial"


async def test_a_stream_without_an_end_is_a_failure() -> None:
    with pytest.raises(AgentError, match="before it was whole"):
        await ask(Model(["a"], finish=""), {"message": "Hi"})


async def test_cancelling_closes_the_stream_and_is_let_through() -> None:
    journal, model, begun = Journal(), Model(["part"]), asyncio.Event()

    async def pause() -> None:
        begun.set()
        await asyncio.Event().wait()

    model.pause = pause
    task = asyncio.create_task(agent(model).run(Event.make({}), State({"message": "x"}), context(journal)))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert model.was_closed
    assert isinstance(journal.events[-1], ModelCallFailed)
