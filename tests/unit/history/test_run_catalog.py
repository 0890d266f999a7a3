"""Runs are forked, named, tagged, searched, deleted and collected; one process drives one run."""

from __future__ import annotations

import os
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agentflow_tui.history import event as ev
from agentflow_tui.history import fold
from agentflow_tui.history.delta import Delta
from agentflow_tui.history.recording_shelf import RecordingShelf
from agentflow_tui.history.run_filter import RunFilter
from agentflow_tui.history.run_lock import RunLockedError
from agentflow_tui.history.store import RunStore
from agentflow_tui.history.store_error import StoreError
from tests.story import quality_loop


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "runs" / "history.sqlite3"


def history(run_id: str, day: int = 1, *, flow: str = "f", source: str = "record") -> list[ev.HistoryEvent]:
    """A loop with model calls and a long text, ended."""
    story = quality_loop()
    text = "".join(f"{run_id} {n} " for n in range(1000))
    story.add(ev.StateChanged, path="loop", delta=Delta(set={"draft": text}))
    story.add(ev.RunEnded, status="completed")
    first = story.events[0]
    assert isinstance(first, ev.RunStarted)
    first = replace(first, run_id=run_id, flow=flow, started_at=f"2026-01-{day:02}T00:00:00+00:00")
    return [
        first,
        *(
            replace(event, source=source) if isinstance(event, ev.ModelCallEnded) else event
            for event in story.events[1:]
        ),
    ]


async def stored(path: Path, *histories: list[ev.HistoryEvent]) -> RunStore:
    store = RunStore(path)
    for each in histories:
        assert isinstance(each[0], ev.RunStarted)
        store.append(each[0].run_id, each)
    await store.flush()
    return store


async def test_a_fork_has_the_events_up_to_there_and_goes_on_by_itself(path: Path) -> None:
    original = history("r")
    store = await stored(path, original)
    for cut in range(-1, len(original)):
        fork = await store.fork("r", cut, f"at {cut}")
        store.append(fork, [ev.Warned(seq=cut + 1, at=99.0, message="my own")] if cut >= 0 else original[:1])
        events = await store.load(fork)
        if cut < 0:
            assert events == original[:1]
            continue
        first = events[0]
        assert isinstance(first, ev.RunStarted)
        assert first.run_id == fork
        assert [replace(first, run_id="r"), *events[1:-1]] == original[: cut + 1]
        assert fold(events[:-1]).state == fold(original[: cut + 1]).state
        summary = next(run for run in await store.runs() if run.run_id == fork)
        assert (summary.name, summary.parent_run, summary.parent_seq) == (f"at {cut}", "r", cut)
        assert (summary.events, summary.origin) == (cut + 2, "fork")
        assert summary.completion_tokens == fold(events).completion_tokens
    assert await store.load("r") == original
    await store.aclose()


@pytest.mark.parametrize("seq", [-2, 10_000])
async def test_a_fork_needs_an_event_that_is_there(path: Path, seq: int) -> None:
    store = await stored(path, history("r"))
    with pytest.raises(StoreError, match=f"has no event {seq}"):
        await store.fork("r", seq)
    with pytest.raises(StoreError, match="no stored run 'x'"):
        await store.fork("x", 0)
    assert len(await store.runs()) == 1
    await store.aclose()


async def test_a_fork_outlives_its_parent(path: Path) -> None:
    original = history("r")
    store = await stored(path, original)
    fork = await store.fork("r", len(original) - 1, "kept")
    assert await store.ancestry(fork) == (fork, "r")
    await store.delete("r")
    assert await store.ancestry(fork) == (fork,)
    assert (await store.load(fork))[1:] == original[1:]
    assert [run.parent_run for run in await store.runs()] == ["r"]
    await store.delete(fork)
    await store.aclose()
    database = sqlite3.connect(path)
    for table in ("runs", "events", "blobs", "blob_uses", "calls"):
        assert database.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table
    database.close()


async def test_forks_share_their_recordings_with_nobody_but_the_family(path: Path) -> None:
    store = await stored(path, history("private", source="live"), history("shared", 2))
    key = (await RecordingShelf(store=store, runs=("private",), is_closed=True).candidates())[0].key
    assert await store.runs_with_call(key) == ["shared"]
    own = await RecordingShelf(store=store, runs=("private",)).find(key, 0)
    anybodys = await RecordingShelf(store=store).find(key, 0)
    assert own is not None
    assert own.ended is not None
    assert own.ended.source == "live"
    assert anybodys is not None
    assert anybodys.ended is not None
    assert anybodys.ended.source == "record"
    assert await RecordingShelf(store=store, is_closed=True).find(key, 0) is None
    assert await RecordingShelf(store=store).find(key, 5) is None
    await store.aclose()


async def test_runs_are_found(path: Path) -> None:
    store = await stored(path, history("one", 1, flow="100%_sure"), history("two", 2), history("three", 3))
    await store.describe("two", name="The Best")
    assert await store.tag("three", "demo", "x", " ") == ("demo", "x")
    assert await store.tag("three", remove=["x"]) == ("demo",)
    fork = await store.fork("one", 3)

    async def found(**which: str | int) -> list[str]:
        return [run.run_id for run in await store.runs(RunFilter(**which))]  # type: ignore[arg-type]

    assert await found() == [fork, "three", "two", "one"]
    assert await found(limit=2) == [fork, "three"]
    assert await found(text="best") == ["two"]
    assert await found(text="DEMO") == ["three"]
    assert await found(text="%_s") == [fork, "one"]
    assert await found(text="'; DROP TABLE runs; --") == []
    assert await found(tag="demo") == ["three"]
    assert await found(tag="dem") == []
    assert await found(status="unfinished") == [fork]
    assert await found(flow="f", mode="loop") == ["three", "two"]
    assert await found(parent_run="one") == [fork]
    await store.aclose()


async def test_the_text_of_the_flow_is_kept_with_the_run(path: Path) -> None:
    store = await stored(path, history("r"))
    assert await store.flow_text("r") == ""
    await store.describe("r", flow_text="[agent_flow]\n# ü\ud800\n")
    assert await store.flow_text("r") == "[agent_flow]\n# ü\ud800\n"
    fork = await store.fork("r", 2)
    await store.delete("r")
    assert await store.flow_text(fork) == "[agent_flow]\n# ü\ud800\n"
    await store.aclose()


async def test_a_history_from_elsewhere_gets_an_id_that_is_free(path: Path) -> None:
    original = history("r")
    store = await stored(path, original)
    new = await store.add(original, flow_text="x", name="from Ann")
    assert new != "r"
    assert (await store.load(new))[1:] == original[1:]
    assert await store.flow_text(new) == "x"
    other = await store.add(history("../../etc/passwd")[:-1])
    assert other == "../../etc/passwd"
    assert [(run.run_id, run.origin) for run in await store.runs(RunFilter(text="passwd"))] == [
        ("../../etc/passwd", "imported")
    ]
    assert await store.interrupted() == []
    with pytest.raises(StoreError, match="begins with the start"):
        await store.add(original[1:])
    with pytest.raises(StoreError, match="not numbered"):
        await store.add([original[0], original[2]])
    await store.aclose()


async def test_a_run_that_goes_on_is_not_interrupted_and_not_deleted(path: Path) -> None:
    store = await stored(path, history("r")[:-1], history("whole"))
    other = RunStore(path)
    for each in (store, other):
        assert await each.interrupted() == []
        with pytest.raises(RunLockedError, match=f"process {os.getpid()} since"):
            await each.delete("r")
        with pytest.raises(RunLockedError):
            await each.acquire("r")
    assert [run.run_id for run in await other.gc(max_bytes=0)] == ["whole"]
    await store.aclose()
    assert [run.run_id for run in await other.interrupted()] == ["r"]
    lock = await other.acquire("r")
    assert await other.interrupted() == []
    other.append("r", history("r")[-1:])
    await other.flush()
    assert not lock.is_held
    assert await other.load("r") == history("r")
    assert await other.interrupted() == []
    await other.aclose()
    assert list((path.parent / "locks").iterdir()) == []


async def test_events_for_a_run_that_another_process_drives_are_refused(path: Path) -> None:
    store = await stored(path, history("r")[:5])
    other = RunStore(path)
    other.append("r", [ev.Warned(seq=5, at=0.0, message="intruder")])
    with pytest.raises(RunLockedError):
        await other.flush()
    await other.aclose()
    assert len(await store.load("r")) == 5
    await store.aclose()


async def test_old_runs_and_too_much_are_collected_but_what_is_tagged_stays(path: Path) -> None:
    store = await stored(path, *(history(f"day{day}", day) for day in range(1, 9)))
    await store.tag("day1", "keep")
    now = datetime(2026, 1, 8, 1, tzinfo=UTC)
    gone = await store.gc(max_age=timedelta(days=4), now=now)
    assert [run.run_id for run in gone] == ["day2", "day3", "day4"]
    sizes = {run.run_id: run.size for run in await store.runs()}
    await store.aclose()
    before = path.stat().st_size
    gone = await store.gc(max_bytes=sizes["day1"] + sizes["day8"])
    assert [run.run_id for run in gone] == ["day5", "day6", "day7"]
    assert [run.run_id for run in await store.runs()] == ["day8", "day1"]
    assert await store.gc(max_age=timedelta(days=365), max_bytes=10**9, now=now) == ()
    await store.aclose()
    assert path.stat().st_size < before


async def test_deleting_leaves_what_other_runs_use(path: Path) -> None:
    shared = "y" * 10_000
    events = [
        [
            replace(event, run_id=run_id) if isinstance(event, ev.RunStarted) else event
            for event in (
                history("x")[0],
                ev.StateChanged(seq=1, at=0.0, path="", delta=Delta(set={"k": shared})),
            )
        ]
        for run_id in ("a", "b")
    ]
    store = await stored(path, *events)
    await store.aclose()
    await store.delete("a")
    assert await store.load("b") == events[1]
    await store.aclose()
