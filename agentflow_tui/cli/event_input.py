"""The input that a person gives on the command line, read into data and metadata."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any


class InputError(ValueError):
    """What was typed cannot be read; the text says what is wrong with which argument."""


def read_input(pairs: Sequence[str], file: Path | None) -> dict[str, Any]:
    """Return the event's data: the file's object, then each of `pairs` on top, in order.

    A pair is a JSON object, or `key=value`, where a value that is JSON is taken as such and anything else as
    text. `-` as file reads standard input.

    Raises:
        InputError: The file or an argument is nothing of the kind.
    """
    data = _read_file(file) if file else {}
    for pair in map(as_utf8, pairs):
        if pair.lstrip().startswith("{"):
            data.update(_object(pair, f"--input {pair!r}"))
        else:
            key, value = _split(pair, "--input")
            data[key] = _json_or_text(value)
    return data


def read_pairs(pairs: Sequence[str], option: str) -> dict[str, Any]:
    """Return what `key=value` arguments of an option set, values as `read_input` takes them.

    Raises:
        InputError: An argument has no `=`.
    """
    return {key: _json_or_text(value) for key, value in (_split(pair, option) for pair in pairs)}


def read_meta(pairs: Sequence[str], option: str = "--meta") -> dict[str, str]:
    """Return the event's metadata from `key=value`, always text.

    Raises:
        InputError: An argument has no `=`.
    """
    return dict(_split(pair, option) for pair in pairs)


def as_utf8(argument: str) -> str:
    """Return an argument as it was typed, also where the locale takes its bytes for something else.

    Raises:
        InputError: It is not UTF-8.
    """
    try:
        return os.fsencode(argument).decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{argument!r} is not UTF-8") from error
    except UnicodeEncodeError:
        # Given by a program and not by the system.
        return argument


def _split(pair: str, option: str) -> tuple[str, str]:
    key, separator, value = as_utf8(pair).partition("=")
    if not separator or not key:
        raise InputError(f"{option} {pair!r} is not written as key=value")
    return key, value


def _json_or_text(value: str) -> Any:
    try:
        return json.loads(value, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return value


def _refuse(name: str) -> Any:
    raise ValueError(name)


def _read_file(file: Path) -> dict[str, Any]:
    if str(file) == "-" and sys.stdin is None:
        raise InputError("--input-file -: standard input is closed")
    try:
        text = (sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()).decode("utf-8")
    except OSError as error:
        raise InputError(f"--input-file {file}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"--input-file {file} is not UTF-8") from error
    return _object(text, f"--input-file {file}")


def _object(text: str, where: str) -> dict[str, Any]:
    try:
        value = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where} is no JSON: {error}") from error
    if not isinstance(value, dict):
        raise InputError(f"{where} is no JSON object")
    return value
