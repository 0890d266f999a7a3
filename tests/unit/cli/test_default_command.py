from __future__ import annotations

from pathlib import Path

import pytest

from agentflow_tui.cli.main import _with_default_command


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], ["open"]),
        (["flow.toml"], ["open", "flow.toml"]),
        (["./run"], ["open", "./run"]),
        (["folder/flow"], ["open", "folder/flow"]),
        (["run", "flow.toml"], ["run", "flow.toml"]),
        (["open", "flow.toml"], ["open", "flow.toml"]),
        (["model", "get"], ["model", "get"]),
        (["--no-mouse", "flow.toml"], ["open", "--no-mouse", "flow.toml"]),
        (["--version"], ["--version"]),
        (["-h"], ["-h"]),
        (["chekc"], ["chekc"]),
    ],
)
def test_a_file_opens_and_everything_else_is_a_command(arguments: list[str], expected: list[str]) -> None:
    assert _with_default_command(arguments) == expected


def test_a_file_without_an_ending_opens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "myflow").write_text("")
    monkeypatch.chdir(tmp_path)
    assert _with_default_command(["myflow"]) == ["open", "myflow"]


@pytest.mark.parametrize("command", ["run", "model", "marks"])
def test_a_command_is_one_also_beside_a_file_of_that_name(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / command).write_text("")
    monkeypatch.chdir(tmp_path)
    assert _with_default_command([command, "x"]) == [command, "x"]
