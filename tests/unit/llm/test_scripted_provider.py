from __future__ import annotations

import pytest

from agentflow_tui.llm.model_error import ModelError
from agentflow_tui.llm.provider import ChatChunk, ChatEnd, ChatRequest, Message
from agentflow_tui.llm.scripted_provider import ScriptedProvider

ASK = ChatRequest("any", (Message("system", "Be brief."), Message("user", "How are you?")))


async def collect(provider: ScriptedProvider) -> list[ChatChunk | ChatEnd]:
    return [item async for item in provider.stream(ASK)]


async def test_streams_word_by_word_with_counted_words() -> None:
    items = await collect(ScriptedProvider(["Fine, thank you."]))
    assert items == [
        ChatChunk("Fine,"),
        ChatChunk(" thank"),
        ChatChunk(" you."),
        ChatEnd(prompt_tokens=5, completion_tokens=3, finish_reason="stop", model="any"),
    ]


@pytest.mark.parametrize("text", ["", " ", "a", "  a\n\n b \t\n", "one\ntwo three ", "ä 漢字 🎉"])
async def test_the_pieces_are_the_text_exactly(text: str) -> None:
    items = await collect(ScriptedProvider([text]))
    assert "".join(item.text for item in items if isinstance(item, ChatChunk)) == text
    assert all(item.text for item in items if isinstance(item, ChatChunk))


async def test_answers_come_in_order_and_start_again() -> None:
    provider = ScriptedProvider(["one", "two"])
    first = [(await collect(provider))[0] for _ in range(3)]
    assert first == [ChatChunk("one"), ChatChunk("two"), ChatChunk("one")]


async def test_a_function_sees_the_request() -> None:
    items = await collect(ScriptedProvider(lambda request: request.messages[-1].content.upper()))
    assert items[0] == ChatChunk("HOW")


async def test_waits_by_the_clock_it_was_given() -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    await collect(ScriptedProvider(["one two"], seconds_per_word=0.5, sleep=sleep))
    assert slept == [0.5, 0.5]


def test_nothing_to_say_is_refused_and_the_name_is_honest() -> None:
    with pytest.raises(ModelError, match="nothing to say"):
        ScriptedProvider([])
    assert "no model" in ScriptedProvider(["x"]).label
