"""The folder that a flow may read from."""

from __future__ import annotations

from pathlib import Path


class OutsideFolderError(ValueError):
    """A path leads out of the project folder."""


def resolve_inside(root: Path, path: str | Path, start: Path | None = None) -> Path:
    """Return the real place of `path`, links followed; relative ones begin at `start`, else at `root`.

    Raises `OutsideFolderError` if it is not inside `root`, is absolute, or is no path at all (semantics §3).
    """
    try:
        folder = root.resolve()
        if Path(path).is_absolute():
            raise OutsideFolderError("is an absolute path")
        found = ((start or folder) / path).resolve()
    except (OSError, RuntimeError, ValueError) as error:
        if isinstance(error, OutsideFolderError):
            raise
        raise OutsideFolderError("is not a usable path") from error
    if not found.is_relative_to(folder):
        raise OutsideFolderError("leads out of the project folder")
    return found
