"""Durations as text (semantics §9)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentflow_tui.config.duration import parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("500ms", 0.5), ("90s", 90), ("1m30s", 90), ("2h", 7200), ("1d", 86400), ("1.5h", 5400), (" 1s ", 1)],
)
def test_durations(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "s",
        "10",
        "10 s",
        "s10",
        "10S",
        "30s1m",
        "1m1m",
        "-1s",
        "1e3s",
        "1,5s",
        "10sec",
        "\u0661s",
        "9" * 50 + "s",
    ],
)
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration"):
        parse_duration(text)


@given(h=st.integers(0, 99), m=st.integers(0, 99), s=st.integers(0, 99), ms=st.integers(0, 999))
def test_parts_add_up(h: int, m: int, s: int, ms: int) -> None:
    assert parse_duration(f"{h}h{m}m{s}s{ms}ms") == pytest.approx(h * 3600 + m * 60 + s + ms / 1000)


@given(st.text(max_size=30))
def test_any_text_gives_seconds_or_the_one_error(text: str) -> None:
    try:
        assert parse_duration(text) >= 0
    except ValueError as error:
        assert "is not a duration" in str(error)
