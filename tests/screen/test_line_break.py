"""Long lines are broken so that they fit and nothing is lost."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from agentflow_tui.tui.panes.line_break import line_breaks


def pieces(text: str, width: int) -> list[str]:
    offsets = [0, *line_breaks(text, width), len(text)]
    return [text[start:end] for start, end in zip(offsets, offsets[1:], strict=False)]


def test_a_line_breaks_after_a_space() -> None:
    assert pieces("the quick brown fox", 10) == ["the quick ", "brown fox"]
    assert pieces("short", 10) == ["short"]
    assert pieces("x" * 25, 10) == ["x" * 10, "x" * 10, "x" * 5]


def test_wide_characters_count_twice() -> None:
    assert pieces("日本語日本語", 6) == ["日本語", "日本語"]


@given(st.text("ab 日é\U0001f600", max_size=120), st.integers(2, 20))
def test_every_piece_fits_and_nothing_is_lost(text: str, width: int) -> None:
    found = pieces(text, width)
    assert "".join(found) == text
    assert all(cell_len(piece.rstrip(" ")) <= width for piece in found)


def test_a_megabyte_without_a_space_takes_milliseconds() -> None:
    for text in ("x" * 1_000_000, "é" * 1_000_000):
        began = time.process_time()
        assert len(line_breaks(text, 80)) == 12_499
        assert time.process_time() - began < 2
