"""What a step costs in the engine, against plain asyncio that does as much, and against other engines."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks import growth, memory_cost, store_cost
from benchmarks.adapters.adapter import Adapter
from benchmarks.adapters.agentflow import AgentFlow
from benchmarks.adapters.bare import Bare, BareEngine
from benchmarks.peers import peers
from benchmarks.race import Race
from benchmarks.verdict import Verdict
from benchmarks.workload import Flow, Workload

ROUNDS = 5
SLEEP_LIMIT = 15.0
"""Milliseconds that 100 agents side by side may take which sleep 10 ms each."""


@dataclass(frozen=True, slots=True)
class Promise:
    """A workload and the ratios that are promised for it."""

    workload: Workload
    at_most: float
    """Times the yardstick, `bare+engine`."""
    at_least: dict[str, float]
    """By peer, how many times faster than it."""


_IN_A_ROW = {"burr": 2.0, "langgraph": 10.0}
_SIDE_BY_SIDE = {"burr": 5.0, "langgraph": 5.0}
_WHOLE_RUNS = {"burr": 3.0, "langgraph": 10.0}
PROMISES = (
    Promise(Workload("chain of 10", Flow("chain", length=10), runs=50), 1.5, _IN_A_ROW),
    Promise(Workload("chain of 100", Flow("chain", length=100), runs=5), 1.5, _IN_A_ROW),
    Promise(Workload("loop of 1 000", Flow("loop", length=1000)), 1.5, _IN_A_ROW),
    Promise(Workload("loop of 10 000", Flow("loop", length=10_000)), 1.5, _IN_A_ROW),
    Promise(Workload("fan-out of 10", Flow("fan", width=10), runs=50), 1.5, _SIDE_BY_SIDE),
    Promise(Workload("fan-out of 100", Flow("fan", width=100), runs=5), 1.5, _SIDE_BY_SIDE),
    Promise(Workload("fan-out of 1 000", Flow("fan", width=1000)), 1.5, _SIDE_BY_SIDE),
    Promise(Workload("mixed 10 + 10", Flow("mixed", width=10, length=10), runs=25), 1.5, _SIDE_BY_SIDE),
    Promise(Workload("route, 10 000 runs", Flow("route"), runs=10_000), 3.0, _WHOLE_RUNS),
    Promise(
        Workload("1 000 flows of 5 at once", Flow("chain", length=5), runs=1000, at_once=True),
        3.0,
        _WHOLE_RUNS,
    ),
)
WAITING = Workload("route, agents that wait", Flow("route", waits=True), runs=2000)
"""Nothing is promised of it; it shows what runs cost whose agents do not end at once."""
SLEEPERS = Workload("100 sleepers of 10 ms", Flow("fan", width=100, sleep=0.01), runs=3)
_NO_RIVALS = {AgentFlow.name, Bare.name, BareEngine.name}
_WIDE = 25
"""Columns of a cell with a verdict."""


class EngineReport:
    """Everything that was measured in one process."""

    def __init__(self, names: Sequence[str], missing: Sequence[str], rounds: int) -> None:
        """Nothing is measured yet; `names` are the engines, the yardstick and this project's among them."""
        self._names = names
        self._missing = missing
        self._rounds = rounds
        self._costs: dict[str, dict[str, float]] = {}
        self._ratios: dict[str, list[Verdict]] = {}
        self._others: list[Verdict] = []

    @classmethod
    async def measure(cls, rounds: int = ROUNDS) -> EngineReport:
        """Measure all of it, about a minute and a half."""
        found, missing = peers()
        engines: list[Adapter] = [Bare(), BareEngine(), AgentFlow(), *found]
        report = cls([engine.name for engine in engines], missing, rounds)
        workloads = [promise.workload for promise in PROMISES]
        race = await Race.between(engines, [*workloads, WAITING, SLEEPERS], rounds)
        for promise in PROMISES:
            name = promise.workload.name
            report.judge(promise, {engine.name: race.cpu(name, engine.name) for engine in engines})
        report._costs[WAITING.name] = {engine.name: race.cpu(WAITING.name, engine.name) for engine in engines}
        to_ms = SLEEPERS.flow.steps / 1000
        report.judge_sleepers(
            {engine.name: race.wall(SLEEPERS.name, engine.name) * to_ms for engine in engines}
        )
        report._others += await growth.measure(rounds)
        report._others += await store_cost.measure(rounds)
        report._others += await memory_cost.measure()
        return report

    def judge(self, promise: Promise, costs: dict[str, float]) -> None:
        """Take CPU µs per step by engine for a workload."""
        name, ours = promise.workload.name, costs[AgentFlow.name]
        self._costs[name] = costs
        self._ratios[name] = [
            Verdict(f"× {BareEngine.name}", ours / costs[BareEngine.name], "", promise.at_most),
            *(
                Verdict(f"faster than {peer}", costs[peer] / ours, "", least, is_least=True)
                for peer, least in promise.at_least.items()
                if peer in costs
            ),
        ]

    def judge_sleepers(self, walls: dict[str, float]) -> None:
        """Take elapsed ms by engine."""
        ours = walls[AgentFlow.name]
        self._others.append(Verdict(f"{SLEEPERS.name}, wall", ours, "ms", SLEEP_LIMIT))
        # Plain asyncio does less, so it is no rival here.
        rivals = {name: wall for name, wall in walls.items() if name not in _NO_RIVALS}
        if rivals:
            first = min(rivals, key=rivals.__getitem__)
            self._others.append(Verdict(f"  the best of the others: {first}", ours, "ms", rivals[first]))

    @property
    def missed(self) -> list[str]:
        """What does not hold."""
        ratios = [
            f"{name} {verdict.what}"
            for name, verdicts in self._ratios.items()
            for verdict in verdicts
            if not verdict.holds
        ]
        return ratios + [verdict.what.strip() for verdict in self._others if not verdict.holds]

    def lines(self) -> list[str]:
        """The report as tables."""
        count = sum(map(len, self._ratios.values())) + len(self._others)
        return [
            f"Python {platform.python_version()}, CPU µs per agent step, medians of {self._rounds} rounds",
            _row("", self._names),
            *(
                _row(name, [f"{costs[engine]:.1f}" for engine in self._names])
                for name, costs in self._costs.items()
            ),
            *(f"{name} is not installed; make bench-peers installs it" for name in self._missing),
            "",
            *self._ratio_lines(),
            "",
            *(verdict.line() for verdict in self._others),
            "",
            f"{count - len(self.missed)} of {count} hold",
        ]

    def _ratio_lines(self) -> list[str]:
        heads = [verdict.what for verdict in next(iter(self._ratios.values()))]
        return [
            _row("", heads, _WIDE),
            *(
                _row(name, [verdict.cell() for verdict in verdicts], _WIDE)
                for name, verdicts in self._ratios.items()
            ),
        ]

    def facts(self) -> dict[str, object]:
        """The report for a program."""
        return {
            "python": platform.python_version(),
            "cores": os.cpu_count(),
            "rounds": self._rounds,
            "not_installed": list(self._missing),
            "cpu_us_per_step": self._costs,
            "ratios": {name: [one.facts() for one in verdicts] for name, verdicts in self._ratios.items()},
            "others": [one.facts() for one in self._others],
            "missed": self.missed,
        }


def _row(name: str, cells: Sequence[str], width: int = 13) -> str:
    return f"{name:<26}" + "".join(f"{cell:>{width}}" for cell in cells)
