"""Tables in what models write."""

from __future__ import annotations

import pytest

from agentflow_tui.tui.panes.inspector.markdown_lines import markdown_lines


def lines(text: str) -> list[str]:
    return [line.plain for line in markdown_lines(text)]


def test_the_columns_of_a_table_are_lined_up() -> None:
    table = "before\n| Name | Points | Note |\n|:---|---:|---|\n| **cats** | 5 | a \\| b |\n||12|語|\nafter"
    assert lines(table) == [
        "before",
        "Name │ Points │ Note",
        "─────┼────────┼──────",
        "cats │      5 │ a | b",
        "     │     12 │ 語",
        "after",
    ]


def test_a_row_may_have_fewer_or_more_cells_than_the_heads() -> None:
    assert lines("|a|b|\n|-|-|\n|1|\n|1|2|3|") == ["a │ b │", "──┼───┼──", "1 │   │", "1 │ 2 │ 3"]


def test_a_long_cell_does_not_push_the_others_away() -> None:
    long = "word " * 30
    shown = lines(f"| a | b |\n|---|---|\n| {long}| x |\n| y | z |")
    assert shown[2].startswith("word word") and shown[3].index("│") < 30


@pytest.mark.parametrize("text", ["| lone |", "| a | b |\n| c | d |", "| a | b |\n|---|", "|"])
def test_what_is_no_table_stays_as_it_is(text: str) -> None:
    assert lines(text) == text.split("\n")


def test_a_table_in_code_is_code() -> None:
    assert lines("```\n| a |\n|---|\n```") == ["┄┄", "│ | a |", "│ |---|", "┄┄"]
