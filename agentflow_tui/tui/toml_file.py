"""A small TOML file of the user's, read so that nothing in it can do harm."""

from __future__ import annotations

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
        TomlFileError: It is too large, cannot be read, or is no TOML.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise TomlFileError(f"{_name(path)}: larger than {LARGEST} bytes")
        return tomllib.loads(data.decode("utf-8"))
    except (FileNotFoundError, TomlFileError):
        raise
    except RecursionError as error:
        raise TomlFileError(f"{_name(path)}: nested too deeply") from error
    except (OSError, ValueError) as error:  # no UTF-8, no TOML, or a number with too many digits
        raise TomlFileError(f"{_name(path)}: {visible_line(str(error), _LONGEST)}") from error


def _name(path: Path) -> str:
    return visible_line(path.name, 80)
