"""The part of a run's time that the waterfall shows."""

from __future__ import annotations

from dataclasses import dataclass

_SHORTEST = 0.001


@dataclass(frozen=True, slots=True)
class Span:
    """Seconds from `start` on, drawn on so many cells."""

    start: float
    length: float
    width: int

    @classmethod
    def of(cls, end: float, zoom: int, centre: float, width: int) -> Span:
        """Return the whole run for zoom 1, else a part of it around `centre`, never beyond its ends."""
        whole = max(end, _SHORTEST)
        length = whole / max(zoom, 1)
        start = min(max(centre - length / 2, 0.0), whole - length)
        return cls(start, length, max(width, 1))

    def column(self, at: float) -> int:
        """Return the cell of a time; below 0 or beyond the width when it is outside."""
        return int((at - self.start) / self.length * self.width + 1e-9) if at >= self.start else -1

    def cells(self, start: float, end: float) -> tuple[int, int]:
        """Return the first cell of a bar and the one after its last; every bar has at least one cell."""
        first = self.column(start)
        last = self.column(end)
        first = max(first, 0) if last >= 0 else -1
        return first, max(first + 1, min(last, self.width)) if first >= 0 else -1

    def time(self, column: int) -> float:
        """Return the time at the right edge of a cell."""
        return self.start + (column + 1) * self.length / self.width
