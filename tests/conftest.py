"""Keeps every test away from the developer's own folders and settings."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from agentflow_tui import paths

# The weights of the live tests are large, so they stay in the real cache: saved before it is hidden.
_REAL_CACHE = Path(os.environ.get("AGENTFLOW_TEST_CACHE") or paths.cache_folder())

_DROPPED = ("NO_COLOR", "FORCE_COLOR", "OPENAI_API_KEY", "OPENAI_BASE_URL")
_DROPPED_PREFIXES = ("AGENTFLOW_", "OLLAMA_", "TEXTUAL_")
_XDG = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")


@pytest.fixture(scope="session", autouse=True)
def isolated_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Point HOME and the XDG folders to a temporary place and drop settings from the environment."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name in _DROPPED or name.startswith(_DROPPED_PREFIXES):
                patch.delenv(name)
        patch.setenv("HOME", str(home))
        patch.setenv("USERPROFILE", str(home))
        for name in _XDG:
            patch.setenv(name, str(home / name.removeprefix("XDG_").lower()))
        patch.setenv("AGENTFLOW_TEST_CACHE", str(_REAL_CACHE))
        yield home


@pytest.fixture(scope="session")
def real_cache() -> Path:
    """Return the cache folder outside the isolation, where fetched weights stay between runs."""
    return _REAL_CACHE
