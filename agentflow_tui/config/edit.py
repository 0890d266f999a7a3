"""Changes a flow's text one value at a time, keeping comments, order and layout."""

from __future__ import annotations

import tomllib
from collections.abc import MutableMapping, MutableSequence
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from agentflow_tui.config.problem import KeyPath, format_path


class EditError(ValueError):
    """A change cannot be made: the text is not TOML, or the path leads through something that is no table."""


def set_value(text: str, path: KeyPath, value: Any) -> str:
    """Return `text` with the value at `path` set; tables on the way are made where they are missing.

    `value` is anything that TOML can hold. Everything else in the text stays as it is. Raises `EditError`.
    """
    document = _parsed(text)
    try:
        holder: Any = document
        for part in path[:-1]:
            if not _has(holder, part):
                if not isinstance(holder, MutableMapping) or not isinstance(part, str):
                    raise EditError(f"there is no {format_path(path)} to set")
                holder[part] = tomlkit.table()
            holder = holder[part]
        if not isinstance(holder, MutableMapping) and not _has(holder, path[-1]):
            raise EditError(f"there is no {format_path(path)} to set")
        holder[path[-1]] = value
        return _written(document, path, value)
    except (TOMLKitError, TypeError, ValueError) as error:
        raise (
            error if isinstance(error, EditError) else EditError(f"cannot set {format_path(path)}")
        ) from error


def remove_value(text: str, path: KeyPath) -> str:
    """Return `text` without the value at `path`; unchanged where there is none. Raises `EditError`."""
    document = _parsed(text)
    holder: Any = document
    for part in path[:-1]:
        if not _has(holder, part):
            return text
        holder = holder[part]
    if not _has(holder, path[-1]):
        return text
    del holder[path[-1]]
    return tomlkit.dumps(document)


def _parsed(text: str) -> tomlkit.TOMLDocument:
    try:
        return tomlkit.parse(text)
    except (TOMLKitError, ValueError, RecursionError) as error:
        raise EditError("the text is not TOML; correct it first") from error


def _has(holder: object, part: str | int) -> bool:
    if isinstance(holder, MutableMapping):
        return part in holder
    return isinstance(holder, MutableSequence) and isinstance(part, int) and 0 <= part < len(holder)


def _written(document: tomlkit.TOMLDocument, path: KeyPath, value: object) -> str:
    """Write the document, and read it back before trusting it with someone's file."""
    text = tomlkit.dumps(document)
    found: Any = tomllib.loads(text)
    for part in path:
        found = found[part]
    if found != value:
        raise EditError(f"cannot set {format_path(path)}")
    return text
