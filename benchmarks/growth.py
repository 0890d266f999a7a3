"""How the cost of a step grows: the exponent k of CPU time per step ~ n^k; 0 is no growth."""

from __future__ import annotations

from math import log

from agentflow_tui.history.event import HistoryEvent
from benchmarks.adapters.agentflow import AgentFlow
from benchmarks.race import Race
from benchmarks.verdict import Verdict
from benchmarks.workload import KB, Flow, Workload

LIMIT = 0.1

_CHAINS = [Workload(f"chain {n}", Flow("chain", length=n), runs=1500 // n) for n in (10, 300)]
_FANS = [Workload(f"fan {n}", Flow("fan", width=n), runs=1000 // n) for n in (10, 1000)]
_LOOPS = [Workload(f"loop {n}", Flow("loop", length=n), runs=10_000 // n) for n in (1000, 10_000)]
_STATES = [
    Workload(f"state {size}", Flow("loop", length=1000), size=size, is_nested=True) for size in (KB, KB * KB)
]


def exponent(small: float, large: float, factor: float) -> float:
    """The k of n^k between two costs, the second for `factor` times as much."""
    return log(large / small) / log(factor)


async def measure(rounds: int) -> list[Verdict]:
    """Give one verdict for each way in which a flow can be larger."""
    engine = AgentFlow()
    race = await Race.between([engine], [*_CHAINS, *_FANS, *_LOOPS, *_STATES], rounds)
    kept = await _kept_history(rounds)

    def cost(workload: Workload) -> float:
        return race.cpu(workload.name, engine.name)

    return [
        _verdict("chain of 10 → 300", 30, *map(cost, _CHAINS)),
        _verdict("fan-out of 10 → 1 000", 100, *map(cost, _FANS)),
        _verdict("loop of 1 000 → 10 000", 10, *map(cost, _LOOPS)),
        _verdict("nested state of 1 KB → 1 MB, loop of 1 000", KB, *map(cost, _STATES)),
        _verdict("history kept in memory, loop of 1 000 → 10 000", 10, *kept),
    ]


async def _kept_history(rounds: int) -> list[float]:
    """CPU µs per step of loops whose whole history stays in memory."""
    history: list[HistoryEvent] = []
    engine = AgentFlow(history.append)
    costs = []
    for workload in _LOOPS:
        single = Workload(workload.name, workload.flow)
        samples = []
        for _ in range(rounds):
            history.clear()
            race = await Race.between([engine], [single], 1)
            samples.append(race.cpu(single.name, engine.name))
        costs.append(sorted(samples)[len(samples) // 2])
    return costs


def _verdict(what: str, factor: float, small: float, large: float) -> Verdict:
    return Verdict(
        f"growth, {what} ({small:.0f} → {large:.0f} µs)", exponent(small, large, factor), "", LIMIT
    )
