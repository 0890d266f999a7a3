"""Who wrote a key of the state: every writer with its value, in the order of the history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from agentflow_tui.history.delta import Delta
from agentflow_tui.history.event import (
    AgentCompleted,
    HistoryEvent,
    IterationStarted,
    RunStarted,
    StateChanged,
)
from agentflow_tui.history.fan_event import FanEnded
from agentflow_tui.history.run_state import StateView

Path = tuple[str, ...]
"""`data` or `meta`, the key, then keys and indexes inside its value."""


@dataclass(frozen=True, slots=True)
class Write:
    """One event that set or removed a key."""

    seq: int
    at: float
    by: str
    """start, agent, engine or merge."""
    path: str
    """Of the node that wrote; empty for the start of the run."""
    agent: str = ""
    """Who wrote; of a merge the agent whose value was kept, when one is known."""
    iteration: int | None = None
    scope: str = ""
    """The branch of a parallel phase that it was written in; empty for the run's own state."""
    value: Any = None
    is_removal: bool = False


class Provenance:
    """The writers of every key, as a history grows; an event costs what it changed."""

    def __init__(self) -> None:
        """Start without events."""
        self._writes: dict[tuple[str, str], list[Write]] = {}

    def take(self, events: Iterable[HistoryEvent]) -> None:
        """Take in the next events."""
        for event in events:
            match event:
                case RunStarted():
                    self._start(event)
                case AgentCompleted():
                    write = Write(event.seq, event.at, "agent", event.path, event.agent, event.iteration)
                    self._change(event.delta, replace(write, scope=event.scope))
                case StateChanged() | IterationStarted():
                    write = Write(event.seq, event.at, "engine", event.path, scope=event.scope)
                    self._change(event.delta, write)
                case FanEnded():
                    write = Write(event.seq, event.at, "merge", event.path, scope=event.scope)
                    self._change(event.delta, write)

    def written_keys(self) -> tuple[tuple[str, str], ...]:
        """Return every key that was ever written: `data` before `meta`, then by first writer."""
        return tuple(sorted(self._writes, key=lambda key: key[0]))

    def writes(self, path: Path) -> tuple[Write, ...]:
        """Return the writers of a key; of a place inside its value, those that changed something there."""
        writes = self._writes.get((path[0], path[1]), []) if len(path) > 1 else []
        if len(path) <= len(("data", "key")):
            return tuple(writes)
        found: list[Write] = []
        before: dict[str, tuple[Any, bool]] = {}
        for write in writes:
            value, is_there = _inside(write, path[2:])
            old = before.get(write.scope, before.get("", (None, False)))
            if old[1] == is_there and (not is_there or is_same(old[0], value)):
                continue
            before[write.scope] = (value, is_there)
            found.append(replace(write, value=value, is_removal=not is_there))
        return tuple(found)

    def _start(self, event: RunStarted) -> None:
        write = Write(event.seq, event.at, "start", "")
        first = StateView.at_start(event)
        self._change(Delta(first.data, (), first.meta), write)

    def _change(self, delta: Delta, write: Write) -> None:
        for part, new, gone in (
            ("data", delta.set, delta.removed),
            ("meta", delta.meta_set, delta.meta_removed),
        ):
            for key in gone:
                self._add((part, key), replace(write, is_removal=True))
            for key, value in new.items():
                self._add((part, key), replace(write, value=value))

    def _add(self, key: tuple[str, str], write: Write) -> None:
        writes = self._writes.setdefault(key, [])
        writes.append(_kept(writes, write) if write.by == "merge" else write)


def provenance(events: Iterable[HistoryEvent], path: Path) -> tuple[Write, ...]:
    """Return every writer of a key, or of a place inside its value, oldest first."""
    book = Provenance()
    book.take(events)
    return book.writes(path)


def neighbour(writes: Sequence[Write], seq: int, step: int) -> Write | None:
    """Return the last write before the event `seq` (step -1) or the first one after it (step 1)."""
    if step < 0:
        return next((write for write in reversed(writes) if write.seq < seq), None)
    return next((write for write in writes if write.seq > seq), None)


def is_same(one: Any, other: Any) -> bool:
    """Tell whether two JSON values are the same to a reader: `true` is not `1`."""
    if one is other:
        return True
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(is_same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_same, one, other))
    return type(one) is type(other) and bool(one == other)


def _kept(writes: Sequence[Write], merge: Write) -> Write:
    """Name the agent in the branches whose write the merge carried over."""
    for write in reversed(writes):
        if not write.scope.startswith(f"{merge.path}/"):
            break
        if write.is_removal == merge.is_removal and is_same(write.value, merge.value):
            return replace(merge, agent=write.agent, iteration=write.iteration)
    return merge


def _inside(write: Write, path: Path) -> tuple[Any, bool]:
    value = write.value
    if write.is_removal:
        return None, False
    for part in path:
        if isinstance(value, Mapping) and part in value:
            value = value[part]
        elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            return None, False
    return value, True
