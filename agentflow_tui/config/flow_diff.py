"""What two flows say differently; layout, comments, spellings and defaults written out do not count."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from agentflow_tui.config.flow import Flow
from agentflow_tui.config.flow_change import ChangeKind, FlowChange
from agentflow_tui.config.problem import KeyPath
from agentflow_tui.config.toml_positions import TomlPositions
from agentflow_tui.config.value_text import difference_text, value_text

_OTHER_SPELLINGS = frozenset(
    {"timeout", "timeout_ms", "pattern", "base_delay_ms", "backoff_multiplier", "enable_jitter"}
)
"""Keys whose value stands under its usual name as well."""
_FREE = frozenset({"providers", "mcp", "agent_memory", "metadata"})
"""Tables in which such a key is a key like any other."""
_ORDERED = frozenset({"agents", "output"})
"""Tables whose order means something (semantics §3)."""
_NAMED = {"agents": "agent", "providers": "provider"}
_ITEMS = {
    "stages": "stage",
    "branches": "branch",
    "choices": "choice",
    "rules": "routing rule",
    "switch": "switch",
    "hooks": "hook",
    "servers": "server",
}


def flow_diff(old: Flow, new: Flow, text: str = "") -> tuple[FlowChange, ...]:
    """Return the differences in the order of the file format, nested flows last.

    `text` is what `new` was read from: with it every change has its line.
    """
    changes = _own(old, new)
    if text.strip():
        positions = TomlPositions(text)
        changes = [replace(change, line=_line(positions, change.key)) for change in changes]
    for key, inner in new.nested.items():
        before = old.nested.get(key)
        if before is not None:
            for change in flow_diff(before.flow, inner.flow):
                changes.append(replace(change, file=change.file or inner.file))
    return tuple(dict.fromkeys(changes))


def _own(old: Flow, new: Flow) -> list[FlowChange]:
    walk = _Walk()
    before, after = old.model_dump(), new.model_dump()
    for table in after:
        walk.compare(before[table], after[table], (table,), table, ())
    return walk.changes


def _line(positions: TomlPositions, key: KeyPath) -> int:
    _, span = positions.nearest(key)
    return 0 if span is None else positions.line_and_column(span.key_start)[0]


class _Walk:
    """Goes through both documents side by side."""

    def __init__(self) -> None:
        self.changes: list[FlowChange] = []

    def compare(self, old: Any, new: Any, key: KeyPath, subject: str, rest: tuple[str, ...]) -> None:
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            self._tables(old, new, key, subject, rest)
        elif _are_tables(old, new):
            self._lists(old, new, key, subject)
        elif _is_other(old, new):
            name = str(key[-1])
            if isinstance(old, Mapping) or isinstance(new, Mapping):
                kind: ChangeKind = "changed" if old and new else "added" if new else "removed"
                self._tell(key, kind, subject, _joined(*rest, kind))
            else:
                self._tell(key, "changed", subject, _joined(*rest, difference_text(name, old, new)))

    def _tables(
        self,
        old: Mapping[str, Any],
        new: Mapping[str, Any],
        key: KeyPath,
        subject: str,
        rest: tuple[str, ...],
    ) -> None:
        named = _NAMED.get(str(key[-1])) if len(key) == 1 else None
        for name in dict.fromkeys((*old, *new)):
            if name in _OTHER_SPELLINGS and not _FREE & set(key):
                continue
            inner = (*key, name)
            if named and (name in old) is not (name in new):
                kind: ChangeKind = "added" if name in new else "removed"
                self._tell(inner if name in new else key, kind, f"{named} {name}", kind)
            elif named:
                self.compare(old[name], new[name], inner, f"{named} {name}", ())
            else:
                # An agent's own table of model settings needs no name of its own.
                more = () if name == "llm" else (str(name),)
                self.compare(old.get(name), new.get(name), inner, subject, (*rest, *more))
        if key[-1] in _ORDERED:
            self._order([*old], [*new], key, subject, rest)

    def _lists(
        self, old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]], key: KeyPath, subject: str
    ) -> None:
        what, above = _ITEMS.get(str(key[-1]), str(key[-1])), f"{subject} · " if " " in subject else ""
        before, after = _labelled(old), _labelled(new)
        places = {label: place for place, label in enumerate(after)}
        for label in dict.fromkeys((*before, *after)):
            inner = (*key, places[label]) if label in after else key
            name = f"{above}{what} {label}"
            if label in before and label in after:
                self.compare(before[label], after[label], inner, name, ())
            else:
                kind: ChangeKind = "added" if label in after else "removed"
                self._tell(inner, kind, name, kind)
        self._order([*before], [*after], key, subject, (str(key[-1]),))

    def _order(
        self, old: list[str], new: list[str], key: KeyPath, subject: str, rest: tuple[str, ...]
    ) -> None:
        kept, now = [name for name in old if name in new], [name for name in new if name in old]
        if kept != now:
            what = f"order {value_text(kept)} → {value_text(now)}"
            self._tell(key, "order", subject, _joined(*rest, what))

    def _tell(self, key: KeyPath, kind: ChangeKind, subject: str, what: str) -> None:
        self.changes.append(FlowChange(key, kind, subject, what))


def _are_tables(old: Any, new: Any) -> bool:
    both = (old, new)
    return all(isinstance(each, list) for each in both) and all(
        isinstance(item, Mapping) for each in both for item in each
    )


def _is_other(old: Any, new: Any) -> bool:
    # As text: to Python 1 is True, and a number that is none is not itself.
    return json.dumps(old, sort_keys=True, default=str) != json.dumps(new, sort_keys=True, default=str)


def _labelled(items: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Give items by their names, which the order does not change; by number where names do not tell."""
    names = [_name(item) for item in items]
    if all(names) and len(set(names)) == len(names):
        return dict(zip(names, items, strict=True))
    return {str(number): item for number, item in enumerate(items, 1)}


def _name(item: Mapping[str, Any]) -> str:
    name, hook = item.get("name"), item.get("hook")
    return f"{name} on {hook}" if name and hook else str(name or "")


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)
