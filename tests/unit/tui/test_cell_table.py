from __future__ import annotations

import pytest
from rich.cells import cell_len, get_character_cell_size

from agentflow_tui.plan.cell_table import char_width
from agentflow_tui.plan.cell_text import cell_width, shown
from agentflow_tui.tui.safe_text import clean
from tests.unit.plan.hard_texts import HARD_TEXTS

# All that has characters, and a few of each block of what has none.
_CODES = (*range(0x20, 0x40000), *range(0x40000, 0x110000, 0x40))


def test_the_drawing_measures_every_character_as_the_screen_does() -> None:
    drawn = (char for char in map(chr, _CODES) if clean(char) == char)
    assert [f"{ord(char):x}" for char in drawn if char_width(char) != get_character_cell_size(char)] == []


@pytest.mark.parametrize("text", HARD_TEXTS.values(), ids=HARD_TEXTS)
def test_the_screen_has_nothing_to_clean_in_what_is_drawn_and_finds_it_as_wide(text: str) -> None:
    line = shown(text)
    assert clean(line) == line
    assert cell_len(line) == cell_width(line)
