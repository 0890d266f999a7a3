from __future__ import annotations

from agentflow_tui.cli.event_line import event_line
from agentflow_tui.cli.plain_lines import PlainLines
from agentflow_tui.history import event as events
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
