"""The stable ids of a plan's nodes."""

from __future__ import annotations


class PathBook:
    """Hands out paths that are unique in one plan: names joined with `/`, repeats as `name#2` and so on."""

    def __init__(self) -> None:
        """Start with no path taken."""
        self._taken: set[str] = set()

    def child(self, parent: str, name: str) -> str:
        """Take a path below `parent`, or a root's when that is empty.

        A `/` in the name becomes `_`, so that it cannot fake a level.
        """
        name = name.replace("/", "_")
        first = f"{parent}/{name}" if parent else name
        path, count = first, 1
        while path in self._taken:
            count += 1
            path = f"{first}#{count}"
        self._taken.add(path)
        return path
