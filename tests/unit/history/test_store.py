"""Stored runs come back as they were, and trouble with the disk never reaches the run."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
from pathlib import Path

import pytest

from agentflow_tui.history import database
from agentflow_tui.history import event as ev
from agentflow_tui.history.delta import Delta
from agentflow_tui.history.store import RunStore
from agentflow_tui.history.store_error import StoreError


def started(run_id: str, at: str = "2026-01-01T00:00:00Z") -> ev.HistoryEvent:
    return ev.RunStarted(
        seq=0,
        at=0.0,
        run_id=run_id,
        flow="flow",
        mode="loop",
        chosen_by="default",
        reason="",
        event={"id": "e", "data": {"message": "ü\ud800"}, "metadata": {}},
        session_id="e",
        started_at=at,
    )


def tokens(first: int, count: int) -> list[ev.HistoryEvent]:
    return [
        ev.TokensReceived(seq=seq, at=0.1, path="a", call="c", text=f"t{seq}")
        for seq in range(first, first + count)
    ]


def agent_done(seq: int) -> ev.HistoryEvent:
    return ev.AgentCompleted(
        seq=seq, at=1.0, path="a", agent="a", delta=Delta(set={"k": [1, {"x": None}]}), duration=1
    )


def random_text(length: int) -> str:
    """Text that cannot be compressed to much less than half."""
    return os.urandom(length // 2).hex()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "runs" / "history.sqlite3"


async def test_a_run_comes_back_as_it_was(path: Path) -> None:
    history = [
        started("r"),
        *tokens(1, 300),
        agent_done(301),
        ev.RunEnded(seq=302, at=2, status="failed", error="why"),
    ]
    store = RunStore(path)
    for event in history:
        store.append("r", [event])
    await store.flush()
    assert await store.load("r") == history
    await store.aclose()
    again = RunStore(path)
    assert await again.load("r") == history
    [summary] = await again.runs()
    assert (summary.run_id, summary.flow, summary.mode, summary.status) == ("r", "flow", "loop", "failed")
    assert (summary.error, summary.events) == ("why", 303)
    await again.aclose()


async def test_what_is_appended_is_written_without_asking(path: Path) -> None:
    store = RunStore(path)
    store.append("r", [started("r"), agent_done(1)])
    reader = RunStore(path)
    async with asyncio.timeout(20):
        while not await reader.runs():
            continue
    assert [run.status for run in await reader.runs()] == ["unfinished"]
    await reader.aclose()
    await store.aclose()


async def test_runs_are_listed_newest_first(path: Path) -> None:
    store = RunStore(path)
    store.append("old", [started("old", "2026-01-01T00:00:00Z")])
    store.append("new", [started("new", "2026-01-02T00:00:00Z")])
    assert [run.run_id for run in await store.runs()] == ["new", "old"]
    await store.aclose()


async def test_only_the_user_can_read_the_folder_and_the_files(path: Path) -> None:
    store = RunStore(path)
    store.append("r", [started("r")])
    await store.flush()
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir() if file.is_file()} == {0o600}
    await store.aclose()


async def test_the_default_place_is_the_data_folder() -> None:
    assert RunStore().path.parts[-3:] == ("agentflow-tui", "runs", "history.sqlite3")


async def test_an_unknown_run_is_named(path: Path) -> None:
    store = RunStore(path)
    with pytest.raises(StoreError, match="there is no stored run 'nope'"):
        await store.load("nope")
    await store.aclose()


async def test_a_damaged_event_is_named_by_its_line(path: Path) -> None:
    store = RunStore(path)
    store.append("r", [started("r"), agent_done(1)])
    await store.aclose()
    with sqlite3.connect(path) as database:
        database.execute('UPDATE events SET data = \'{"kind":"boo"}\' WHERE seq = 1')
    database.close()
    again = RunStore(path)
    with pytest.raises(StoreError, match="run 'r' cannot be read: line 2: unknown kind of event: 'boo'"):
        await again.load("r")
    await again.aclose()


async def test_a_newer_format_is_left_alone(path: Path) -> None:
    path.parent.mkdir(parents=True)
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    store = RunStore(path)
    with pytest.raises(StoreError, match="newer version .format 99") as caught:
        await store.runs()
    assert "update agentflow-tui" in caught.value.hint
    await store.aclose()


async def test_a_file_that_is_no_database_is_left_alone(path: Path) -> None:
    path.parent.mkdir(parents=True)
    await asyncio.to_thread(path.write_bytes, b"this is a letter to my aunt\n" * 100)
    store = RunStore(path)
    with pytest.raises(StoreError, match="no run store") as caught:
        await store.runs()
    assert "move the file away" in caught.value.hint
    await store.aclose()
    assert (await asyncio.to_thread(path.read_bytes)).startswith(b"this is a letter")


async def test_a_folder_that_cannot_be_made_is_told_once_and_the_run_goes_on(tmp_path: Path) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("x")
    told: list[StoreError] = []
    store = RunStore(blocker / "runs" / "history.sqlite3", on_failure=told.append)
    store.append("r", [started("r"), agent_done(1)])
    for _ in range(3):
        with pytest.raises(StoreError):
            await store.flush()
    assert len(told) == 1
    assert store.failure is not None
    assert "XDG_DATA_HOME" in told[0].hint
    blocker.unlink()
    await store.flush()
    assert store.failure is None
    assert len(await store.load("r")) == 2
    await store.aclose()


async def test_a_full_disk_loses_nothing_that_fits_later(path: Path) -> None:
    store = RunStore(path)
    store.append("r", [started("r")])
    await store.flush()
    # SQLite's own limit raises exactly what a full disk raises.
    assert store._connection is not None
    await store._connection.execute("PRAGMA max_page_count = 8")
    big = ev.Warned(seq=1, at=1.0, message=random_text(100_000))
    store.append("r", [big])
    with pytest.raises(StoreError, match="the disk is full"):
        await store.flush()
    await store._connection.execute("PRAGMA max_page_count = 100000")
    await store.flush()
    assert await store.load("r") == [started("r"), big]
    await store.aclose()


async def test_a_file_held_by_another_program_is_tried_again(path: Path) -> None:
    store = RunStore(path)
    store.append("r", [started("r")])
    await store.flush()
    assert store._connection is not None
    await store._connection.execute("PRAGMA busy_timeout = 1")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    store.append("r", [agent_done(1)])
    with pytest.raises(StoreError, match="another program holds"):
        await store.flush()
    other.execute("ROLLBACK")
    other.close()
    await store.flush()
    assert len(await store.load("r")) == 2
    await store.aclose()


async def test_programs_that_make_the_file_at_the_same_moment_all_open_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_PATIENCE_SECONDS", 60)  # the disk of a busy machine can be slow
    for number in range(12):  # where nobody waits one in about six fails
        stores = [RunStore(path.with_name(f"{number}.sqlite")) for _ in range(4)]
        assert await asyncio.gather(*(store.runs() for store in stores)) == [[]] * 4
        for store in stores:
            await store.aclose()


async def test_a_file_whose_journal_cannot_be_switched_is_held_by_another_program(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = RunStore(path)
    await store.runs()
    await store.aclose()
    monkeypatch.setattr(database, "_PATIENCE_SECONDS", 0)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("PRAGMA journal_mode = DELETE")
    other.execute("BEGIN")
    other.execute("SELECT * FROM runs").fetchall()
    store = RunStore(path)
    with pytest.raises(StoreError, match="another program holds"):
        await store.runs()
    other.close()
    assert await store.runs() == []
    await store.aclose()


async def test_the_same_event_twice_is_refused(path: Path) -> None:
    store = RunStore(path)
    store.append("r", [started("r")])
    await store.flush()
    store.append("r", [started("r")])
    with pytest.raises(StoreError, match="events of run 'r' cannot be stored: UNIQUE"):
        await store.flush()
    store.append("other", [started("other")])
    assert len(await store.runs()) == 2
    await store.aclose()


async def test_a_value_that_is_no_json_is_refused_and_holds_nothing_up(path: Path) -> None:
    store = RunStore(path)
    store.append("r", [started("r"), ev.StateChanged(seq=1, at=0.0, path="", delta=Delta(set={"k": {1, 2}}))])
    with pytest.raises(StoreError, match="not JSON serializable"):
        await store.flush()
    store.append("other", [started("other")])
    assert [run.run_id for run in await store.runs()] == ["other"]
    await store.aclose()


async def test_a_long_loop_over_a_big_state_stays_small(path: Path) -> None:
    store = RunStore(path)
    store.append("r", [started("r")])
    for seq in range(1, 1001):
        delta = Delta(set={f"part{seq % 100}": "x" * 1000})
        store.append(
            "r", [ev.AgentCompleted(seq=seq, at=1.0, path="a", agent="a", delta=delta, duration=0.1)]
        )
    await store.aclose()
    assert sum(file.stat().st_size for file in path.parent.iterdir()) < 5_000_000
