"""Outside text can neither drive the terminal, nor press keys of ours, nor kill the app."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.widgets import Static

from agentflow_tui.tui.safe_text import clean, one_line, plain

MARKUP = ["[/foo]", "z [b + [/]", "[red", "x[0]", "['a']", "path [/usr/bin]", "[@click=app.quit]x[/]"]
ESCAPES = {
    "clipboard": "\x1b]52;c;cHduZWQ=\x1b\\",
    "title": "\x1b]0;HIJACKED\x07",
    "one-byte CSI": "\x9b31m",
    "one-byte OSC": "\x9d0;x\x9c",
    "answer on stdin": "\x1b[6n",
    "delete": "\x7f",
    "lone return": "safe\rEVIL",
}
EVERY_CHARACTER = st.text(st.characters(codec=None, categories=None), max_size=200)


@pytest.mark.parametrize("text", ESCAPES.values(), ids=ESCAPES)
def test_no_control_character_is_left(text: str) -> None:
    assert not [c for c in clean(text) if unicodedata.category(c) == "Cc" and c not in "\n\t"]
    assert len(clean(text)) == len(text)


def test_the_symbol_tells_which_control_character_it_was() -> None:
    assert clean("a\x1b[31mb\x00\x7f") == "a␛[31mb␀␡"


@pytest.mark.parametrize(
    "hidden", ["\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad", "\U000e0041", "\U000e0101"]
)
def test_text_cannot_hide(hidden: str) -> None:
    assert clean(f"a{hidden}b") == "a␣b"


@pytest.mark.parametrize("direction", ["\u202e", "\u202a", "\u2066", "\u2069", "\u200f", "\u061c"])
def test_text_cannot_run_backwards(direction: str) -> None:
    assert clean(f"a{direction}b") == "a\ufffdb"


def test_separators_are_not_line_breaks() -> None:
    assert clean("a\u2028b\u2029c\x85d") == "a␤b␤c\ufffdd"


def test_ordinary_text_stays_as_it_is() -> None:
    text = "tab\there\nnext line — naïve 日本語 ✓ ❤️ עברית"
    assert clean(text) == text


def test_a_dos_line_end_is_a_line_end() -> None:
    assert clean("a\r\nb") == "a\nb"


@given(EVERY_CHARACTER)
def test_any_text_becomes_harmless_and_can_be_written(text: str) -> None:
    result = clean(text)
    result.encode("utf-8")
    bad = [c for c in result if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") and c not in "\n\t"]
    assert bad == []
    assert clean(result) == result


@given(EVERY_CHARACTER, st.integers(0, 50))
def test_one_line_is_one_line_and_short(text: str, limit: int) -> None:
    result = one_line(text, limit)
    assert len(result) <= max(limit, 1)
    assert not set(result) & set("\n\t\r")
    result.encode("utf-8")


def test_cutting_says_so() -> None:
    assert one_line("abcdef", 4) == "abc…"
    assert plain("abcdef", limit=4).plain == "abc…"
    assert plain("abcdef", limit=6).plain == "abcdef"


def test_a_surrogate_that_cannot_be_encoded_is_replaced() -> None:
    assert clean("\ud83d") == "\ufffd"


@pytest.mark.parametrize("text", MARKUP)
async def test_markup_is_shown_and_never_parsed(text: str) -> None:
    class Shown(App[None]):
        def compose(self) -> ComposeResult:
            yield Static(plain(text))

    app = Shown()
    async with app.run_test(notifications=True, tooltips=True) as pilot:
        await pilot.click(Static, offset=(1, 0))
        assert app.is_running
        line = app.query_one(Static).render_line(0)
        assert line.text.strip() == text


def test_a_megabyte_costs_milliseconds() -> None:
    # As a ratio of processor time, so that a slow or busy machine does not decide.
    text = "word — \U0001f600 " * 100_000
    began = time.thread_time()
    for character in text:
        ord(character)
    loop = time.thread_time() - began
    began = time.thread_time()
    clean(text)
    assert time.thread_time() - began < loop
