"""The numbers among the values of a state."""

from __future__ import annotations

from math import inf


def plain_number(value: object) -> float | None:
    """Return a value as a number to draw and to sort by; infinite where it is too large for one.

    None for anything else; a truth value is no number.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value)
    except OverflowError:
        return inf if value > 0 else -inf
