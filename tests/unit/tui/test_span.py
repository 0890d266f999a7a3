"""The part of a run's time that is drawn, and the round times on it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentflow_tui.tui.panes.timeline.span import Span


@pytest.mark.parametrize(
    ("end", "zoom", "centre", "words"),
    [
        (13.9, 1, 0.0, ["0 s", "2 s", "4 s", "6 s", "8 s", "10 s", "12 s"]),
        (13.9, 8, 7.0, ["6.5 s", "7.0 s", "7.5 s"]),
        (0.108, 1, 0.0, ["0.00 s", "0.02 s", "0.04 s", "0.06 s", "0.08 s", "0.10 s"]),
        (100.0, 1, 0.0, ["0 s", "20 s", "40 s", "1:00", "1:20", "1:40"]),
        (800.0, 1, 0.0, ["0 s", "2:00", "4:00", "6:00", "8:00", "10:00", "12:00"]),
        (90_000.0, 1, 0.0, ["0 s", "240:00", "480:00", "720:00", "960:00", "1200:00", "1440:00"]),
    ],
)
def test_times_are_round(end: float, zoom: int, centre: float, words: list[str]) -> None:
    assert [told for _, told in Span.of(end, zoom, centre, 110).ticks(7)] == words


@given(st.floats(0, 1e7), st.integers(1, 1_024), st.floats(0, 1e7), st.integers(1, 300), st.integers(0, 20))
def test_times_are_few_in_order_and_within(
    end: float, zoom: int, centre: float, width: int, most: int
) -> None:
    span = Span.of(end, zoom, min(centre, end), width)
    times = [at for at, _ in span.ticks(most)]
    assert len(times) <= max(most, 0) and times == sorted(set(times))
    slack = span.length * 1e-6
    assert all(span.start - slack <= at <= span.start + span.length + slack for at in times)
