"""Somebody who uses the program for the first time: the variables that it is started with."""

from __future__ import annotations

import os
from pathlib import Path

_ROOT = Path(__file__).parents[1]
_KINDS = ("CONFIG", "STATE", "DATA", "CACHE")
_COLOURS = ("NO_COLOR", "COLORTERM", "FORCE_COLOR", "COLORFGBG")
_OTHERS = ("TEXTUAL", "TMUX", "STY", "SSH_", "AGENTFLOW")


def user(folder: Path, **more: str) -> dict[str, str]:
    """The variables of a user whose files are all in `folder`, and `more` of them."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in _COLOURS and not name.startswith(_OTHERS)
    }
    here = {f"XDG_{kind}_HOME": str(folder / kind.lower()) for kind in _KINDS}
    return {**kept, **here, "HOME": str(folder), "PYTHONPATH": str(_ROOT), **more}
