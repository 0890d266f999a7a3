"""Putting the deltas of parallel branches together."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from agentflow_tui.engine.json_value import same_json
from agentflow_tui.history.delta import Delta

REMOVED = {"removed": True}
"""How a removal looks among the values of a conflict."""
ENGINE_META = frozenset({"loop_iteration", "total_iterations", "exit_reason", "pipeline_error"})
"""What the engine writes in every branch by itself; the last wins, and that is no conflict."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """One key that several branches wrote with different values."""

    key: str
    branches: tuple[str, ...]
    values: tuple[Any, ...]


def joined(deltas: Collection[Delta]) -> Delta | None:
    """The merge of branches that only set keys of data, each its own, as most do; none for any others."""
    data: dict[str, Any] = {}
    count = 0
    for delta in deltas:
        if delta.removed or delta.meta_set or delta.meta_removed:
            return None
        data.update(delta.set)
        count += len(delta.set)
    return Delta.made(set=data) if count == len(data) else None


class Merge:
    """Deltas only, in list order, whatever the order of completion; the last one wins (semantics §3)."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._data: dict[str, list[tuple[str, Any]]] = {}
        self._meta: dict[str, list[tuple[str, Any]]] = {}

    def add(self, branch: str, delta: Delta) -> None:
        """The next branch in list order changed this."""
        if delta.set or delta.removed:
            _collect(self._data, branch, delta.set, delta.removed)
        if delta.meta_set or delta.meta_removed:
            _collect(self._meta, branch, delta.meta_set, delta.meta_removed)

    def conflicts(self) -> list[Conflict]:
        """The keys on which branches disagree; those of meta are called `meta.<key>`."""
        found = [
            _conflict(key, writers)
            for key, writers in self._data.items()
            if len(writers) > 1 and _disagree(writers)
        ]
        found.extend(
            _conflict(f"meta.{key}", writers)
            for key, writers in self._meta.items()
            if key not in ENGINE_META and len(writers) > 1 and _disagree(writers)
        )
        return found

    def delta(self, marks: dict[str, str]) -> Delta:
        """The merge; `marks` are meta keys of the engine, set last."""
        data, removed = _last(self._data)
        meta, meta_removed = _last(self._meta)
        return Delta(
            set=data,
            removed=removed,
            meta_set={**meta, **marks},
            meta_removed=tuple(key for key in meta_removed if key not in marks),
        )


def _collect(
    into: dict[str, list[tuple[str, Any]]], branch: str, written: Any, removed: tuple[str, ...]
) -> None:
    for key, value in written.items():
        writers = into.get(key)
        if writers is None:
            into[key] = [(branch, value)]
        else:
            writers.append((branch, value))
    for key in removed:
        into.setdefault(key, []).append((branch, REMOVED))


def _disagree(writers: list[tuple[str, Any]]) -> bool:
    first = writers[0][1]
    return any(
        value is not first and ((value is REMOVED) or (first is REMOVED) or not same_json(value, first))
        for _, value in writers[1:]
    )


def _conflict(key: str, writers: list[tuple[str, Any]]) -> Conflict:
    return Conflict(key, tuple(branch for branch, _ in writers), tuple(value for _, value in writers))


def _last(written: dict[str, list[tuple[str, Any]]]) -> tuple[dict[str, Any], tuple[str, ...]]:
    values = {key: writers[-1][1] for key, writers in written.items()}
    removed = tuple(sorted([key for key, value in values.items() if value is REMOVED]))
    if not removed:
        return values, ()
    return {key: value for key, value in values.items() if value is not REMOVED}, removed
