"""Runs and their forks as a tree with its lines, as `git log --graph` draws commits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from agentflow_tui.history.run_summary import RunSummary

_MOST_LANES = 40
"""Lines side by side; a run that would need more is drawn without."""


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

    The line from a run's sign to the side and down leads to the run that it was forked from, where that is
    among them; runs that only stand below each other have nothing to do with each other.
    """
    lanes: list[str] = []
    """Which run each line leads down to; empty where there is none."""
    return [_branch(run, parent, lanes) for run, parent in _forks_first(runs)]


def fork_point(run: RunSummary, *, names_parent: bool = True) -> str:
    """Return where a fork left its parent, in words; empty for any other run."""
    if not run.parent_run:
        return ""
    place = f"at step {run.parent_step}" if run.parent_step else "at the start"
    return f"{place} of {run.parent_run[:8]}" if names_parent else place


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
    cells = [("│" if lane else " ") for lane in lanes]
    here = lanes.index(run.run_id) if run.run_id in lanes else None
    to = None
    if parent:
        is_new = parent not in lanes
        to = _lane(parent, lanes, cells)
    if here is None:
        here = _lane(run.run_id, lanes, cells)
    if max(here, to or 0) >= _MOST_LANES:
        lanes[_MOST_LANES:] = []
        return Branch(run, "… ", "")
    joined = range(0)
    if to is not None:
        joined = range(min(here, to), max(here, to))
        for lane in joined[1:]:
            cells[lane] = "┼" if cells[lane] == "│" else "─"
        cells[to] = ("╭├" if to < here else "╮┤")[not is_new]
    lanes[here] = ""
    gaps = [("─" if lane in joined else " ") for lane in range(len(cells))]
    before = "".join(cell + gap for cell, gap in zip(cells[:here], gaps[:here], strict=True))
    after = gaps[here] + "".join(c + g for c, g in zip(cells[here + 1 :], gaps[here + 1 :], strict=True))
    while lanes and not lanes[-1]:
        lanes.pop()
    return Branch(run, before, after.rstrip())


def _lane(run_id: str, lanes: list[str], cells: list[str]) -> int:
    """The lane that leads to a run: the one that is there, or the first free one."""
    if run_id in lanes:
        return lanes.index(run_id)
    if "" not in lanes:
        lanes.append("")
        cells.append(" ")
    lane = lanes.index("")
    lanes[lane] = run_id
    return lane
