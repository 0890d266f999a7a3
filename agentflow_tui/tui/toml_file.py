"""A small TOML file of the user's, read so that nothing in it can do harm."""

from __future__ import annotations

import os
import stat
import tomllib
from pathlib import Path
from typing import Any

from agentflow_tui.control_characters import visible_line

LARGEST = 200_000
"""Bytes; settings, keys and themes are far smaller."""
_LONGEST = 200


class TomlFileError(ValueError):
    """The file cannot be used; the text says which and why, on one line."""


def read_toml(path: Path) -> dict[str, Any]:
    """Return the content of a file.

    Raises:
        FileNotFoundError: There is none.
        TomlFileError: It is no regular file, too large, cannot be read, or is no TOML.
    """
    text = read_text(path)
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise TomlFileError(f"{_name(path)}: nested too deeply") from error
    except ValueError as error:  # no TOML, or a number with too many digits
        raise TomlFileError(f"{_name(path)}: {visible_line(str(error), _LONGEST)}") from error


def read_text(path: Path) -> str:
    """Return the text of a file, whether it is TOML or not.

    Raises:
        FileNotFoundError: There is none.
        TomlFileError: It is no regular file, too large, not UTF-8, or cannot be read.
    """
    data = _bytes_of(path)
    if len(data) > LARGEST:
        raise TomlFileError(f"{_name(path)}: larger than {LARGEST} bytes")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise TomlFileError(f"{_name(path)}: not UTF-8 text (byte {error.start})") from error


def _bytes_of(path: Path) -> bytes:
    try:
        # A pipe or a terminal in the place of a file would let the program wait for ever.
        file = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0))
        with os.fdopen(file, "rb") as opened:
            if not stat.S_ISREG(os.fstat(file).st_mode):
                raise TomlFileError(f"{_name(path)}: not a regular file")
            return opened.read(LARGEST + 1)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise TomlFileError(f"{_name(path)}: {error.strerror or error}") from error


def _name(path: Path) -> str:
    return visible_line(path.name, 80)
