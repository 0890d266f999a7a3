from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from agentflow_tui.tui.panes.editor.difference import Difference

HERE = "".join(f"line {number}\n" for number in range(1, 21))


def unified(here: str, on_disk: str) -> list[str]:
    return [content.plain for content in Difference(here, on_disk).unified()]


def test_a_line_put_in_at_the_top_is_one_insertion() -> None:
    difference = Difference(HERE, "first of all\n" + HERE)
    assert unified(HERE, "first of all\n" + HERE)[:3] == [
        "+  1  first of all",
        "   1  line 1",
        "   2  line 2",
    ]
    assert "⋯ 18 lines alike" in unified(HERE, "first of all\n" + HERE)
    assert "+ 1 only on disk" in difference.summary().plain and "only here" not in difference.summary().plain


def test_a_changed_line_is_gone_here_and_come_there() -> None:
    shown = unified(HERE, HERE.replace("line 10\n", "line ten\n"))
    assert shown[0] == "⋯ 7 lines alike"
    at = shown.index("- 10  line 10")
    assert shown[at + 1] == "+ 10  line ten"
    assert shown[-1] == "⋯ 8 lines alike"


def test_what_cannot_be_read_is_told() -> None:
    difference = Difference(HERE, None)
    assert difference.summary().plain == "here     20 lines\non disk  cannot be read"
    assert not difference.can_be_shown


def test_texts_that_differ_in_line_breaks_alone_say_so() -> None:
    difference = Difference(HERE, HERE.replace("\n", "\r\n"))
    assert "only line breaks differ" in difference.summary().plain and not difference.can_be_shown


def test_rows_go_side_by_side_where_there_is_room() -> None:
    difference = Difference(HERE, "first of all\n" + HERE)
    wide = [row.content.plain for row in difference.rows(100)]
    assert wide[0].split() == ["here", "│", "on", "disk"]
    assert any("│" in row and row.rstrip().endswith("+ first of all") for row in wide)
    assert max(map(cell_len, wide)) <= 100
    assert [row.content.plain for row in difference.rows(60)] == unified(HERE, "first of all\n" + HERE)


def test_long_files_are_compared_in_a_moment() -> None:
    long = "".join(f"line {number % 50}\n" for number in range(30_000))
    began = time.process_time()
    shown = unified(long, "new\n" + long)
    assert shown[0].startswith("+") and len(shown) < 10
    assert time.process_time() - began < 5


_TEXTS = st.lists(st.sampled_from(["a", "b", "", "[/x]", "\x1b[31m"]), max_size=12).map("\n".join)


@given(_TEXTS, _TEXTS)
def test_every_line_that_only_one_has_is_shown_once(here: str, on_disk: str) -> None:
    shown = unified(here, on_disk)
    assert not any("\x1b" in line for line in shown)
    summary = Difference(here, on_disk).summary().plain
    for sign, words in (("-", "only here"), ("+", "only on disk")):
        count = sum(line.startswith(sign) for line in shown)
        assert (f"{sign} {count} {words}" in summary) is (count > 0)
