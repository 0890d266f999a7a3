from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len, get_character_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from agentflow_tui.tui.steady_width import SteadyWidth, steady_text

_SIGNS = ["👨‍👩‍👧", "⚠️", "❤️", "👍🏽", "1️⃣", "🏳️‍🌈", "漢", "é", "a", "e\u0301", "⚡", " "]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("👨‍👩‍👧!", "👨!"),
        ("⚠️ hot", "⚠  hot"),
        ("👍🏽👍", "👍👍"),
        ("1️⃣.", "1 ."),
        ("漢字 é", "漢字 é"),
        ("e\u0301", "e\u0301"),
    ],
)
def test_what_is_joined_becomes_its_first_sign_in_as_many_cells(text: str, shown: str) -> None:
    assert steady_text(text) == shown
    assert cell_len(text) == cell_len(shown)


@given(st.lists(st.sampled_from(_SIGNS), max_size=20).map("".join))
def test_counting_sign_by_sign_comes_to_the_same_as_counting_what_is_joined(text: str) -> None:
    shown = steady_text(text)
    assert cell_len(shown) == cell_len(text)
    assert sum(map(get_character_cell_size, shown)) == cell_len(shown)


def test_styles_and_plain_segments_stay() -> None:
    bold = Style(bold=True)
    plain = Segment("plain", bold)
    found = SteadyWidth().apply([plain, Segment("⚠️", bold)], Color(0, 0, 0))
    assert found[0] is plain and found[1] == Segment("⚠ ", bold)
