from __future__ import annotations

from agentflow_tui.cli.plain_lines import PlainLines
from agentflow_tui.history import event as events


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
