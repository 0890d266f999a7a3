from __future__ import annotations

import os
from pathlib import Path

import pytest

from agentflow_tui.workbench.flow_file import MAX_BYTES, FlowFile, UnreadableFileError

TEXT = "# a comment that stays\r\n[agent_flow]\nname = 'ü'   # aligned\n\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "flow.toml"
    path.write_bytes(TEXT.encode())
    return path


async def test_text_is_kept_verbatim(path: Path) -> None:
    file = FlowFile(path)
    assert file.read() == TEXT
    assert (await file.save(TEXT + "# more")).is_saved
    assert path.read_bytes().decode() == TEXT + "# more"
    assert [entry.name for entry in path.parent.iterdir()] == ["flow.toml"]


async def test_a_change_on_disk_is_never_overwritten_unasked(path: Path) -> None:
    file = FlowFile(path)
    file.read()
    path.write_text("theirs")
    assert file.is_changed_on_disk()
    assert (await file.save("mine")).outcome == "changed_on_disk"
    assert path.read_text() == "theirs"
    assert (await file.save("mine", force=True)).is_saved
    assert not file.is_changed_on_disk()
    assert (await file.save("mine again")).is_saved
    assert path.read_text() == "mine again"


async def test_a_touched_file_is_not_a_changed_one(path: Path) -> None:
    file = FlowFile(path)
    file.read()
    os.utime(path, (1, 1))
    assert (await file.save("x")).is_saved


async def test_mode_bits_links_and_byte_order_marks_survive(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbfa = 1\n")
    path.chmod(0o640)
    link = path.with_name("link.toml")
    link.symlink_to(path)
    file = FlowFile(link)
    assert file.read() == "a = 1\n"
    assert (await file.save("a = 2\n")).is_saved
    assert link.is_symlink()
    assert path.read_bytes() == b"\xef\xbb\xbfa = 2\n"
    assert path.stat().st_mode & 0o777 == 0o640


async def test_a_new_file_is_made(tmp_path: Path) -> None:
    file = FlowFile(tmp_path / "new.toml")
    assert file.read() == ""
    assert file.is_missing
    assert (await file.save("a = 1")).is_saved
    assert not file.is_missing
    assert (tmp_path / "new.toml").read_text() == "a = 1"


@pytest.mark.parametrize("kind", ["folder", "large", "latin1", "pipe"])
async def test_what_cannot_be_read_is_never_overwritten(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "flow.toml"
    match kind:
        case "folder":
            path.mkdir()
        case "large":
            path.write_bytes(b"#" * (MAX_BYTES + 1))
        case "latin1":
            path.write_bytes(b"name = '\xfc'")
        case _:
            os.mkfifo(path)
    file = FlowFile(path)
    with pytest.raises(UnreadableFileError) as caught:
        file.read()
    assert caught.value.hint
    result = await file.save("mine", force=True)
    assert result.outcome == "failed"
    if path.is_file():
        assert path.read_bytes() != b"mine"


async def test_failures_are_told_and_leave_no_rest(path: Path) -> None:
    file = FlowFile(path)
    file.read()
    assert "UTF-8" in (await file.save("\ud800")).message
    lost = FlowFile(path.parent / "gone" / "flow.toml")
    result = await lost.save("x")
    assert result.outcome == "failed"
    assert "No such file" in result.message
    assert path.read_bytes() == TEXT.encode()
    assert [entry.name for entry in path.parent.iterdir()] == ["flow.toml"]


def test_a_file_that_may_not_be_read_names_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "flow.toml"
    path.write_text("")

    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(UnreadableFileError, match="Permission denied") as refused:
        FlowFile(path).read()
    assert "chmod" in refused.value.hint
