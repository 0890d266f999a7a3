"""What a store takes on the disk, and how long ten thousand runs take to be listed."""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest

from agentflow_tui.history import event as ev
from agentflow_tui.history.packing import Packer
from agentflow_tui.history.run_filter import RunFilter
from agentflow_tui.history.store import RunStore
from tests.story import Story
from tests.unit.history.test_store_files import path, warned

__all__ = ["path"]


@pytest.mark.parametrize("kind", ["keys", "text", "document"])
async def test_a_thousand_iterations_over_a_big_state_stay_under_5_mb(path: Path, kind: str) -> None:
    store = RunStore(path)
    items = [os.urandom(500).hex() for _ in range(100)]
    data: dict[str, Any] = {"text": "".join(items)} if kind == "text" else {"document": list(items)}
    story = Story({f"part{n}": item for n, item in enumerate(items)} if kind == "keys" else data)
    for iteration in range(1, 1001):
        items[iteration % 100] = os.urandom(500).hex()
        all_changes: dict[str, dict[str, Any]] = {
            "keys": {f"part{iteration % 100}": items[iteration % 100]},
            "text": {"text": "".join(items)},
            "document": {"document": list(items)},
        }
        story.add(ev.IterationStarted, path="loop", iteration=iteration)
        story.agent("loop/a", iteration=iteration, **all_changes[kind])
        story.add(ev.IterationEnded, path="loop", iteration=iteration)
    store.append("r", story.events)
    await store.flush()
    assert await store.load("r") == story.events
    [summary] = await store.runs()
    await store.aclose()
    size = sum(file.stat().st_size for file in path.parent.iterdir() if file.is_file())
    assert size < 5_000_000
    assert summary.size < size < 2 * summary.size + 200_000


async def test_ten_thousand_runs_are_listed_at_once(path: Path) -> None:
    store = RunStore(path)
    await store.runs()
    await store.aclose()
    database = sqlite3.connect(path)
    database.executemany(
        "INSERT INTO runs(run_id, flow, mode, started_at, status, tags)"
        " VALUES (?, 'flow', 'loop', ?, 'failed', ?)",
        [
            (f"run-{n}", f"2026-01-01T00:{n // 60 % 60:02}:{n % 60:02}", '["x"]' if n % 2 else "[]")
            for n in range(10_000)
        ],
    )
    row = Packer().pack(warned(1))
    database.executemany(
        "INSERT INTO events VALUES (?, ?, 'warned', ?, NULL)",
        [(run, seq, row.data) for run in range(1, 10_001) for seq in range(5)],
    )
    database.commit()
    database.close()
    await store.runs(RunFilter(limit=1))
    began = time.process_time()
    runs = await store.runs()
    seconds = time.process_time() - began
    await store.aclose()
    assert len(runs) == 10_000
    assert seconds < 0.2
