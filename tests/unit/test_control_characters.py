from __future__ import annotations

import pytest

from agentflow_tui.control_characters import visible, visible_line


def test_escapes_are_shown_and_layout_is_kept() -> None:
    assert visible("a\x1b[31m\tb\r\nc\x9b") == "a␛[31m\tb\nc\N{REPLACEMENT CHARACTER}"


def test_one_line_is_cut() -> None:
    assert visible_line("one\ntwo three", 8) == "one two…"
    assert visible_line("\x07bell") == "␇bell"


@pytest.mark.parametrize(
    "hidden", ["\u200d", "\u3164", "\u115f", "\u1160", "\uffa0", "\ufff0", "\U000e0080", "\U000e0fff"]
)
def test_what_has_no_look_of_its_own_becomes_a_sign(hidden: str) -> None:
    assert visible(f"a{hidden}b") == visible_line(f"a{hidden}b") == "a\N{OPEN BOX}b"
