"""A mapping that remembers each of its versions at the cost of what changed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_GONE = object()


class KeyHistory:
    """The values that each key ever had; `now` is the latest version as a mapping that never changes.

    A version costs what it changed, so ten thousand versions of a thousand keys fit where as many copies
    would not (semantics §2).
    """

    def __init__(self, first: Mapping[str, Any]) -> None:
        """Start with version 0, which is `first` itself; it must not change afterwards."""
        self.first = first
        self.versions: dict[str, tuple[list[int], list[Any]]] = {}
        self.now = KeyView(self, 0)

    def change(self, new: Mapping[str, Any], gone: Iterable[str] = ()) -> None:
        """Make the next version: set the keys of `new`, remove those in `gone`."""
        version = self.now.version + 1
        for key, value in (*((key, _GONE) for key in gone), *new.items()):
            at, values = self.versions.setdefault(key, ([], []))
            if at and at[-1] == version:
                values[-1] = value
            else:
                at.append(version)
                values.append(value)
        self.now = KeyView(self, version)


class KeyView(Mapping[str, Any]):
    """One version of a `KeyHistory`; reading a key is a binary search in that key's versions."""

    __slots__ = ("_history", "version")

    def __init__(self, history: KeyHistory, version: int) -> None:
        """Look at `history` as it was at `version`."""
        self._history = history
        self.version = version

    def _at(self, key: str) -> Any:
        found = self._history.versions.get(key)
        if found is not None:
            at, values = found
            index = bisect_right(at, self.version)
            if index:
                return values[index - 1]
        return self._history.first.get(key, _GONE)

    def __getitem__(self, key: str) -> Any:
        """Return the value of the key in this version."""
        value = self._at(key)
        if value is _GONE:
            raise KeyError(key)
        return value

    def __contains__(self, key: object) -> bool:
        """Tell whether the key was there in this version."""
        return isinstance(key, str) and self._at(key) is not _GONE

    def __iter__(self) -> Iterator[str]:
        """Yield the keys of this version, oldest first."""
        first = self._history.first
        yield from (key for key in first if self._at(key) is not _GONE)
        for key in self._history.versions:
            if key not in first and self._at(key) is not _GONE:
                yield key

    def __len__(self) -> int:
        """Count the keys of this version."""
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        """Show this version as a dict."""
        return repr(dict(self))
