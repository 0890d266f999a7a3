"""A call that was made before is answered from its recording, and a call that was not is told from it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import pytest

from agentflow_tui.history import event as ev
from agentflow_tui.history.recording import recordings_of
from agentflow_tui.history.recording_shelf import RecordingShelf
from agentflow_tui.llm.model_error import ModelError
from agentflow_tui.llm.provider import ChatChunk, ChatEnd, ChatRequest, Message
from agentflow_tui.llm.recorded_provider import RecordedProvider
from agentflow_tui.llm.recording_key import request_key
from agentflow_tui.llm.run_recordings import RecordingMode, RunRecordings, Speed
from tests.fake_clock import FakeClock
from tests.story import Story

ASK = ChatRequest("gemma3:1b", (Message("user", "Hello"),), temperature=0.2)


class Model:
    """A model that counts how often it is asked."""

    name = "ollama"
    label = "ollama gemma3:1b"

    def __init__(self, fails: bool = False) -> None:
        self.asked = 0
        self.is_closed = False
        self.fails = fails

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk | ChatEnd, None]:
        self.asked += 1
        if self.fails:
            raise ModelError("boom", category="llm", hint="")
        yield ChatChunk(f"live {self.asked}")
        yield ChatEnd(1, 2, "stop", request.model)

    async def aclose(self) -> None:
        self.is_closed = True


def recorded(*answers: str, fail_first: bool = False) -> list[ev.HistoryEvent]:
    """A history in which the same question was asked once per answer."""
    story = Story()
    if fail_first:
        story.call("a", "c0", "par")
        story.add(
            ev.ModelCallFailed, path="a", agent="a", call="c0", error="too slow", category="timeout", hint="h"
        )
    for number, answer in enumerate(answers, 1):
        story.call("a", f"c{number}", *answer.split("|"))
        story.answered("a", f"c{number}", answer.replace("|", ""))
    return story.events


async def collect(provider: RecordedProvider, request: ChatRequest = ASK) -> tuple[list[str], ChatEnd]:
    items = [item async for item in provider.stream(request)]
    end = items.pop()
    assert isinstance(end, ChatEnd)
    return [item.text for item in items if isinstance(item, ChatChunk)], end


def provider(
    history: list[ev.HistoryEvent], mode: RecordingMode, *, live: Model | None = None, **settings: Any
) -> RecordedProvider:
    recordings = RunRecordings(RecordingShelf(histories=[history]), mode=mode, **settings)
    return RecordedProvider("ollama", recordings, live)


def test_the_key_of_a_request_is_the_key_of_its_history() -> None:
    [recording] = recordings_of(recorded("x"))
    assert recording.key == request_key("ollama", ASK)


@pytest.mark.parametrize(
    "other",
    [
        ChatRequest("gemma3:4b", ASK.messages, temperature=0.2),
        ChatRequest(ASK.model, ASK.messages, temperature=0.3),
        ChatRequest(ASK.model, ASK.messages, temperature=0.2, seed=1),
        ChatRequest(ASK.model, ASK.messages, temperature=0.2, max_tokens=1),
        ChatRequest(ASK.model, ASK.messages, temperature=0.2, top_p=0.5),
        ChatRequest(ASK.model, ASK.messages, temperature=0.2, schema={"type": "object"}),
        ChatRequest(ASK.model, (Message("system", "Hello"),), temperature=0.2),
        ChatRequest(ASK.model, (Message("user", "Hello!"),), temperature=0.2),
    ],
)
def test_everything_that_reaches_the_model_makes_the_key(other: ChatRequest) -> None:
    assert request_key("ollama", other) != request_key("ollama", ASK)
    assert request_key("openai", ASK) != request_key("ollama", ASK)


def test_patience_is_no_part_of_the_key() -> None:
    patient = ChatRequest(ASK.model, ASK.messages, temperature=0.2, timeout_seconds=9)
    assert request_key("ollama", patient) == request_key("ollama", ASK)


async def test_a_recorded_call_is_not_made_again() -> None:
    live = Model()
    pieces, end = await collect(provider(recorded("one |two"), "auto", live=live))
    assert (pieces, end.source, live.asked) == (["one ", "two"], "recording", 0)
    assert (end.prompt_tokens, end.completion_tokens, end.finish_reason) == (12, 40, "stop")


async def test_the_nth_call_gets_the_nth_recording_and_then_the_model() -> None:
    live = Model()
    recordings = RunRecordings(RecordingShelf(histories=[recorded("first", "second")]))
    asked = RecordedProvider("ollama", recordings, live)
    answers = [await collect(asked) for _ in range(3)]
    assert [("".join(pieces), end.source) for pieces, end in answers] == [
        ("first", "recording"),
        ("second", "recording"),
        ("live 1", "record"),
    ]
    assert (recordings.taken, recordings.asked) == (2, 1)


@pytest.mark.parametrize(("mode", "source"), [("live", "live"), ("record", "record")])
async def test_two_modes_always_ask(mode: RecordingMode, source: str) -> None:
    live = Model()
    pieces, end = await collect(provider(recorded("old"), mode, live=live))
    assert (pieces, end.source) == (["live 1"], source)


async def test_calls_behind_the_start_of_a_rerun_count_as_made() -> None:
    history = recorded("first", "second")
    recordings = RunRecordings(RecordingShelf(histories=[history]), mode="replay")
    recordings.skip(history[:4], history)
    pieces, _ = await collect(RecordedProvider("ollama", recordings, None))
    assert pieces == ["second"]


@pytest.mark.parametrize("mode", ["auto", "replay"])
async def test_of_equal_calls_at_one_time_the_one_that_was_cut_off_keeps_its_own_answer(
    mode: RecordingMode,
) -> None:
    story = Story()
    story.call("fan/left", "c1", "left")
    story.call("fan/right", "c2", "right")
    story.answered("fan/right", "c2", "right")
    story.answered("fan/left", "c1", "left")
    history = story.events
    done = [event for event in history if getattr(event, "call", "") == "c2"]
    recordings = RunRecordings(RecordingShelf(histories=[history]), mode=mode)
    recordings.skip(done, history)
    assert (await collect(RecordedProvider("ollama", recordings, None)))[0] == ["left"]


async def test_a_failed_call_is_asked_again_but_replayed_as_it_was() -> None:
    history = recorded("fine", fail_first=True)
    assert (await collect(provider(history, "auto")))[0] == ["fine"]
    replayed = provider(history, "replay")
    seen = []
    with pytest.raises(ModelError, match="too slow") as caught:
        async for item in replayed.stream(ASK):
            seen.append(item)
    assert (seen, caught.value.category, caught.value.hint) == ([ChatChunk("par")], "timeout", "h")
    assert (await collect(replayed))[0] == ["fine"]


async def test_a_miss_in_replay_names_the_nearest_and_the_difference() -> None:
    story = Story()
    for call, prompt in (("c1", "Say something of the sea"), ("c2", "Count to ten slowly, please")):
        story.call("x/writer", call, "yes", prompt=prompt)
        story.answered("x/writer", call, "yes")
    other = ChatRequest(
        "gemma3:1b", (Message("user", "Count to nine slowly, please"),), temperature=0.7, seed=4
    )
    with pytest.raises(ModelError) as caught:
        await collect(provider(story.events, "replay"), other)
    text = caught.value.message
    assert "writer's c2" in text
    assert "temperature is 0.7, not 0.2" in text
    assert "seed is 4, not nothing" in text
    assert "'nine' instead of 'ten'" in text
    assert caught.value.category == "validation"


async def test_a_call_made_more_often_than_recorded_says_so() -> None:
    replayed = provider(recorded("once"), "replay")
    await collect(replayed)
    with pytest.raises(ModelError, match="it was recorded 1 times, and this is call 2"):
        await collect(replayed)


async def test_without_any_recording_replay_says_so() -> None:
    with pytest.raises(ModelError, match="nothing was recorded"):
        await collect(provider([], "replay"))


@pytest.mark.parametrize(("speed", "took", "count"), [("original", 3, 2), ("full", 0, 2), ("none", 0, 1)])
async def test_streams_come_back_at_three_speeds(speed: Speed, took: float, count: int) -> None:
    clock = FakeClock()
    pieces, _ = await collect(provider(recorded("a|b"), "replay", speed=speed, sleep=clock.sleep))
    assert ("".join(pieces), len(pieces), clock.now()) == ("ab", count, took)


async def test_secrets_do_not_keep_a_call_from_its_recording() -> None:
    story = Story()
    story.call("a", "c", "fine", prompt="my key is [secret]")
    story.answered("a", "c", "fine")
    request = ChatRequest("gemma3:1b", (Message("user", "my key is sk-123456"),), temperature=0.2)
    asked = provider(story.events, "replay", redact=lambda text: text.replace("sk-123456", "[secret]"))
    assert (await collect(asked, request))[0] == ["fine"]
    with pytest.raises(ModelError) as caught:
        await collect(asked, request)
    assert "sk-123456" not in str(caught.value)


async def test_closing_closes_the_model() -> None:
    live = Model()
    await provider([], "auto", live=live).aclose()
    assert live.is_closed
