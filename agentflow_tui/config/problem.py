"""One thing that is wrong, or odd, with a flow's text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

Severity = Literal["error", "warning", "info"]
"""An error keeps a flow from running; a warning and an info do not."""

KeyPath: TypeAlias = tuple[str | int, ...]
"""The way to a value in the document: keys, and positions in lists from 0."""

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_LONGEST_VALUE = 80


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding of a check, where it is and what to do about it.

    `path` is written like `orchestration.mixed.stages[0].agents`. `line` and `column` count from 1, in lines
    and characters; `end_column` is the first column after the faulty text, on the same line. `hint` names the
    way out.
    """

    severity: Severity
    path: str
    line: int
    column: int
    message: str
    hint: str
    end_column: int


def format_path(path: KeyPath) -> str:
    """Write a key path the way people do: `agents.writer.llm`, `stages[0]`, `agents."a b"`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
            continue
        key = part if _BARE_KEY.fullmatch(part) else '"' + shorten(part).replace('"', '\\"') + '"'
        text += f".{key}" if text else key
    return text


def shorten(value: object, limit: int = _LONGEST_VALUE) -> str:
    """Cut a value's text to `limit` characters, so that a message stays one."""
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"
