"""Text measured in terminal cells."""

from __future__ import annotations

from functools import lru_cache
from unicodedata import normalize

from agentflow_tui.control_characters import visible_line
from agentflow_tui.plan.cell_table import char_width

_SIGNS = frozenset("(,._-/")
"""A word may be broken behind these."""
_SELECTORS = str.maketrans("", "", "\ufe0e\ufe0f")
"""They change how wide the character before is drawn, in each terminal its own way."""
_NO_LETTER = "\N{DOTTED CIRCLE}"
"""Carries a mark that has no letter, as in the code charts: alone it would join whatever stands before."""


def shown(text: str) -> str:
    """The text on one line as it is drawn: what a terminal would obey becomes a sign.

    Shown again it stays the same, alone and as a part of a longer text.
    """
    return text if text.isascii() and text.isprintable() else _shown(text)


@lru_cache(maxsize=4096)
def _shown(text: str) -> str:
    parts: list[str] = []
    for char in normalize("NFC", visible_line(text.translate(_SELECTORS))):
        if not char_width(char) and (not parts or parts[-1] == " "):
            parts.append(_NO_LETTER)
        parts.append(char)
    return "".join(parts)


def cell_width(text: str) -> int:
    """Cells that a text takes, as it is drawn."""
    return len(text) if text.isascii() and text.isprintable() else _cell_width(text)


@lru_cache(maxsize=4096)
def _cell_width(text: str) -> int:
    return sum(map(char_width, _shown(text)))


@lru_cache(maxsize=4096)
def fit(text: str, width: int) -> str:
    """One line of at most `width` cells, as it is drawn; too long ends in `…`."""
    line = shown(text)
    if cell_width(line) <= width:
        return line
    return f"{_start(line, width - 1)}…" if width > 0 else ""


def _start(text: str, width: int) -> str:
    """The longest start of a text within `width` cells; a character keeps its marks."""
    used = 0
    for place, char in enumerate(text):
        used += char_width(char)
        if used > width:
            return text[:place]
    return text


def wrap(text: str, width: int, lines: int) -> tuple[str, ...]:
    """The text in at most so many lines of `width` cells; the last ends in `…` if cut.

    Lines are broken at blanks, and behind a sign where a line has no blank.
    """
    found: list[str] = []
    rest = shown(text)
    while rest and len(found) < lines - 1 and cell_width(rest) > width:
        head = fit(rest, width + 1).removesuffix("…")
        cut = head.rfind(" ")
        if cut <= 0:
            cut = _behind_sign(_start(head, width))
        if cut <= 0:
            break
        found.append(rest[:cut])
        rest = rest[cut:].lstrip(" ")
    return (*found, fit(rest, width))


def _behind_sign(text: str) -> int:
    """Where the last part behind a sign begins, 0 without one; a sign that carries marks is none."""
    glyphs = cells(text)
    last = max((place for place, glyph in enumerate(glyphs) if glyph in _SIGNS), default=-1)
    return len("".join(glyphs[: last + 1]))


def padded(text: str, width: int) -> str:
    """The text cut or filled with blanks to exactly `width` cells."""
    line = fit(text, width)
    return line + " " * (width - cell_width(line))


def cells(text: str) -> list[str]:
    """The text by cells: a wide character is followed by an empty one, a combining one joins its base."""
    return list(text if text.isascii() else _cells(text))


@lru_cache(maxsize=1024)
def _cells(text: str) -> tuple[str, ...]:
    parts: list[str] = []
    for char in text:
        width = char_width(char)
        if width == 0 and parts:
            # A wide base already has its empty second cell behind it.
            parts[-1 if parts[-1] else -2] += char
        elif width:
            parts.extend((char, "") if width == 2 else (char,))  # noqa: PLR2004
    return tuple(parts)
