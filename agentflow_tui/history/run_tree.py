"""Runs and their forks as a tree with its lines, as `git log --graph` draws commits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from agentflow_tui.history.run_summary import RunSummary

_MOST_LANES = 40
"""Lines side by side; what would need more begins without one."""


@dataclass(frozen=True, slots=True)
class Branch:
    """One run with the lines that lead past it and to it."""

    run: RunSummary
    before: str
    """Lines before the run's own sign, two cells for each."""
    after: str
    """Lines behind its sign."""


def run_tree(runs: Sequence[RunSummary]) -> list[Branch]:
    """Return the runs as branches: each fork above what it left, else in the order in which they come.

    The line below a run's sign leads to the run that it was forked from, where that is among them.
    """
    lanes: list[str] = []
    """Which run each line leads down to; empty where there is none."""
    return [_branch(run, parent, lanes) for run, parent in _forks_first(runs)]


def fork_point(run: RunSummary) -> str:
    """Return where a fork left its parent, in words; empty for any other run."""
    if not run.parent_run:
        return ""
    place = f"at step {run.parent_step}" if run.parent_step else "from its start"
    return f"{place} of {run.parent_run[:8]}"


def _forks_first(runs: Sequence[RunSummary]) -> list[tuple[RunSummary, str]]:
    place = {run.run_id: number for number, run in enumerate(runs)}
    parents = [run.parent_run if run.parent_run in place else "" for run in runs]
    waiting = [0] * len(runs)
    for parent in filter(None, parents):
        waiting[place[parent]] += 1
    ready = [number for number, forks in enumerate(waiting) if not forks]
    heapify(ready)
    found: list[int] = []
    while ready:
        number = heappop(ready)
        found.append(number)
        if parents[number]:
            above = place[parents[number]]
            waiting[above] -= 1
            if not waiting[above]:
                heappush(ready, above)
    # Only damaged data has runs that are forks of each other in a ring: they lead nowhere.
    ring = sorted(set(range(len(runs))) - set(found))
    return [(runs[n], parents[n]) for n in found] + [(runs[n], "") for n in ring]


def _branch(run: RunSummary, parent: str, lanes: list[str]) -> Branch:
    here = lanes.index(run.run_id) if run.run_id in lanes else _free(lanes)
    if here == _MOST_LANES:
        return Branch(run, "  " * here, "")
    other = lanes.index(parent) if parent and parent in lanes else None
    cells = [("│" if lane else " ") for lane in lanes]
    cells[here] = ""
    if other is None:
        lanes[here] = parent
        joined = range(0)
    else:
        # The one to the left goes on down; the other ends here.
        first, last = min(here, other), max(here, other)
        lanes[here] = ""
        if other > here:
            lanes[here], lanes[other] = parent, ""
        joined = range(first, last)
        for lane in range(first + 1, last):
            cells[lane] = "┼" if cells[lane] == "│" else "─"
        cells[other] = "├" if other < here else "╯"
    gaps = [("─" if lane in joined else " ") for lane in range(len(cells))]
    before = "".join(cell + gap for cell, gap in zip(cells[:here], gaps[:here], strict=True))
    after = gaps[here] + "".join(c + g for c, g in zip(cells[here + 1 :], gaps[here + 1 :], strict=True))
    while lanes and not lanes[-1]:
        lanes.pop()
    return Branch(run, before, after.rstrip())


def _free(lanes: list[str]) -> int:
    if "" in lanes:
        return lanes.index("")
    if len(lanes) < _MOST_LANES:
        lanes.append("")
        return len(lanes) - 1
    return _MOST_LANES
