from __future__ import annotations

from pathlib import Path

import pytest

import agentflow_tui
from agentflow_tui.resources import resource_folder


def test_checkout_folder_lies_beside_the_package() -> None:
    package = Path(agentflow_tui.__file__).parent
    if (package / "_data").is_dir():
        assert resource_folder("themes") == package / "_data" / "themes"
    else:
        assert resource_folder("themes") == package.parent / "themes"
    assert resource_folder("sample_configs").is_dir()


def test_packaged_folder_wins_over_the_one_beside(tmp_path: Path) -> None:
    packaged = tmp_path / "package" / "_data" / "themes"
    packaged.mkdir(parents=True)
    (tmp_path / "themes").mkdir()
    assert resource_folder("themes", package=tmp_path / "package") == packaged


def test_folder_beside_is_used_when_nothing_is_packaged(tmp_path: Path) -> None:
    (tmp_path / "themes").mkdir()
    assert resource_folder("themes", package=tmp_path / "package") == tmp_path / "themes"


def test_missing_folder_names_both_places_it_looked_in(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        resource_folder("themes", package=tmp_path / "package")
    assert str(tmp_path / "package" / "_data" / "themes") in str(caught.value)
    assert str(tmp_path / "themes") in str(caught.value)
