"""Numbers as a row of bars: `▁▃▅█`."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan

_BARS = "▁▂▃▄▅▆▇█"


def bar(value: float, low: float, high: float) -> str:
    """Return the bar of a number between the lowest and the highest; the middle one when all are equal."""
    if not high > low:
        return _BARS[len(_BARS) // 2]
    share = (value - low) / (high - low)
    # Next to infinity the others have no place.
    return "?" if isnan(share) else _BARS[round(min(max(share, 0.0), 1.0) * (len(_BARS) - 1))]


def sparkline(numbers: Sequence[float | None], beside: Sequence[float | None] = ()) -> str:
    """Return one bar per number, and a space where there is none; on one scale with the numbers `beside`."""
    known = [number for number in (*numbers, *beside) if number is not None]
    low, high = min(known, default=0.0), max(known, default=0.0)
    return "".join(" " if number is None else bar(number, low, high) for number in numbers)
