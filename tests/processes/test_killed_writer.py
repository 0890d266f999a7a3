"""What a killed process had stored is there, and what it drove is free."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from agentflow_tui.history import event as ev
from agentflow_tui.history.run_lock import RunLock, RunLockedError
from agentflow_tui.history.store import RunStore


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "runs" / "history.sqlite3"


WRITER = """
import asyncio, sys
from pathlib import Path
from agentflow_tui.history import event as ev
from agentflow_tui.history.delta import Delta
from agentflow_tui.history.store import RunStore

async def main():
    store = RunStore(Path(sys.argv[1]))
    store.append("r", [ev.RunStarted(seq=0, at=0.0, run_id="r", flow="f", mode="loop", chosen_by="",
                                     reason="", event={}, session_id="s")])
    seq = 1
    while True:
        for _ in range(7):
            store.append("r", [ev.TokensReceived(seq=seq, at=0.0, path="a", call="c", text="t")])
            seq += 1
        if seq % 3 == 0:
            store.append("r", [ev.AgentCompleted(seq=seq, at=0.0, path="a", agent="a", delta=Delta(),
                                                 duration=0)])
            seq += 1
        await store.flush()
        print(seq - 1, flush=True)

asyncio.run(main())
"""


async def loaded(path: Path) -> list[ev.HistoryEvent]:
    store = RunStore(path)
    history = await store.load("r")
    await store.aclose()
    return history


@pytest.mark.parametrize("acknowledgements", [1, 5, 40])
def test_a_killed_process_loses_nothing_it_acknowledged(path: Path, acknowledgements: int) -> None:
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    for _ in range(acknowledgements):
        assert writer.stdout.readline()
    os.kill(writer.pid, signal.SIGKILL)
    rest = writer.stdout.read().split("\n")
    writer.wait()
    writer.stdout.close()
    whole = [int(line) for line in rest[:-1]]
    history = asyncio.run(loaded(path))
    assert [event.seq for event in history] == list(range(len(history)))
    assert history[-1].seq >= max(whole, default=acknowledgements * 7)
    database = sqlite3.connect(path)
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()


DRIVER = """
import asyncio, sys
from pathlib import Path
from agentflow_tui.history.run_lock import RunLock

RunLock(Path(sys.argv[1]), "r").acquire()
print("driving", flush=True)
sys.stdin.read()
"""


def test_a_killed_process_lets_go_of_its_runs(tmp_path: Path) -> None:
    driver = subprocess.Popen(
        [sys.executable, "-c", DRIVER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert driver.stdout is not None
    assert driver.stdin is not None
    assert driver.stdout.readline() == "driving\n"
    lock = RunLock(tmp_path, "r")
    with pytest.raises(RunLockedError, match=f"process {driver.pid} since") as caught:
        lock.acquire()
    assert "fork" in caught.value.hint
    assert lock.is_taken()
    driver.send_signal(signal.SIGKILL)
    driver.wait()
    driver.stdout.close()
    driver.stdin.close()
    assert not lock.is_taken()
    lock.acquire()
    assert lock.is_held
    lock.release()
    lock.release()
