from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from agentflow_tui.agents.trust import Trust, code_files, content_hash


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "flow"
    (folder / "steps").mkdir(parents=True)
    (folder / "steps" / "review.py").write_text("x = 1\n")
    (folder / "agentflow.toml").write_text("")
    return folder


def test_consent_holds_for_this_content_only(tmp_path: Path, folder: Path) -> None:
    trust = Trust(tmp_path / "data" / "trust.json")
    assert not trust.is_trusted(folder, content_hash(folder))
    trust.grant(folder, content_hash(folder))
    assert Trust(trust.file).is_trusted(folder, content_hash(folder))
    assert stat.S_IMODE(trust.file.stat().st_mode) == 0o600
    (folder / "agentflow.toml").write_text("# a prompt changed")
    assert trust.is_trusted(folder, content_hash(folder))
    (folder / "steps" / "other.py").write_text("import os\n")
    assert not trust.is_trusted(folder, content_hash(folder))


def test_consent_does_not_move_to_another_folder(tmp_path: Path, folder: Path) -> None:
    trust = Trust(tmp_path / "trust.json")
    trust.grant(folder, content_hash(folder))
    copy = tmp_path / "copy"
    folder.rename(copy)
    assert not trust.is_trusted(copy, content_hash(copy))


@pytest.mark.parametrize("damage", ["", "[]", "{", '{"x": 1}', "\x00", "[" * 100_000])
def test_a_damaged_file_grants_nothing_and_can_be_replaced(tmp_path: Path, folder: Path, damage: str) -> None:
    trust = Trust(tmp_path / "trust.json")
    trust.file.write_text(damage)
    assert not trust.is_trusted(folder, content_hash(folder))
    trust.grant(folder, content_hash(folder))
    assert trust.is_trusted(folder, content_hash(folder))


def test_compiled_code_counts_and_environments_do_not(folder: Path) -> None:
    (folder / "fast.so").write_bytes(b"\x7fELF")
    (folder / "venv").mkdir()
    (folder / "venv" / "pyvenv.cfg").write_text("")
    (folder / "venv" / "a.py").write_text("")
    (folder / ".hidden").mkdir()
    (folder / ".hidden" / "b.py").write_text("")
    assert [file.name for file in code_files(folder)] == ["fast.so", "review.py"]


def test_a_folder_full_of_code_is_refused_early(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agentflow_tui.agents.trust._MOST_FILES", 2)
    for number in range(2):
        (folder / f"step{number}.py").write_text("")
    with pytest.raises(OSError, match="folder of its own"):
        content_hash(folder)


def test_renaming_changes_the_hash(folder: Path) -> None:
    before = content_hash(folder)
    (folder / "steps" / "review.py").rename(folder / "steps" / "other.py")
    assert content_hash(folder) != before


def test_what_cannot_be_imported_is_not_read(folder: Path) -> None:
    before = content_hash(folder)
    os.mkfifo(folder / "pipe.py")
    (folder / "endless.py").symlink_to("/dev/zero")
    (folder / ".#review.py").symlink_to("somebody@host.4711")
    (folder / "round.py").symlink_to("round.py")
    assert content_hash(folder) == before


def test_a_huge_file_is_refused_unread(folder: Path) -> None:
    with (folder / "huge.py").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(OSError, match="larger than 1 GB"):
        content_hash(folder)
