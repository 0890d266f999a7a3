"""Where agentflow-tui keeps a user's files; every function only computes a path and creates nothing.

The `XDG_*` variables win on every system, macOS included; without them each system's own custom applies.
"""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

_APP = "agentflow-tui"


def config_folder() -> Path:
    """Return the folder of the user's settings, keys and themes."""
    return _xdg("XDG_CONFIG_HOME") or platformdirs.user_config_path(_APP, appauthor=False)


def data_folder() -> Path:
    """Return the folder of what must not be lost: the run histories."""
    return _xdg("XDG_DATA_HOME") or platformdirs.user_data_path(_APP, appauthor=False)


def cache_folder() -> Path:
    """Return the folder of what can be fetched again: model weights."""
    return _xdg("XDG_CACHE_HOME") or platformdirs.user_cache_path(_APP, appauthor=False)


def state_folder() -> Path:
    """Return the folder of what is nice to keep: logs, recent files."""
    return _xdg("XDG_STATE_HOME") or platformdirs.user_state_path(_APP, appauthor=False)


def _xdg(variable: str) -> Path | None:
    # The XDG base directory specification says to ignore relative paths.
    folder = Path(os.environ.get(variable, ""))
    return folder / _APP if folder.is_absolute() else None
