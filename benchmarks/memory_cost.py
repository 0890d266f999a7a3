"""What a loop keeps in memory for each iteration while it runs."""

from __future__ import annotations

import gc
import tracemalloc

from agentflow_tui.history.event import HistoryEvent, IterationEnded
from benchmarks.adapters.agentflow import AgentFlow
from benchmarks.verdict import Verdict
from benchmarks.workload import Flow, first_state

FIRST, LAST = 500, 2500
NOTHING = 1.0
"""Bytes an iteration that count as none: a counter may grow."""
WITH_HISTORY = 1024.0


class _Listener:
    """Weighs the process after two iterations; keeps the history, or none."""

    def __init__(self, history: list[HistoryEvent] | None) -> None:
        self._history = history
        self.weights: list[int] = []

    def __call__(self, event: HistoryEvent) -> None:
        if self._history is not None:
            self._history.append(event)
        if isinstance(event, IterationEnded) and event.iteration in (FIRST, LAST):
            gc.collect()
            self.weights.append(tracemalloc.get_traced_memory()[0])


async def measure() -> list[Verdict]:
    """Give the bytes per iteration without and with a history in memory."""
    return [
        Verdict("memory kept per loop iteration, no history", await _bytes(None), "bytes", NOTHING),
        Verdict("memory kept per loop iteration, history", await _bytes([]), "bytes", WITH_HISTORY),
    ]


async def _bytes(history: list[HistoryEvent] | None) -> float:
    listener = _Listener(history)
    run = AgentFlow(listener).build(Flow("loop", length=LAST + 10))
    tracemalloc.start()
    try:
        await run(first_state())
    finally:
        tracemalloc.stop()
    before, after = listener.weights
    # A list grows by leaps; a byte now and then is none of an iteration's.
    return max(0.0, (after - before) / (LAST - FIRST))
