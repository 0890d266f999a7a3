from __future__ import annotations

import os
from pathlib import Path

from agentflow_tui import paths

HOME_AT_IMPORT = Path.home()


def test_the_users_own_folders_are_out_of_reach(isolated_home: Path, real_cache: Path) -> None:
    folders = (paths.config_folder(), paths.data_folder(), paths.cache_folder(), paths.state_folder())
    assert isolated_home.name.startswith("agentflow-tui-home-")
    assert all(folder.is_relative_to(isolated_home) for folder in folders)
    assert not real_cache.is_relative_to(isolated_home)


def test_settings_of_the_developer_do_not_reach_the_tests() -> None:
    prefixes = ("AGENTFLOW_", "TEXTUAL_", "OLLAMA_", "NO_COLOR")
    left = {name for name in os.environ if name.startswith(prefixes)}
    assert left - {"TEXTUAL_SNAPSHOT_TEMPDIR"} == {"AGENTFLOW_TEST_CACHE"}


def test_isolation_holds_already_while_test_modules_are_imported(isolated_home: Path) -> None:
    assert isolated_home == HOME_AT_IMPORT
