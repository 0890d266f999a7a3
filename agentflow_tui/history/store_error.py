"""Why runs cannot be stored or read, and what a person can do."""

from __future__ import annotations

import sqlite3
from pathlib import Path


class StoreError(Exception):
    """The run store cannot do what was asked; `hint` is the way out."""

    def __init__(self, message: str, hint: str = "") -> None:
        """Say what happened and what helps."""
        self.message = message
        self.hint = hint
        super().__init__(f"{message} ({hint})" if hint else message)


_ELSEWHERE = "set XDG_DATA_HOME to a folder where files can be written"


def explained(error: sqlite3.Error | OSError, path: Path) -> StoreError:
    """Return the error of a database or file call as one that names the file and the way out."""
    text = str(error).lower()
    if "full" in text or "no space" in text:
        return StoreError(f"the disk is full: {path}", "free some space; the run goes on in memory")
    if "readonly" in text or "read-only" in text or isinstance(error, PermissionError):
        return StoreError(f"cannot write to {path}", _ELSEWHERE)
    if "locked" in text or "busy" in text:
        return StoreError(f"another program holds {path}", "close it; storing is tried again")
    if "not a database" in text or "malformed" in text:
        return StoreError(
            f"{path} is damaged or no run store: {error}", "move the file away; a new one is made"
        )
    return StoreError(f"cannot use {path}: {error}", _ELSEWHERE)
