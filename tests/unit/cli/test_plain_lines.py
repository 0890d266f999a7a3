from __future__ import annotations

from agentflow_tui.cli.event_line import change_lines, event_line
from agentflow_tui.cli.plain_lines import PlainLines
from agentflow_tui.history import event as events
from agentflow_tui.history.delta import Delta
from agentflow_tui.history.event import HistoryEvent
from agentflow_tui.history.fan_event import FanEnded, FanStarted
from agentflow_tui.history.swap_event import FlowSwapped


def test_streams_are_told_by_the_line_with_their_speaker() -> None:
    lines = PlainLines()
    told: list[str] = []
    for event in (
        events.AgentStarted(seq=0, at=0.0, path="a", agent="writer"),
        events.ModelCallStarted(
            seq=1, at=0.0, path="a", agent="writer", call="1", provider="p", model="m", messages=()
        ),
        events.TokensReceived(seq=2, at=0.0, path="a", call="1", text="one\ntw"),
        events.TokensReceived(seq=3, at=0.0, path="a", call="1", text="o"),
    ):
        told += lines.of(event)
    assert told == ["Agent writer started.", "Agent writer asks the model m of p.", "writer says: one"]


def test_another_config_is_told_with_what_changed_in_it() -> None:
    swapped = FlowSwapped(
        seq=0,
        at=1.5,
        path="loop",
        iteration=2,
        text="…",
        before="a",
        after="b",
        changes=("agent writer: added", "orchestration: max_iterations 3 → 4"),
    )
    assert list(PlainLines().of(swapped)) == [
        "Another config from here on. agent writer: added. orchestration: max_iterations 3 → 4."
    ]
    assert event_line(swapped) == (
        "   1.50s  ⇄ another config from here on: agent writer: added; orchestration: max_iterations 3 → 4"
    )


def _told(*told: HistoryEvent) -> list[str]:
    lines = PlainLines()
    return [line for event in told for line in lines.of(event)]


def _answered(text: str, source: str = "live") -> events.ModelCallEnded:
    return events.ModelCallEnded(
        seq=1,
        at=0.0,
        path="a",
        agent="writer",
        call="1",
        prompt_tokens=3,
        completion_tokens=1,
        first_token_after=0.1,
        duration=0.2,
        finish_reason="stop",
        response=text,
        source=source,
    )


def test_an_answer_that_was_just_told_is_not_told_again_as_state() -> None:
    delta = Delta(
        {"response": "a long text", "writer_response": "a long text", "score": 3},
        ("draft",),
        {"route": "b"},
        ("old",),
    )
    told = _told(
        _answered("a long text"),
        events.AgentCompleted(seq=2, at=0.2, path="a", agent="writer", delta=delta, duration=0.2),
        events.AgentCompleted(seq=3, at=0.2, path="a", agent="writer", delta=delta, duration=0.2),
    )
    assert told == [
        "Agent writer has its answer, 1 token in 0.2 seconds.",
        "Agent writer completed after 0.2 seconds.",
        "State: response is now what writer said",
        "State: score is now 3",
        "State: draft was removed",
        "Metadata: route is now b",
        "Metadata: old was removed",
        # This time it said nothing: a handler did the same.
        "Agent writer completed after 0.2 seconds.",
        "State: response is now a long text",
        "State: score is now 3",
        "State: draft was removed",
        "Metadata: route is now b",
        "Metadata: old was removed",
    ]


def test_an_answer_from_a_recording_is_told_as_that() -> None:
    assert _told(_answered("x", "recording"))[-1].endswith("0.2 seconds from a recording.")
    assert "recording" not in _told(_answered("x", "record"))[-1]


def test_what_a_run_is_given_and_what_the_engine_changes_is_told() -> None:
    started = events.RunStarted(
        seq=0,
        at=0.0,
        run_id="r",
        flow="f",
        mode="loop",
        chosen_by="file",
        reason="the file says so",
        event={"data": {"topic": "bread", "count": 2}, "metadata": {"who": "me"}},
        session_id="s",
    )
    told = _told(
        started,
        events.StateChanged(seq=1, at=0.0, path="loop", delta=Delta({}, (), {"exit_reason": "condition"})),
        events.RunPaused(seq=2, at=1.0, path="a", reason="breakpoint before writer"),
        events.RunEnded(seq=3, at=1.25, status="completed"),
    )
    assert told == [
        "Run of f started, mode loop: the file says so",
        "Input: topic is bread",
        "Input: count is 2",
        "Input, metadata: who is me",
        "Metadata: exit_reason is now condition",
        "Run paused: breakpoint before writer",
        "Run completed after 1.2 seconds.",
    ]


def test_branches_are_named_and_their_end_is_told() -> None:
    assert _told(
        FanStarted(seq=0, at=0.0, path="s", branches=("s/one", "s/two")),
        FanEnded(seq=1, at=0.0, path="s", status="completed"),
        FanEnded(seq=2, at=0.0, path="s", status="failed", reason="too few came through"),
    ) == [
        "Side by side from here on: one, two.",
        "Side by side until here, completed.",
        "Side by side until here, failed: too few came through",
    ]


def test_pins_stages_and_callbacks_are_told() -> None:
    assert _told(
        events.AgentStarted(seq=0, at=0.0, path="a", agent="writer", stage="draft"),
        events.AgentPinned(seq=1, at=0.0, path="a", agent="writer"),
        events.CallbackFailed(seq=2, at=0.0, hook="on_start", name="notify", error="no"),
    ) == [
        "Agent writer started, stage draft.",
        "Agent writer is pinned and not called.",
        "Callback notify at on_start failed: no",
    ]


def test_all_that_an_agent_changed_stands_below_its_line() -> None:
    delta = Delta({"a": 1, "x_response": "y", "response": "y"}, ("b",), {"m": "1"}, ("n",))
    done = events.AgentCompleted(seq=1, at=1.0, path="p", agent="x", delta=delta, duration=1.0)
    assert [line.strip() for line in change_lines(done)] == [
        "a = 1",
        'response = "y"',
        "b removed",
        'meta m = "1"',
        "meta n removed",
    ]
