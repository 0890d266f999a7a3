"""Two actions that want the same key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from agentflow_tui.tui.keymap.table import PLACES, TABLE, Place

_PRIORITY = frozenset(key.id for key in TABLE if key.is_priority and key.id.startswith("app."))


@dataclass(frozen=True, slots=True)
class Clash:
    """A key that one action would take from another."""

    key: str
    first: str
    """Id of the action that keeps the key: the nearer one, or the one named first."""
    second: str
    is_hiding: bool = False
    """True when the first only hides the second while the focus is in its pane."""

    def told(self, culprit: str) -> str:
        """Return what is wrong with the keys of one of the two, in words."""
        if not self.is_hiding:
            return f"{self.key} is taken by {self.first if culprit == self.second else self.second}"
        return (
            f"{self.key} is hidden by {self.first}"
            if culprit == self.second
            else f"{self.key} would hide {self.second}"
        )


def clashes(keys: Mapping[str, tuple[str, ...]]) -> Iterator[Clash]:
    """Yield every key that two actions of one place share, or that a place takes from the one around it."""
    places = {place.name: place for place in PLACES}
    for place in PLACES:
        yield from _within(place, keys)
        around = places.get(place.around)
        while around is not None:
            yield from _between(place, around, keys)
            around = places.get(around.around)
    for quitting in sorted(_PRIORITY):
        for key in TABLE:
            if key.id not in _PRIORITY:
                for shared in sorted(set(keys[quitting]) & set(keys[key.id])):
                    yield Clash(shared, quitting, key.id)


def _within(place: Place, keys: Mapping[str, tuple[str, ...]]) -> Iterator[Clash]:
    owner: dict[str, str] = {}
    for key in place.keys:
        for name in keys[key.id]:
            if name in owner:
                yield Clash(name, owner[name], key.id)
            owner.setdefault(name, key.id)


def _between(inner: Place, outer: Place, keys: Mapping[str, tuple[str, ...]]) -> Iterator[Clash]:
    taken = {name: key.id for key in inner.keys for name in keys[key.id]}
    for key in outer.keys:
        for name in keys[key.id]:
            if name in taken:
                yield Clash(name, taken[name], key.id, is_hiding=True)
