"""What a person gives to a run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agentflow_tui.tui.safe_text import one_line

_LARGEST = 1_000_000
"""Bytes of a file that is loaded."""


@dataclass(frozen=True, slots=True)
class EventInput:
    """Data, target and metadata of the event that a run starts from (semantics §1)."""

    data: Mapping[str, Any] = field(default_factory=dict)
    target: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)


class InputError(ValueError):
    """A field holds something that it must not; the text says what, and where in it.

    `line` and `column`, both from 1, are the place; 0 without one.
    """

    def __init__(self, message: str, line: int = 0, column: int = 0) -> None:
        """Keep the text and the place."""
        super().__init__(message)
        self.line = line
        self.column = column
        self.field = ""
        """Id of the field, once a form knows it."""


def parse_json(text: str, what: str) -> Any:
    """Return the JSON value in a text.

    Raises:
        InputError: It is no JSON; the message gives line and column.
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        # The place comes first: of a long message that is what must not get lost.
        place = f"line {error.lineno}, column {error.colno}"
        raise InputError(f"{place} of {what}: {error.msg}", error.lineno, error.colno) from error
    except RecursionError as error:
        raise InputError(f"{what}: nested too deeply") from error
    except ValueError as error:
        raise InputError(f"{what}: a number has too many digits") from error


def parse_object(text: str, what: str) -> dict[str, Any]:
    """Return the JSON object in a text; an empty text is an empty object.

    Raises:
        InputError: It is no JSON object; the message gives line and column.
    """
    if not text.strip():
        return {}
    value = parse_json(text, what)
    if not isinstance(value, dict):
        raise InputError(f'{what}: an object such as {{"key": "value"}} is needed')
    return value


def read_object(path: Path) -> dict[str, Any]:
    """Return the JSON object in a file.

    Raises:
        InputError: The file cannot be read, is too large, or holds no JSON object.
    """
    name = one_line(path.name, 60)
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
        text = data.decode("utf-8-sig")
    except (OSError, ValueError) as error:
        raise InputError(f"{name}: {one_line(str(error), 200)}") from error
    if len(data) > _LARGEST:
        raise InputError(f"{name}: larger than {_LARGEST} bytes")
    if not text.strip():
        raise InputError(f"{name}: the file is empty")
    return parse_object(text, name)


def parse_metadata(text: str) -> dict[str, str]:
    """Return the metadata in a JSON text, every value a string.

    Raises:
        InputError: It is no JSON object of strings.
    """
    values = parse_object(text, "metadata")
    for key, value in values.items():
        if not isinstance(value, str):
            raise InputError(f"metadata: the value of {key!r} must be text in quotes")
    return values


def parse_value(text: str) -> Any:
    """Return what a field means: a JSON number, boolean, list or object as such, anything else as text."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return text if value is None else value


def show_value(value: Any) -> str:
    """Return a value as `parse_value` reads it back."""
    if isinstance(value, str) and parse_value(value) == value:
        return value
    return json.dumps(value, ensure_ascii=False)
