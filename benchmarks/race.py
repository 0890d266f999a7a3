"""Several engines on several workloads, turn by turn, in one process."""

from __future__ import annotations

import gc
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from benchmarks.adapters.adapter import Adapter
from benchmarks.workload import Run, Workload

ENOUGH_SECONDS = 1.6
"""An engine that has used so much time for one workload sits out the rounds that are left."""


@dataclass(slots=True)
class Lane:
    """One engine on one workload: its samples."""

    workload: Workload
    run: Run
    cpu: list[float] = field(default_factory=list)
    """µs of the process's CPU time per agent step."""
    wall: list[float] = field(default_factory=list)
    """µs of elapsed time per agent step."""
    spent: float = 0.0

    async def sample(self) -> None:
        """Do the workload once."""
        gc.collect()
        wall, cpu = time.perf_counter(), time.process_time()
        await self.workload.perform(self.run)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        self.spent += wall
        self.cpu.append(cpu * 1e6 / self.workload.steps)
        self.wall.append(wall * 1e6 / self.workload.steps)


class Race:
    """The lanes by workload and engine. CPU time is steady on a machine that others use too; wall is not."""

    def __init__(self, lanes: dict[tuple[str, str], Lane]) -> None:
        """Keep lanes that have run."""
        self._lanes = lanes

    @classmethod
    async def between(cls, engines: Sequence[Adapter], workloads: Sequence[Workload], rounds: int) -> Race:
        """Prove that every engine does every workload, then time them in rounds."""
        lanes: dict[tuple[str, str], Lane] = {}
        for workload in workloads:
            for engine in engines:
                run = engine.build(workload.flow)
                await workload.prove(run)
                lanes[workload.name, engine.name] = Lane(workload, run)
        gc.collect()
        # Nobody's collections have to walk what others have loaded.
        gc.freeze()
        for turn in range(rounds):
            first = turn % len(engines)
            for workload in workloads:
                for engine in (*engines[first:], *engines[:first]):
                    lane = lanes[workload.name, engine.name]
                    if lane.spent < ENOUGH_SECONDS:
                        await lane.sample()
        gc.unfreeze()
        return cls(lanes)

    def cpu(self, workload: str, engine: str) -> float:
        """The median of the CPU µs per agent step."""
        return median(self._lanes[workload, engine].cpu)

    def wall(self, workload: str, engine: str) -> float:
        """The median of the elapsed µs per agent step."""
        return median(self._lanes[workload, engine].wall)
