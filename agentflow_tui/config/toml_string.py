"""TOML's four kinds of strings: where one ends, and where each of its characters stands in the file."""

from __future__ import annotations

import re
import tomllib

_BASIC = re.compile(r'"(?:[^"\\]|\\.)*"')
_LITERAL = re.compile(r"'[^']*'")
_LONG_BASIC = re.compile(r'"""(?:[^"\\]|\\.|"(?!""))*"{3,5}', re.DOTALL)
_LONG_LITERAL = re.compile(r"'''(?:[^']|'(?!''))*'{3,5}", re.DOTALL)
_PIECE = re.compile(r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}|\\[ \t]*\r?\n\s*|\\.|\r\n|.", re.DOTALL)
_LONG_QUOTE = 3


def string_end(text: str, start: int) -> int:
    """Return the offset behind the string that begins at `start`."""
    if text.startswith('"""', start):
        found = _LONG_BASIC.match(text, start)
    elif text.startswith("'''", start):
        found = _LONG_LITERAL.match(text, start)
    else:
        found = (_BASIC if text[start] == '"' else _LITERAL).match(text, start)
    return found.end() if found else start + 1


def key_text(source: str) -> str:
    """Return the text of a quoted key."""
    return str(tomllib.loads(f"x = {source}")["x"])


def character_offsets(source: str) -> list[int]:
    """Map each character of a string's value to its offset in the source text, plus one for the end."""
    quote = _LONG_QUOTE if source[:3] in ('"""', "'''") else 1
    position, end = quote, len(source) - quote
    if quote == _LONG_QUOTE:
        # The first line break after a long quote is not part of the value.
        position += 2 if source.startswith("\r\n", position) else source.startswith("\n", position)
    if source[0] == "'":
        return list(range(position, end + 1))
    offsets = []
    while position < end:
        found = _PIECE.match(source, position, end)
        piece = found[0] if found else source[position]
        if not (piece[0] == "\\" and len(piece) > 1 and piece[1] in " \t\r\n"):
            offsets.append(position)
        position += len(piece)
    return [*offsets, end]
