"""Durations, counts and sizes as people read them."""

from __future__ import annotations

import json
from typing import Any

from agentflow_tui.tui.safe_text import one_line

_MINUTE = 60
_SHORT = 60
_PLAIN = {type(None): "null", bool: "boolean", int: "number", float: "number"}


def seconds(duration: float) -> str:
    """Return a duration: `0.21 s`, `1.2 s`, `2 min 05 s`."""
    if duration < 1:
        return f"{duration:.2f} s"
    if duration < _MINUTE:
        return f"{duration:.1f} s"
    minutes, rest = divmod(round(duration), _MINUTE)
    return f"{minutes} min {rest:02d} s"


def counted(count: int, noun: str) -> str:
    """Return `1 key`, `1 240 keys`."""
    return f"{grouped(count)} {noun}{'' if count == 1 else 's'}"


def grouped(count: int) -> str:
    """Return a number with its thousands set apart: `1 240`."""
    return f"{count:,}".replace(",", " ")


def type_of(value: Any) -> str:
    """Return the JSON type of a value, and the size of what has one: `text, 1 240 characters`."""
    match value:
        case str():
            return f"text, {counted(len(value), 'character')}"
        case dict():
            return f"object, {counted(len(value), 'key')}"
        case list():
            return f"list, {counted(len(value), 'item')}"
    return _PLAIN.get(type(value), type(value).__name__)


def short(value: Any) -> str:
    """Return a value on one line, cleaned and cut; of a big one what it is."""
    if isinstance(value, str):
        return one_line(value, 2 * _SHORT)
    if isinstance(value, dict | list) and len(value) > _SHORT:
        return type_of(value)
    return one_line(json.dumps(value, ensure_ascii=False, default=str)[: 4 * _SHORT], 2 * _SHORT)
