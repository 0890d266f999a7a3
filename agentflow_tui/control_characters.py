"""Making text from outside harmless to print: what could drive a terminal or hide text becomes visible.

Needs nothing but the standard library, so that the command line and the widgets can share it (design §4).
"""

from __future__ import annotations

import re

_UNKNOWN = "\N{REPLACEMENT CHARACTER}"
_NEW_LINE = "\N{SYMBOL FOR NEWLINE}"
_HIDDEN = "\N{OPEN BOX}"
_CUT = "…"

# First and last of each range, and what stands for it; none means the symbol of that control character.
_UNSAFE: tuple[tuple[int, int, str | None], ...] = (
    (0x00, 0x08, None),
    (0x0B, 0x1F, None),
    (0x7F, 0x7F, "\N{SYMBOL FOR DELETE}"),
    (0x80, 0x9F, _UNKNOWN),
    (0xAD, 0xAD, _HIDDEN),
    (0x061C, 0x061C, _UNKNOWN),
    (0x115F, 0x1160, _HIDDEN),  # a Hangul syllable without letters, as are the other fillers below
    (0x180E, 0x180E, _HIDDEN),
    (0x200B, 0x200D, _HIDDEN),  # zero-width space, non-joiner, joiner
    (0x200E, 0x200F, _UNKNOWN),  # text direction, here and below
    (0x2028, 0x2029, _NEW_LINE),
    (0x202A, 0x202E, _UNKNOWN),
    (0x2060, 0x2065, _HIDDEN),
    (0x2066, 0x2069, _UNKNOWN),
    (0x206A, 0x206F, _HIDDEN),
    (0x3164, 0x3164, _HIDDEN),
    (0xD800, 0xDFFF, _UNKNOWN),  # a lone surrogate cannot be encoded: writing it to the terminal raises
    (0xFEFF, 0xFEFF, _HIDDEN),
    (0xFFA0, 0xFFA0, _HIDDEN),
    (0xFFF0, 0xFFFB, _HIDDEN),
    (0xE0000, 0xE0FFF, _HIDDEN),  # tags, in which a whole ASCII text can hide, and variation selectors
)
_VISIBLE = {
    code: symbol or chr(0x2400 + code) for first, last, symbol in _UNSAFE for code in range(first, last + 1)
}
_ONE_LINE = {**_VISIBLE, 0x09: " ", 0x0A: " "}
# Ranges, since a class that lists each character is searched forty times slower.
_SEARCH = re.compile("[" + "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last, _ in _UNSAFE) + "]")


def visible(text: str) -> str:
    r"""Return the text with every dangerous character as a sign; keeps `\n` and `\t`, `\r\n` is `\n`."""
    text = text.replace("\r\n", "\n")
    # Translating is fast on ASCII only; other text is mostly harmless, which a search proves sooner.
    if text.isascii() or _SEARCH.search(text):
        return text.translate(_VISIBLE)
    return text


def visible_line(text: str, limit: int | None = None) -> str:
    """Return the text made visible and on one line, at most `limit` characters, cut with `…`."""
    if limit is not None and len(text) > limit:
        text = text[: max(0, limit - 1)] + _CUT
    return text.replace("\r\n", " ").translate(_ONE_LINE)
