"""Store files of other versions, damaged ones, and folders and disks that do not want them."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from agentflow_tui.history import event as ev
from agentflow_tui.history.codec import to_line
from agentflow_tui.history.delta import Delta
from agentflow_tui.history.recording import recordings_of
from agentflow_tui.history.run_filter import RunFilter
from agentflow_tui.history.schema import SCHEMA_VERSION
from agentflow_tui.history.store import RunStore
from agentflow_tui.history.store_error import StoreError
from tests.story import quality_loop

VERSION_1 = """
CREATE TABLE runs(
  run_id TEXT PRIMARY KEY, flow TEXT NOT NULL, mode TEXT NOT NULL, started_at TEXT NOT NULL,
  status TEXT NOT NULL, error TEXT NOT NULL
) STRICT;
CREATE TABLE events(
  run_id TEXT NOT NULL REFERENCES runs(run_id), seq INTEGER NOT NULL, kind TEXT NOT NULL, data TEXT NOT NULL,
  PRIMARY KEY(run_id, seq)
) STRICT, WITHOUT ROWID;
PRAGMA user_version = 1;
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "runs"
    folder.mkdir()
    return folder / "history.sqlite3"


def write_version_1(path: Path, histories: dict[str, list[ev.HistoryEvent]]) -> None:
    """Write a file as the first version did."""
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode = WAL")
    database.executescript(VERSION_1)
    for run_id, history in histories.items():
        database.execute(
            "INSERT INTO runs VALUES (?, 'f', 'loop', '2026-01-01T00:00:00Z', 'completed', '')", (run_id,)
        )
        # The first version did not know where an answer came from.
        lines = [to_line(event).replace(',"source":"live"', "") for event in history]
        database.executemany(
            "INSERT INTO events VALUES (?, ?, ?, ?)",
            [(run_id, event.seq, event.kind, line) for event, line in zip(history, lines, strict=True)],
        )
    database.commit()
    database.close()


async def test_runs_of_the_second_version_are_kept_and_have_no_file(path: Path) -> None:
    story = quality_loop()
    store = RunStore(path)
    run_id = await store.add(story.events, flow_text="text", name="named")
    await store.aclose()
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("ALTER TABLE runs DROP COLUMN flow_path")
        database.execute("PRAGMA user_version = 2")
        database.commit()
    later = RunStore(path)
    assert (await later.load(run_id))[1:] == story.events[1:]
    (summary,) = await later.runs()
    assert (summary.name, summary.flow_path) == ("named", "")
    await later.describe(run_id, flow_path="/flows/one.toml")
    assert (await later.runs())[0].flow_path == "/flows/one.toml"
    await later.aclose()
    assert await version(path) == SCHEMA_VERSION


async def test_runs_of_the_first_version_are_kept(path: Path) -> None:
    story = quality_loop()
    write_version_1(path, {"r": story.events, "empty": []})
    store = RunStore(path)
    assert await store.load("r") == story.events
    summary = (await store.runs(RunFilter(text="r")))[0]
    assert (summary.run_id, summary.status, summary.events) == ("r", "completed", len(story.events))
    assert (summary.prompt_tokens, summary.completion_tokens) == (24, 80)
    assert summary.duration == story.events[-1].at
    assert summary.size > 1000
    key = recordings_of(story.events)[0].key
    assert await store.runs_with_call(key) == ["r"]
    store.append("new", [started("new")])
    assert len(await store.runs()) == 3
    await store.aclose()
    assert await version(path) == SCHEMA_VERSION
    again = RunStore(path)
    assert await again.load("r") == story.events
    await again.aclose()


async def test_a_migration_that_fails_leaves_the_file_as_it_was(path: Path) -> None:
    write_version_1(path, {"r": quality_loop().events})
    with sqlite3.connect(path) as database:
        database.execute("UPDATE events SET data = 'torn' WHERE kind = 'model_call_started'")
    database.close()
    store = RunStore(path)
    with pytest.raises(StoreError):
        await store.runs()
    assert await version(path) == 1
    with sqlite3.connect(path) as database:
        assert database.execute("SELECT count(*) FROM runs").fetchone() == (1,)
    database.close()


async def test_two_processes_may_migrate_at_once(path: Path) -> None:
    write_version_1(path, {"r": quality_loop().events})
    stores = [RunStore(path) for _ in range(5)]
    lists = await asyncio.gather(*(store.runs() for store in stores))
    assert [len(each) for each in lists] == [1] * 5
    for store in stores:
        await store.aclose()


async def test_a_newer_file_is_not_touched(path: Path) -> None:
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE runs(strange TEXT)")
    database.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    database.close()
    before = digest(path)
    store = RunStore(path)
    store.append("r", [started("r")])
    for attempt in (store.runs(), store.flush(), store.fork("r", 0), store.delete("r"), store.gc()):
        with pytest.raises(StoreError, match="newer version") as caught:
            await attempt
        assert "update agentflow-tui" in caught.value.hint
    with pytest.raises(StoreError):
        await store.aclose()
    assert digest(path) == before
    assert sorted(file.name for file in path.parent.iterdir() if file.is_file()) == [path.name]


@pytest.mark.parametrize("folder", ["/proc/agentflow", "/sys/agentflow"])
async def test_a_folder_that_cannot_be_written_names_the_way_out(folder: str) -> None:
    told: list[StoreError] = []
    store = RunStore(Path(folder) / "history.sqlite3", on_failure=told.append)
    store.append("r", [started("r")])
    with pytest.raises(StoreError, match="cannot") as caught:
        await store.flush()
    assert "XDG_DATA_HOME" in caught.value.hint
    assert [error.message for error in told] == [caught.value.message]


async def test_a_read_only_database_says_so(path: Path) -> None:
    store = RunStore(path)
    store.append("r", [started("r")])
    await store.flush()
    assert store._connection is not None
    await store._connection.execute("PRAGMA query_only = ON")
    store.append("r", [warned(1)])
    with pytest.raises(StoreError, match="cannot write to") as caught:
        await store.flush()
    assert "XDG_DATA_HOME" in caught.value.hint
    assert len(await store.load("r")) == 1
    await store._connection.execute("PRAGMA query_only = OFF")
    await store.flush()
    assert len(await store.load("r")) == 2
    await store.aclose()


async def test_a_disk_that_is_full_keeps_what_was_stored_and_takes_the_rest_later(path: Path) -> None:
    store = RunStore(path)
    store.append("r", [started("r"), state(1, text=os.urandom(5000).hex())])
    await store.flush()
    assert store._connection is not None
    async with store._connection.execute("PRAGMA page_count") as cursor:
        row = await cursor.fetchone()
    assert row is not None
    await store._connection.execute(f"PRAGMA max_page_count = {row[0]}")
    seq = 2
    with pytest.raises(StoreError, match="the disk is full") as caught:
        while seq < 100:
            store.append("r", [state(seq, text=os.urandom(5000).hex())])
            seq += 1
            await store.flush()
    assert "free some space" in caught.value.hint
    assert [event.seq for event in await store.load("r")] == list(range(seq - 1))
    await store._connection.execute("PRAGMA max_page_count = 100000")
    store.append("r", [state(seq, text="more")])
    await store.flush()
    assert [event.seq for event in await store.load("r")] == list(range(seq + 1))
    await store.aclose()


async def test_a_file_locked_by_another_process_names_it(path: Path) -> None:
    store = RunStore(path)
    await store.runs()
    assert store._connection is not None
    await store._connection.execute("PRAGMA busy_timeout = 1")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    store.append("r", [started("r")])
    with pytest.raises(StoreError, match="another program holds") as caught:
        await store.flush()
    assert "close it" in caught.value.hint
    other.execute("ROLLBACK")
    other.close()
    await store.flush()
    assert len(await store.runs()) == 1
    await store.aclose()


@pytest.mark.parametrize("where", [0, 100, 5000, 20000])
async def test_a_damaged_file_is_reported_and_never_read_wrongly(path: Path, where: int) -> None:
    store = RunStore(path)
    history = [started("r"), *(state(seq, text=os.urandom(2000).hex()) for seq in range(1, 30))]
    store.append("r", history)
    await store.aclose()
    content = bytearray(path.read_bytes())
    content[where : where + 3000] = os.urandom(3000)
    path.write_bytes(content)
    again = RunStore(path)
    try:
        assert await again.load("r") == history
    except StoreError as error:
        assert error.hint
    await again.aclose()


async def test_a_half_written_file_is_no_store(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\0" + b"\1" * 3000)
    with pytest.raises(StoreError, match="damaged") as caught:
        await RunStore(path).runs()
    assert "move the file away" in caught.value.hint


def started(run_id: str) -> ev.HistoryEvent:
    return ev.RunStarted(
        seq=0,
        at=0.0,
        run_id=run_id,
        flow="f",
        mode="loop",
        chosen_by="default",
        reason="",
        event={"id": "e", "data": {}, "metadata": {}},
        session_id="e",
        started_at="2026-01-01T00:00:00Z",
    )


def warned(seq: int) -> ev.HistoryEvent:
    return ev.Warned(seq=seq, at=0.0, message="m")


def state(seq: int, **values: Any) -> ev.HistoryEvent:
    return ev.StateChanged(seq=seq, at=float(seq), path="p", delta=Delta(set=values))


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


async def version(path: Path) -> int:
    database = sqlite3.connect(path)
    row = database.execute("PRAGMA user_version").fetchone()
    database.close()
    return int(row[0])
