"""The part of a run's time that the waterfall shows."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log10

_SHORTEST = 0.001
_MINUTE = 60.0
_STEPS = (1.0, 2.0, 5.0, 10.0)
_LONG_STEPS = (60.0, 120.0, 300.0, 600.0, 1_800.0, 3_600.0)


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

    def ticks(self, most: int) -> list[tuple[float, str]]:
        """Return at most so many round times within it, each with its words: `0.5 s`, `20 s`, `3:00`."""
        step = _round_step(self.length / max(most, 1))
        places = max(0, -floor(log10(step) + 1e-9))
        first, last = ceil(self.start / step - 1e-9), floor((self.start + self.length) / step + 1e-9)
        return [(number * step, _words(number * step, places)) for number in range(first, last + 1)][:most]

    def time(self, column: int) -> float:
        """Return the time at the right edge of a cell."""
        return self.start + (column + 1) * self.length / self.width


def _round_step(least: float) -> float:
    if least <= _MINUTE / 2:
        power = 10.0 ** floor(log10(max(least, _SHORTEST / 1_000)))
        step = next(power * factor for factor in _STEPS if power * factor >= least * (1 - 1e-9))
        if step < _MINUTE:
            return step
    hours = ceil(least / _LONG_STEPS[-1]) * _LONG_STEPS[-1]
    return next((step for step in _LONG_STEPS if step >= least), hours)


def _words(at: float, places: int) -> str:
    return f"{at:.{places}f} s" if at < _MINUTE else f"{int(at // _MINUTE)}:{at % _MINUTE:02.0f}"
