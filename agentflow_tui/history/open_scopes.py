"""Whose state can be changed at a position of a history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agentflow_tui.history import event as ev
from agentflow_tui.history.fan_event import FanEnded, FanStarted
from agentflow_tui.history.resume import is_interruption

_BAD = frozenset({"failed", "cancelled"})


@dataclass(frozen=True, slots=True)
class OpenScopes:
    """The states after an event; inside a parallel phase those of its branches, which have copies.

    While its branches are at work, nobody looks at the state that they were copied from, and a branch that
    failed is left out of the merge: what one changed in either would be lost.
    """

    scopes: tuple[str, ...]
    """Paths of branches that can be changed, the one of the event at the position first; `("",)` is the
    run's own state, outside of every phase."""
    before: int = -1
    """Inside a phase: the last event before the outermost one that is open."""
    phase: str = ""
    """Path of that phase; empty outside."""

    @classmethod
    def at(cls, history: Sequence[ev.HistoryEvent], n: int) -> OpenScopes:
        """Return those after event `n`."""
        phases: dict[str, FanStarted] = {}
        lost: set[str] = set()
        for event in history[: n + 1]:
            match event:
                case FanStarted():
                    phases[event.path] = event
                    lost.difference_update(event.branches)
                case FanEnded():
                    phases.pop(event.path, None)
                case ev.AgentFailed() | ev.AgentCancelled() if not is_interruption(event):
                    lost.add(event.path)
                case ev.NodeEnded() if event.status in _BAD:
                    lost.add(event.path)
        if not phases:
            return cls(("",))
        parents = {phase.scope for phase in phases.values()}
        open_branches = [branch for phase in phases.values() for branch in phase.branches]
        free = [branch for branch in open_branches if branch not in parents and branch not in lost]
        here = _branch_of(history[n], free)
        first = next(iter(phases.values()))
        return cls(tuple(sorted(free, key=lambda branch: branch != here)), first.seq - 1, first.path)


def _branch_of(event: ev.HistoryEvent, branches: Sequence[str]) -> str:
    path = str(getattr(event, "path", ""))
    while path and path not in branches:
        path = path.rpartition("/")[0]
    return path
