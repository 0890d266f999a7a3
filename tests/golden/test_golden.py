"""Histories of earlier versions, as `agentflow-tui export` wrote them: each is replayed exactly for ever."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentflow_tui.history import fold
from agentflow_tui.history.store import RunStore
from agentflow_tui.workbench import Workbench

FILES = sorted(Path(__file__).parent.glob("*.jsonl"))


def test_there_is_one_of_each_mode() -> None:
    assert {file.stem.split("_")[0] for file in FILES} >= {
        "route",
        "sequential",
        "loop",
        "collaborative",
        "mixed",
    }


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
async def test_a_history_of_an_earlier_version_comes_out_the_same(file: Path, tmp_path: Path) -> None:
    bench = Workbench(env={}, store=RunStore(tmp_path / "runs.sqlite3"))
    try:
        found = await bench.archive.read_file(file)
        assert found.problems == ()
        replay = await bench.replay(found)
        assert replay.is_exact, replay.text
        assert fold(replay.history).state == fold(found.history).state
        taken = await bench.archive.take_in(file)
        assert (await bench.archive.load(taken.run_id)).history[1:] == found.history[1:]
    finally:
        await bench.aclose()
