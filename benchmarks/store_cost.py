"""What keeping a run in the SQLite store costs, beyond the run itself."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from statistics import median

from agentflow_tui.history.store import RunStore
from benchmarks.adapters.agentflow import AgentFlow
from benchmarks.verdict import Verdict
from benchmarks.workload import KB, Flow, Workload

ITERATIONS = 1000
CPU_LIMIT, DISK_LIMIT = 40.0, 1.0

_WORK = Workload("store", Flow("loop", length=ITERATIONS), size=100 * KB, is_nested=True)


async def measure(rounds: int) -> list[Verdict]:
    """Give CPU µs a step, the store's thread included, and MB on disk when the store is closed."""
    extra, disk = [], []
    for _ in range(rounds):
        without = await _cpu_without()
        stored, size = await _cpu_stored()
        extra.append(stored - without)
        disk.append(size)
    what = "SQLite store, an integer in a 100 KB state, 1 000 ×"
    return [
        Verdict(what, median(extra), "µs/step", CPU_LIMIT),
        Verdict("  on disk", median(disk), "MB", DISK_LIMIT),
    ]


async def _cpu_without() -> float:
    run = AgentFlow().build(_WORK.flow)
    started = time.process_time()
    await _WORK.perform(run)
    return (time.process_time() - started) * 1e6 / ITERATIONS


async def _cpu_stored() -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        store = RunStore(Path(folder) / "runs" / "history.sqlite3")
        # Opening the file is not part of a step.
        await store.runs()
        run = AgentFlow(lambda event: store.append("run", (event,))).build(_WORK.flow)
        started = time.process_time()
        await _WORK.perform(run)
        await store.flush()
        used = (time.process_time() - started) * 1e6 / ITERATIONS
        kept = len(await store.load("run"))
        assert kept > ITERATIONS, f"only {kept} events were stored"
        await store.aclose()
        return used, sum(file.stat().st_size for file in store.path.parent.iterdir()) / 1e6
