from __future__ import annotations

from agentflow_tui.agents.token_buffer import INTERVAL, TokenBuffer


def test_pieces_are_gathered_and_none_is_lost() -> None:
    now = [0.0]
    written: list[str] = []
    buffer = TokenBuffer(lambda: now[0], written.append)
    for number in range(100):
        buffer.add(f"{number} ")
        now[0] += INTERVAL / 10
    buffer.flush()
    buffer.flush()
    assert "".join(written) == buffer.text == "".join(f"{number} " for number in range(100))
    assert written[0] == "0 "
    assert len(written) <= 12


def test_nothing_added_writes_nothing() -> None:
    written: list[str] = []
    TokenBuffer(lambda: 0.0, written.append).flush()
    assert written == []
