"""Text measured in terminal cells."""

from __future__ import annotations

from functools import lru_cache
from unicodedata import category, east_asian_width, normalize

from agentflow_tui.control_characters import visible_line

_ENDLESS = 10_000
_SIGNS = "(,._-/"
"""A word may be broken behind these."""
_SELECTORS = str.maketrans("", "", "\ufe0e\ufe0f")
"""They change how wide the character before is drawn, in each terminal its own way."""


@lru_cache(maxsize=4096)
def char_width(char: str) -> int:
    """Cells that one character takes: 0, 1 or 2."""
    if category(char) in ("Mn", "Me"):
        return 0
    return 2 if east_asian_width(char) in "WF" else 1


def cell_width(text: str) -> int:
    """Cells that a text takes."""
    return len(text) if text.isascii() else sum(map(char_width, text))


@lru_cache(maxsize=4096)
def fit(text: str, width: int) -> str:
    """One line of at most `width` cells: too long ends in `…`, what a terminal would obey becomes a sign."""
    shown = visible_line(normalize("NFC", text).translate(_SELECTORS))
    if cell_width(shown) <= width:
        return shown
    kept, used = [], 0
    for char in shown:
        used += char_width(char)
        if used > width - 1:
            break
        kept.append(char)
    return "".join(kept) + "…" if width > 0 else ""


def wrap(text: str, width: int, lines: int) -> tuple[str, ...]:
    """The text in at most so many lines of `width` cells; the last ends in `…` if cut.

    Lines are broken at blanks, and behind a sign where a line has no blank.
    """
    found: list[str] = []
    rest = fit(text, _ENDLESS)
    while rest and len(found) < lines - 1 and cell_width(rest) > width:
        head = fit(rest, width + 1).removesuffix("…")
        cut = head.rfind(" ")
        if cut <= 0:
            part = head if cell_width(head) <= width else head[:-1]
            cut = max(map(part.rfind, _SIGNS)) + 1
        if cut <= 0:
            break
        found.append(rest[:cut])
        rest = rest[cut:].lstrip(" ")
    return (*found, fit(rest, width))


def padded(text: str, width: int) -> str:
    """The text cut or filled with blanks to exactly `width` cells."""
    shown = fit(text, width)
    return shown + " " * (width - cell_width(shown))


def cells(text: str) -> list[str]:
    """The text by cells: a wide character is followed by an empty one, a combining one joins its base."""
    if text.isascii():
        return list(text)
    parts: list[str] = []
    for char in text:
        width = char_width(char)
        if width == 0 and parts:
            # A wide base already has its empty second cell behind it.
            parts[-1 if parts[-1] else -2] += char
        elif width:
            parts.extend((char, "") if width == 2 else (char,))  # noqa: PLR2004
    return parts
