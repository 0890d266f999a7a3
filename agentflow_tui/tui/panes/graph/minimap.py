"""The whole drawing on a few cells, for one that is larger than its pane."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Offset, Region, Size
from textual.strip import Strip

from agentflow_tui.plan.layout import Layout
from agentflow_tui.tui.panes.graph.box_painter import painted
from agentflow_tui.tui.panes.graph.viewport import Viewport

_LARGEST = Size(26, 8)
_SHARE = 3
"""It takes at most a third of the pane each way."""
_LEAST = Size(60, 18)
"""In a smaller pane a map would hide more than it shows."""
_OVERFLOW = 1.4
"""So many times the pane, one way at least; a drawing that hardly overflows needs no map."""
_LOUD = ("failed", "open", "running", "retrying", "throttled", "paused", "cancelled", "completed")
"""Of several nodes on one cell, the first of these is seen."""


class Minimap:
    """A picture of one layout with a cell for several of its cells."""

    def __init__(self, layout: Layout, pane: Size) -> None:
        """Measure for a pane; `is_needed` says whether there is anything to show."""
        self._layout = layout
        width = min(_LARGEST.width, pane.width // _SHARE - 2, layout.width)
        height = min(_LARGEST.height, pane.height // _SHARE - 2, layout.height)
        self._inner = Size(max(1, width), max(1, height))
        is_larger = layout.width > _OVERFLOW * pane.width or layout.height > _OVERFLOW * pane.height
        self.is_needed = is_larger and pane.width >= _LEAST.width and pane.height >= _LEAST.height
        regions = {
            box.path: (box.kind, Region(box.x, box.y, box.width, box.height)) for box in layout.boxes.values()
        }
        self._frames = {path: region for path, (kind, region) in regions.items() if kind == "frame"}
        self._solid = {path: region for path, (kind, region) in regions.items() if kind != "frame"}
        self._seen: tuple[str, ...] = ()
        self._asked: tuple[object, ...] = ()
        self._place: Region | None = None
        self._dots: dict[tuple[int, int], str] = {}

    def show(self, style_of: Callable[[str], str]) -> bool:
        """Take how the nodes look; true when that is to be painted anew."""
        boxes = [box for box in self._layout.boxes.values() if box.kind != "frame"]
        seen = tuple(style_of(box.path) for box in boxes)
        if seen == self._seen:
            return False
        self._seen, self._dots = seen, {}
        for box, style in zip(boxes, seen, strict=True):
            cell = self._scaled(*box.center)
            self._dots[cell] = min(self._dots.get(cell, style), style, key=_loudness)
        return True

    def place(self, pane: Size, view: Viewport, selected: str, live: frozenset[str]) -> Region | None:
        """Where it is in a pane, scroll bars left out: in a corner that does not hide the node `selected`.

        Of these the one that hides fewest agents that run, by the paths `live`; of equal ones the one that
        hides fewest boxes; then the lower right one comes first.
        """
        asked = (pane, view, selected, live)
        if asked != self._asked:
            # Every row that is drawn asks.
            self._asked, self._place = asked, self._corner(*asked) if self.is_needed else None
        return self._place

    def _corner(self, pane: Size, view: Viewport, selected: str, live: frozenset[str]) -> Region | None:
        size = self._inner + Size(2, 2)
        right, low = pane.width - size.width, pane.height - size.height
        corners = (Offset(right, low), Offset(right, 0), Offset(0, low), Offset(0, 0))
        chosen = self._solid.get(selected) or self._frames.get(selected)
        free: dict[Region, tuple[int, int]] = {}
        for corner in corners:
            region = Region(corner.x, corner.y, size.width, size.height)
            under = region.translate(-view.shift)
            if chosen is None or not under.overlaps(chosen):
                hidden = [path in live for path, box in self._solid.items() if under.overlaps(box)]
                free[region] = sum(hidden), len(hidden)
        return min(free, key=free.__getitem__, default=None)

    def target(self, at: Offset) -> Offset:
        """The cell of the drawing that a cell of the map, border included, stands for."""
        x = min(max(at.x - 1, 0), self._inner.width - 1)
        y = min(max(at.y - 1, 0), self._inner.height - 1)
        return Offset(
            (2 * x + 1) * self._layout.width // (2 * self._inner.width),
            (2 * y + 1) * self._layout.height // (2 * self._inner.height),
        )

    def strip(self, row: int, view: Region, styles: Mapping[str, Style]) -> Strip:
        """One row with its border; `view` is the part of the drawing that is in view."""
        width, height = self._inner
        if row in (0, height + 1):
            left, right = "╭╮" if row == 0 else "╰╯"
            return Strip([painted(f"{left}{'─' * width}{right}", styles["map"])], width + 2)
        from_x, from_y = self._scaled(view.x, view.y)
        to_x, to_y = self._scaled(view.right - 1, view.bottom - 1)
        y = row - 1
        found = [Segment("│", styles["map"])]
        for x in range(width):
            style = self._dots.get((x, y))
            shown = styles[style or "map"]
            if from_x <= x <= to_x and from_y <= y <= to_y:
                view_style = styles["view"]
                shown += Style(bgcolor=view_style.bgcolor, reverse=view_style.reverse)
            found.append(Segment("▪" if style else " ", shown))
        return Strip([*found, Segment("│", styles["map"])], width + 2)

    def _scaled(self, x: int, y: int) -> tuple[int, int]:
        width, height = self._inner
        column, row = x * width // max(1, self._layout.width), y * height // max(1, self._layout.height)
        return min(max(column, 0), width - 1), min(max(row, 0), height - 1)


def _loudness(style: str) -> int:
    return _LOUD.index(style) if style in _LOUD else len(_LOUD)
