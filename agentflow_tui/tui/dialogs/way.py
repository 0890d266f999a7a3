"""The line of ways at the bottom of a dialog's frame, such as `n new · e edit · esc close`."""

from __future__ import annotations

from rich.cells import cell_len
from textual.visual import visualize
from textual.widget import Widget

_GAP = " · "
_BESIDE = 3
"""Cells of the border on each side of the line, which stands at the right."""


def way_at(frame: Widget, x: int, y: int) -> str:
    """Return the key, as it is written, of the way at a cell of the screen; empty where there is none."""
    if y != frame.region.bottom - 1:
        return ""
    # Textual gives the line back as markup, in which a key such as `[` is escaped.
    line = str(visualize(frame, frame.border_subtitle or ""))
    start = max(frame.region.right - _BESIDE - cell_len(line), frame.region.x + _BESIDE)
    for way in line.split(_GAP):
        end = start + cell_len(way)
        if start <= x < end:
            return way.partition(" ")[0]
        start = end + len(_GAP)
    return ""
