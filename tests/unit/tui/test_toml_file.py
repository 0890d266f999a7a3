"""Files of the user's that cannot be used are told of, whatever is in them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from agentflow_tui.tui.toml_file import LARGEST, TomlFileError, read_toml


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"a = " + b"1" * 5000, "settings.toml: Exceeds the limit"),
        (b"a = " + b"[" * 5000, "settings.toml: nested too deeply"),
        (b"a =", "settings.toml: Invalid value"),
        (b"\xff", "settings.toml: not UTF-8 text (byte 0)"),
        (b"#" * (LARGEST + 1), f"settings.toml: larger than {LARGEST} bytes"),
    ],
)
def test_what_is_no_toml_of_a_sensible_size_is_refused_in_one_line(
    tmp_path: Path, data: bytes, said: str
) -> None:
    file = tmp_path / "settings.toml"
    file.write_bytes(data)
    with pytest.raises(TomlFileError) as caught:
        read_toml(file)
    assert str(caught.value).startswith(said)


def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(tmp_path: Path) -> None:
    file = tmp_path / "keys.toml"
    os.mkfifo(file)
    with pytest.raises(TomlFileError, match=r"^keys\.toml: not a regular file$"):
        read_toml(file)


def test_a_folder_and_a_link_that_leads_to_itself_are_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "folder.toml").mkdir()
    (tmp_path / "loop.toml").symlink_to("loop.toml")
    with pytest.raises(TomlFileError, match=r"^folder\.toml: "):
        read_toml(tmp_path / "folder.toml")
    with pytest.raises(TomlFileError, match=r"^loop\.toml: Too many levels of symbolic links$"):
        read_toml(tmp_path / "loop.toml")
