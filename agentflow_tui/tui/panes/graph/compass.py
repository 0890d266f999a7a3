"""Finding the box to go to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from agentflow_tui.plan.box import Box

_WAYS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
# A cell is about twice as high as wide; what lies aside counts more than what lies ahead.
_ROW, _ASIDE = 2, 3


def next_box(start: Box, boxes: Iterable[Box], way: str) -> Box | None:
    """The nearest box to the `left`, `right`, `up` or `down`, or none; folded rows and steps only."""
    ahead_x, ahead_y = _WAYS[way]
    best: tuple[int, Box] | None = None
    for box in boxes:
        if box.kind == "frame" or box.path == start.path:
            continue
        x, y = box.center[0] - start.center[0], (box.center[1] - start.center[1]) * _ROW
        ahead = x * ahead_x + y * ahead_y
        aside = abs(x * ahead_y) + abs(y * ahead_x)
        if ahead <= 0 or aside > ahead * _ASIDE:
            continue
        if best is None or ahead + _ASIDE * aside < best[0]:
            best = (ahead + _ASIDE * aside, box)
    return best[1] if best else None


def box_around(path: str, boxes: Mapping[str, Box]) -> Box | None:
    """The frame that holds a node most closely, or none."""
    while path:
        path = path.rpartition("/")[0]
        if path in boxes:
            return boxes[path]
    return None
