"""A flow's text, read from disk and parsed, with a clear reason where that fails."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from agentflow_tui.config.problem import shorten

MAX_BYTES = 1_000_000
"""A flow is a few kilobytes; a larger file is a mistake and would make every check crawl."""

_MAX_DEPTH = 100
"""Tables and lists inside each other; a flow needs seven."""
_ENDLESS = re.compile(r"[0-9_]{4000,}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_UNCLOSED = re.compile(r"Expected '(\]\]?)' at the end of")
_PLACE = re.compile(r" ?\(at (?:line (\d+), column (\d+)|end of document)\)$")
_TWICE = "this key or table is there already; remove one of the two"
_HINTS = {
    "Unescaped": r"write \\ for one backslash, or put the text in single quotes",
    "Unclosed array": 'put a comma between two items and ] at the end: ["first", "second"]',
    "Unclosed inline table": "put a comma between two keys and } at the end: { x = 1, y = 2 }",
    "overwrite": _TWICE,
    "twice": _TWICE,
    "value": 'give the key a value; text needs quotes: key = "text"',
    "Illegal character": "close the quotes on the same line",
    "string": "close the quotes",
}
"""The way out by words of the parser's reason, asked in this order."""


class FlowTextError(Exception):
    """The text of a flow cannot be had or is not TOML; `line` and `column` count from 1."""

    def __init__(self, message: str, hint: str, line: int = 1, column: int = 1) -> None:
        """Keep the place and the way out."""
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.line = line
        self.column = column


def read_flow_text(path: Path) -> str:
    """Read a flow's file, which is UTF-8 with or without a byte order mark.

    Raises `FlowTextError` for anything that is no readable text file of moderate size.
    """
    name = shorten(path.name)
    try:
        if path.is_dir():
            raise FlowTextError(f"{name} is a folder", "name the agentflow.toml in it")
        if not path.exists():
            raise FlowTextError(f"{name} does not exist", "check the name and the folder")
        if not path.is_file():
            raise FlowTextError(f"{name} is not a regular file", "name a text file")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise FlowTextError(
            f"{name} cannot be read: {reason}", "check the file and its permissions"
        ) from error
    if len(data) > MAX_BYTES:
        raise _too_large()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"{name} is not UTF-8 text (byte {error.start})"
        raise FlowTextError(message, "save the file as UTF-8") from error


def parse_flow_text(text: str) -> dict[str, Any]:
    """Parse TOML into a document; raises `FlowTextError` with the place of the fault."""
    if len(text) > MAX_BYTES:
        raise _too_large()
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax_error(text, str(error)) from None
    except RecursionError:
        raise _too_deep() from None
    except ValueError:
        # Python refuses whole numbers of thousands of digits, without saying where.
        raise _endless_number(text) from None
    if _is_deep(document):
        raise _too_deep()
    return document


def _is_deep(document: dict[str, Any]) -> bool:
    """Tell without recursion, which is what is deep for a reader; dotted keys nest at no cost to tomllib."""
    level: list[object] = [document]
    for _ in range(_MAX_DEPTH):
        level = [
            inner
            for value in level
            if isinstance(value, dict | list)
            for inner in (value.values() if isinstance(value, dict) else value)
        ]
        if not level:
            return False
    return any(isinstance(value, dict | list) for value in level)


def _too_deep() -> FlowTextError:
    return FlowTextError("the TOML is nested too deeply", "use fewer tables and lists inside others")


def _too_large() -> FlowTextError:
    message = f"the file is larger than {MAX_BYTES // 1_000_000} MB, too large for a flow"
    return FlowTextError(message, "a flow is a few kilobytes; is this the right file?")


def _endless_number(text: str) -> FlowTextError:
    found = _ENDLESS.search(text)
    before = text[: found.start()] if found else ""
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return FlowTextError("a number is too long to be read", "write a smaller number", line, column)


def _syntax_error(text: str, message: str) -> FlowTextError:
    place = _PLACE.search(message)
    reason = message[: place.start()] if place else message
    lines = text.rstrip("\n").split("\n")
    line, column = len(lines), len(lines[-1]) + 1
    if place and place[1]:
        line, column = int(place[1]), int(place[2])
    rest = lines[line - 1][column - 1 :] if line <= len(lines) else ""
    if _CONTROL.match(rest):
        hint = f"remove the control character at column {column}"
    else:
        hint = _value_hint(rest) or _syntax_hint(reason)
    return FlowTextError(f"TOML: {reason[:120]}", hint, line, column)


def _value_hint(rest: str) -> str:
    """What Python and word processors write otherwise, at the place of the fault."""
    if rest.startswith(("True", "False")):
        return f"write {'true' if rest.startswith('True') else 'false'} in small letters"
    return 'use straight quotes: "' if rest.startswith(("“", "”", "„", "‘", "’")) else ""


def _syntax_hint(reason: str) -> str:
    if header := _UNCLOSED.match(reason):
        return f"close the table's name with {header[1]}"
    spelling = "correct the spelling of this line: [table] or key = value"
    return next((hint for words, hint in _HINTS.items() if words in reason), spelling)
