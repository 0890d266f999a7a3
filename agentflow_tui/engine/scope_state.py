"""The state of a run, or of one branch of a parallel phase."""

from __future__ import annotations

from typing import Any

from agentflow_tui.engine.json_value import same_json
from agentflow_tui.history.delta import Delta


class ScopeState:
    """Data and meta as they stand. The values belong to the history too: nobody changes them in place."""

    __slots__ = ("_origin", "_touched", "_touched_meta", "changes", "data", "meta", "stale_flags")

    def __init__(self, data: dict[str, Any], meta: dict[str, str], origin: ScopeState | None = None) -> None:
        """Take over these values."""
        self.data = data
        self.meta = meta
        self.changes = 0
        """How many agent runs changed something."""
        self.stale_flags: frozenset[str] = frozenset()
        """Stop flags that an earlier loop set (semantics §9 loops)."""
        self._origin = origin
        if origin is not None:
            self._touched: set[str] = set()
            self._touched_meta: set[str] = set()

    def branch(self) -> ScopeState:
        """A state of its own for a branch; this one must stay as it is until the branch has ended."""
        branch = ScopeState(dict(self.data), dict(self.meta), self)
        branch.stale_flags = self.stale_flags
        return branch

    def apply(self, delta: Delta, *, is_change: bool = True) -> None:
        """Set and remove what the delta says; `is_change` is false for what the engine itself wrote."""
        if not delta.set and delta.is_empty:
            return
        if is_change:
            self.changes += 1
        self.data.update(delta.set)
        if delta.meta_set:
            self.meta.update(delta.meta_set)
        for key in delta.removed:
            self.data.pop(key, None)
        for key in delta.meta_removed:
            self.meta.pop(key, None)
        if self._origin is not None:
            self._touched.update(delta.set, delta.removed)
            self._touched_meta.update(delta.meta_set, delta.meta_removed)

    def set_meta(self, key: str, text: str) -> None:
        """Set one key of meta, for the engine."""
        self.meta[key] = text
        if self._origin is not None:
            self._touched_meta.add(key)

    def delta(self) -> Delta:
        """What a branch changed since it began."""
        if self._origin is None:
            return Delta()
        changed, removed = _compare(self._touched, self._origin.data, self.data)
        meta_changed, meta_removed = _compare(self._touched_meta, self._origin.meta, self.meta)
        return Delta(set=changed, removed=removed, meta_set=meta_changed, meta_removed=meta_removed)


def _compare(
    keys: set[str], before: dict[str, Any], after: dict[str, Any]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    changed = {
        key: after[key]
        for key in sorted(keys)
        if key in after and not (key in before and same_json(before[key], after[key]))
    }
    return changed, tuple(sorted(key for key in keys if key in before and key not in after))
