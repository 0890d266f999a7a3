from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import platformdirs
import pytest

from agentflow_tui import paths

FOLDERS: list[tuple[Callable[[], Path], str, str]] = [
    (paths.config_folder, "XDG_CONFIG_HOME", "user_config_path"),
    (paths.data_folder, "XDG_DATA_HOME", "user_data_path"),
    (paths.cache_folder, "XDG_CACHE_HOME", "user_cache_path"),
    (paths.state_folder, "XDG_STATE_HOME", "user_state_path"),
]
each_folder = pytest.mark.parametrize(("folder", "variable", "platform_name"), FOLDERS)


@each_folder
def test_xdg_variable_wins_and_nothing_is_created(
    folder: Callable[[], Path],
    variable: str,
    platform_name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(platformdirs, platform_name, lambda *_, **__: Path("/elsewhere"))
    monkeypatch.setenv(variable, str(tmp_path))
    assert folder() == tmp_path / "agentflow-tui"
    assert list(tmp_path.iterdir()) == []


@each_folder
@pytest.mark.parametrize("value", [None, "", "relative/folder"])
def test_system_custom_applies_without_an_absolute_xdg_path(
    folder: Callable[[], Path],
    variable: str,
    platform_name: str,
    value: str | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def custom(name: str, *, appauthor: bool) -> Path:
        assert appauthor is False
        return Path("/custom") / name

    monkeypatch.setattr(platformdirs, platform_name, custom)
    if value is None:
        monkeypatch.delenv(variable, raising=False)
    else:
        monkeypatch.setenv(variable, value)
    assert folder() == Path("/custom/agentflow-tui")


def test_the_four_folders_differ() -> None:
    assert len({folder() for folder, _, _ in FOLDERS}) == 4
