"""Files that are no flow give one clear problem at line 1, never an exception."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from agentflow_tui.config import check_file


def only_message(path: Path) -> str:
    checked = check_file(path, env={})
    assert checked.flow is None
    (problem,) = checked.problems
    assert (problem.severity, problem.line, problem.column) == ("error", 1, 1)
    assert problem.hint
    return problem.message


def test_no_such_file(tmp_path: Path) -> None:
    assert "does not exist" in only_message(tmp_path / "gone.toml")


def test_folder(tmp_path: Path) -> None:
    assert "is a folder" in only_message(tmp_path)


def test_empty(tmp_path: Path) -> None:
    (tmp_path / "a.toml").touch()
    assert "empty" in only_message(tmp_path / "a.toml")


def test_not_utf8(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes(b"a = '\xff'")
    assert "not UTF-8 text (byte 5)" in only_message(tmp_path / "a.toml")


def test_too_large(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes(b"#" * 5_000_000)
    assert "too large" in only_message(tmp_path / "a.toml")


def test_pipe_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.toml")
    assert "not a regular file" in only_message(tmp_path / "a.toml")


def test_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "a.toml").write_text("x = 1", encoding="utf-8")
    monkeypatch.setattr(Path, "open", refuse)
    assert "Permission denied" in only_message(tmp_path / "a.toml")


@pytest.mark.parametrize("name", ["x" * 5000, "a\x00b"], ids=["long", "NUL"])
def test_impossible_names(tmp_path: Path, name: str) -> None:
    assert len(only_message(tmp_path / name)) < 200


def test_windows_text(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes(b"\xef\xbb\xbf[orchestration]\r\nmode = 'rout'\r\n[agents.a]\r\n")
    (problem,) = check_file(tmp_path / "a.toml", env={}).problems
    assert (problem.line, problem.column, problem.end_column) == (2, 8, 14)
