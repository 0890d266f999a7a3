from __future__ import annotations

from agentflow_tui.control_characters import visible, visible_line


def test_escapes_are_shown_and_layout_is_kept() -> None:
    assert visible("a\x1b[31m\tb\r\nc\x9b") == "a␛[31m\tb\nc\N{REPLACEMENT CHARACTER}"


def test_one_line_is_cut() -> None:
    assert visible_line("one\ntwo three", 8) == "one two…"
    assert visible_line("\x07bell") == "␇bell"
