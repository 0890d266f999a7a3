"""A process killed at any event, or at any statement to the database, loses nothing it acknowledged."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from agentflow_tui.history import event as ev
from agentflow_tui.history import fold
from agentflow_tui.history.resume import resume_point
from agentflow_tui.history.run_file import run_file_lines
from agentflow_tui.history.store import RunStore
from tests.unit.history.test_scrub import busy_story

# One process forks a child for each death, before any thread or event loop exists in it.
MORTUARY = """
import asyncio, json, os, signal, sqlite3, sys
from pathlib import Path
import aiosqlite
from agentflow_tui.history.run_file import read_run
from agentflow_tui.history.store import RunStore

history = read_run(sys.stdin.buffer).history
folder, deaths = Path(sys.argv[1]), json.loads(sys.argv[2])

async def live(number, at_event, at_statement):
    store = RunStore(folder / str(number) / "history.sqlite3")
    left = at_statement
    def count(_statement):
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
    with (folder / f"{number}.acknowledged").open("w") as told:
        for event in history[: at_event + 1]:
            if event.seq == at_event and at_statement:
                await (await store._open()).set_trace_callback(count)
            store.append("r", [event])
            await store.flush()
            print(event.seq, file=told, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)

for number, death in enumerate(deaths):
    child = os.fork()
    if not child:
        asyncio.run(live(number, *death))
        os._exit(0)
    _, status = os.waitpid(child, 0)
    print(os.waitstatus_to_exitcode(status), flush=True)
"""


@pytest.fixture(scope="module")
def history() -> list[ev.HistoryEvent]:
    """A run with a parallel phase, streams and a text so long that it is kept apart."""
    story = busy_story(2)
    story.call("long", "c", "word " * 2000)
    story.answered("long", "c", "word " * 2000)
    story.agent("long", response="word " * 2000, long_response="word " * 2000)
    story.agent("long", response="word " * 1999 + "end")
    story.add(ev.RunEnded, status="completed")
    return story.events


def deaths_of(
    folder: Path, history: list[ev.HistoryEvent], deaths: list[tuple[int, int]]
) -> Iterator[tuple[Path, int]]:
    """Let a child die each of the deaths; give its store and the last event that it acknowledged."""
    dead = subprocess.run(
        [sys.executable, "-c", MORTUARY, str(folder), json.dumps(deaths)],
        input="".join(run_file_lines(history)),
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert dead.stdout.split() == [str(-signal.SIGKILL)] * len(deaths), dead.stderr
    for number in range(len(deaths)):
        told = (folder / f"{number}.acknowledged").read_text().split()
        yield folder / str(number) / "history.sqlite3", int(told[-1]) if told else -1


async def examine(path: Path, acknowledged: int, history: list[ev.HistoryEvent]) -> int:
    """Check a store whose process died; return how many events it holds."""
    store = RunStore(path)
    runs = await store.runs()
    if acknowledged < 0 and not runs:
        await store.aclose()
        return 0
    found = await store.load("r")
    assert found == history[: len(found)]
    assert len(found) > acknowledged
    [summary] = runs
    assert (summary.events, summary.run_id) == (len(found), "r")
    assert summary.completion_tokens == fold(found).completion_tokens
    is_over = isinstance(found[-1], ev.RunEnded)
    assert [run.run_id for run in await store.interrupted()] == ([] if is_over else ["r"])
    if not is_over:
        point = resume_point(found, len(found) - 1)
        await store.acquire("r")
        store.append(
            "r", [*point.closing, ev.Warned(seq=len(found) + len(point.closing), at=9.0, message="resumed")]
        )
        await store.flush()
        assert (await store.load("r"))[: len(found)] == found
    await store.aclose()
    database = sqlite3.connect(path)
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    database.close()
    return len(found)


async def test_killed_after_each_event_of_a_run(tmp_path: Path, history: list[ev.HistoryEvent]) -> None:
    deaths = [(seq, 0) for seq in range(len(history))]
    for death, (path, acknowledged) in zip(deaths, deaths_of(tmp_path, history, deaths), strict=True):
        assert acknowledged == death[0]
        assert await examine(path, acknowledged, history) == acknowledged + 1


async def test_killed_at_each_statement_of_a_write(tmp_path: Path, history: list[ev.HistoryEvent]) -> None:
    first_long = next(event.seq for event in history if getattr(event, "text", "").startswith("word"))
    moments = (0, 1, first_long, len(history) - 2, len(history) - 1)
    deaths = [(seq, statement) for seq in moments for statement in range(1, 14)]
    stored = set()
    for (seq, statement), (path, acknowledged) in zip(
        deaths, deaths_of(tmp_path, history, deaths), strict=True
    ):
        assert acknowledged in (seq - 1, seq)
        count = await examine(path, acknowledged, history)
        assert count in (seq, seq + 1)
        stored.add((seq, count == seq + 1))
        # Dying before the first statement stores nothing of it.
        assert statement > 1 or count == seq
    assert stored == {(seq, is_stored) for seq in moments for is_stored in (False, True)}


def test_the_mortuary_kills_for_real(tmp_path: Path, history: list[ev.HistoryEvent]) -> None:
    [(path, acknowledged)] = deaths_of(tmp_path, history, [(3, 0)])
    assert acknowledged == 3
    # Nobody closed the database: its log is still there.
    assert path.with_name(f"{path.name}-wal").stat().st_size > 0


FORGETFUL = """
import asyncio, sys
from pathlib import Path
from agentflow_tui.history.store import RunStore

async def main():
    return store, await store.runs()

store = RunStore(Path(sys.argv[1]))
print(asyncio.run(main())[1])
"""


def test_a_store_that_nobody_closes_keeps_no_process_alive(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FORGETFUL, str(tmp_path / "runs" / "history.sqlite3")],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        cwd=Path(__file__).parents[2],
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")
