"""Files of the user's that cannot be used are told of, whatever is in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentflow_tui.tui.toml_file import LARGEST, TomlFileError, read_toml


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"a = " + b"1" * 5000, "settings.toml: Exceeds the limit"),
        (b"a = " + b"[" * 5000, "settings.toml: nested too deeply"),
        (b"a =", "settings.toml: Invalid value"),
        (b"\xff", "settings.toml: 'utf-8' codec"),
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
