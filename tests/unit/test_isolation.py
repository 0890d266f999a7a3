from __future__ import annotations

import os
from pathlib import Path

from agentflow_tui import paths


def test_the_users_own_folders_are_out_of_reach(isolated_home: Path, real_cache: Path) -> None:
    folders = (paths.config_folder(), paths.data_folder(), paths.cache_folder(), paths.state_folder())
    assert Path.home() == isolated_home
    assert all(folder.is_relative_to(isolated_home) for folder in folders)
    assert not real_cache.is_relative_to(isolated_home)


def test_settings_of_the_developer_do_not_reach_the_tests() -> None:
    prefixes = ("AGENTFLOW_", "TEXTUAL_", "OLLAMA_", "NO_COLOR")
    assert [name for name in os.environ if name.startswith(prefixes)] == ["AGENTFLOW_TEST_CACHE"]
