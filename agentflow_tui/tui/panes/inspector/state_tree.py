"""What of the state is open, and where a search finds something."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from agentflow_tui.history.run_state import StateView
from agentflow_tui.tui.panes.inspector.state_rows import BEFORE, MORE, PAGE, PAGER, Path, state_rows
from agentflow_tui.tui.panes.row import Row

MOST_LOOKED_AT = 200_000
"""Values that a search looks at; more would hold the screen up."""
MOST_FOUND = 10_000


class StateTree:
    """Data and meta with the parts that a person opened."""

    def __init__(self) -> None:
        """Start with data and meta open, and nothing inside them."""
        self.opened: dict[Path, range] = {("data",): range(PAGE), ("meta",): range(PAGE)}

    def rows(self, state: StateView) -> list[Row]:
        """Return what is open as rows."""
        return state_rows(state, self.opened)

    def toggle(self, key: Path) -> bool:
        """Open or close what a row stands for; False when the row wants the pager instead."""
        *parent, last = key or ("",)
        path = tuple(parent)
        match last:
            case _ if last == PAGER:
                return False
            case _ if not path and not last:
                pass
            case _ if last == MORE:
                self.opened[path] = range(self.opened[path].start, self.opened[path].stop + PAGE)
            case _ if last == BEFORE:
                self.opened[path] = range(max(self.opened[path].start - PAGE, 0), self.opened[path].stop)
            case _ if key in self.opened:
                del self.opened[key]
            case _:
                self.opened[key] = range(PAGE)
        return True

    def reveal(self, state: StateView, path: Path) -> None:
        """Open everything around a value, so that it has a row."""
        values: Any = {"data": state.data, "meta": state.meta}
        for depth in range(1, len(path)):
            values = _child(values, path[depth - 1])
            place = next((n for n, (key, _) in enumerate(_items(values)) if key == path[depth]), 0)
            shown = self.opened.get(path[:depth], range(PAGE))
            if place not in shown:
                # Only the page around it: a hundred thousand rows before it would help nobody.
                shown = range(place - place % PAGE, place - place % PAGE + PAGE)
            self.opened[path[:depth]] = shown


def found_in(state: StateView, needle: str, here: Path) -> tuple[list[Path], int]:
    """Return the values whose key or text holds `needle`, and how many of them come before `here`."""
    wanted = needle.casefold()
    found: list[Path] = []
    before = 0
    for path, value in islice(_walk(state), MOST_LOOKED_AT):
        if path == here:
            before = len(found)
        text = value if isinstance(value, str) else "" if isinstance(value, Mapping | list) else str(value)
        if wanted in path[-1].casefold() or wanted in text.casefold():
            found.append(path)
            if len(found) == MOST_FOUND:
                break
    return found, before


def value_at(state: StateView, path: Path) -> Any:
    """Return the value at a path; none when nothing is there."""
    value: Any = {"data": state.data, "meta": state.meta}
    for part in path:
        value = _child(value, part)
    return value


def _walk(state: StateView) -> Iterator[tuple[Path, Any]]:
    pending: list[Iterator[tuple[Path, Any]]] = [
        _inside(("meta",), state.meta),
        _inside(("data",), state.data),
    ]
    while pending:
        entry = next(pending[-1], None)
        if entry is None:
            pending.pop()
            continue
        yield entry
        if isinstance(entry[1], Mapping | list):
            pending.append(_inside(*entry))


def _inside(path: Path, values: Any) -> Iterator[tuple[Path, Any]]:
    return (((*path, key), value) for key, value in _items(values))


def _items(values: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(values, Mapping):
        return iter(values.items())
    return ((str(number), value) for number, value in enumerate(values if isinstance(values, list) else ()))


def _child(values: Any, part: str) -> Any:
    if isinstance(values, Mapping):
        return values.get(part)
    if isinstance(values, list) and part.isdecimal() and int(part) < len(values):
        return values[int(part)]
    return None
