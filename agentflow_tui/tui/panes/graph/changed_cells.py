"""Where two strips differ."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile

from rich.segment import Segment
from textual.strip import Strip


def changed_cells(before: Strip, after: Strip) -> range:
    """The columns between the first and the last cell that look different, of two strips as wide."""
    # One stretch and not several: Textual writes a row from its widget's start to the end of each.
    start = _alike(before, after)
    if start == after.cell_length:
        return range(0)
    return range(start, after.cell_length - _alike(reversed(list(before)), reversed(list(after))))


def _alike(one: Iterable[Segment], other: Iterable[Segment]) -> int:
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    return sum(segment.cell_length for segment, _ in pairs)
