"""The edges between panes: dragged with the mouse or moved by keys, within what stays readable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from textual.geometry import Region, clamp
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget

from agentflow_tui.tui.pane_tabs import PANES
from agentflow_tui.tui.preferences import PanePreferences

Edge = Literal["editor", "inspector", "beside", "timeline"]
"""Named like the setting that tells where it is."""
LEAST_COLUMNS, LEAST_ROWS = 18, 3
"""Of a pane, its border included."""
_LEAST_ABOVE = 8
_USUAL = 27
"""Percent of the window, for a pane beside the graph when only the other one was given a width."""
_STEP = 4
"""Columns by which a key moves an edge; rows go one by one."""

_UPRIGHTS: tuple[tuple[Edge, str], ...] = (("editor", "graph"), ("inspector", "inspector"))
"""The pane to the right of each."""


class PaneEdges:
    """Puts the panes' sizes to work and changes them; a size that nobody chose follows the window."""

    class Moved(Message):
        """The panes have sizes that are to be remembered."""

        def __init__(self, sizes: PanePreferences) -> None:
            """Carry the sizes."""
            super().__init__()
            self.sizes = sizes

    def __init__(self, screen: Screen[None], visible: Callable[[], frozenset[str]]) -> None:
        """Take the screen that holds panes named as in `PANES`, and what tells which of them are visible."""
        self.screen, self._visible = screen, visible
        self.sizes = PanePreferences()
        self._held: Edge | None = None
        self._grip = 0
        self._has_moved = False

    def use(self, sizes: PanePreferences) -> None:
        """Give the panes these sizes."""
        self.sizes = sizes
        self.apply()

    def apply(self) -> None:
        """Give the panes that are visible now their sizes, as far as the window allows."""
        panes = self.screen.query_one("#panes")
        count = len(self._visible())
        columns = self._three() if count == len(PANES) else self._two() if count > 1 else ""
        rows = f"1fr {self._rows(self.sizes.timeline)}" if self.sizes.timeline and count == len(PANES) else ""
        for rule, value in (("grid_columns", columns), ("grid_rows", rows)):
            setattr(panes.styles, rule, value or None)

    def edge_at(self, x: int, y: int) -> Edge | None:
        """The edge at a cell of the screen: the borders of both panes belong to it."""
        regions = self._regions()
        if len(regions) == len(PANES):
            if y in (regions["timeline"].y - 1, regions["timeline"].y):
                return "timeline"
            for edge, pane in _UPRIGHTS:
                if y < regions["timeline"].y and x in (regions[pane].x - 1, regions[pane].x):
                    return edge
        elif len(regions) > 1:
            right = max(regions.values(), key=lambda region: region.x)
            if right.y <= y < right.bottom and x in (right.x - 1, right.x):
                return "beside"
        return None

    def is_without_title(self, x: int, y: int) -> bool:
        """Whether a cell is on an edge, and not where a pane has its title."""
        edge = self.edge_at(x, y)
        return edge is not None and not (edge == "timeline" and y == self._place(edge))

    def press(self, x: int, y: int) -> bool:
        """Take hold of the edge at a cell; false when there is none."""
        self._held, self._has_moved = self.edge_at(x, y), False
        if self._held is None:
            return False
        self._grip = self._place(self._held) - (y if self._held == "timeline" else x)
        return True

    def drag(self, x: int, y: int) -> bool:
        """Move the edge that is held to a cell; false when none is."""
        if self._held is None:
            return False
        at = (y if self._held == "timeline" else x) + self._grip
        if at != self._place(self._held):
            self._has_moved = True
            self._put({self._held: self._size_at(self._held, at)})
        return True

    def release(self) -> bool:
        """Let go of the edge; true when it was moved, and its place is to be kept."""
        self._held, moved, self._has_moved = None, self._has_moved, False
        if moved:
            self.screen.post_message(self.Moved(self.sizes))
        return moved

    def grow(self, pane: str, way: int) -> bool:
        """Make a pane a step larger (1) or smaller (-1) and keep that; false where it is alone."""
        regions = self._regions()
        by = _STEP * way
        if len(regions) == len(PANES):
            if pane == "timeline":
                self._put({"timeline": self._rows(regions[pane].height + way)})
            else:
                shares = {pane: by} if pane != "graph" else {"editor": -by // 2, "inspector": -by // 2}
                self._put({name: self._share(regions[name].width + more) for name, more in shares.items()})
        elif len(regions) > 1:
            beside = next(region for name, region in regions.items() if name != "graph")
            self._put({"beside": self._share(beside.width + (-by if pane == "graph" else by))})
        else:
            return False
        self.screen.post_message(self.Moved(self.sizes))
        return True

    def reset(self) -> None:
        """Give all panes their usual sizes, and keep that."""
        self.use(PanePreferences())
        self.screen.post_message(self.Moved(self.sizes))

    def _put(self, sizes: dict[str, int]) -> None:
        changed = self.sizes.model_copy(update=sizes)
        if changed != self.sizes:
            self.use(changed)

    def _regions(self) -> dict[str, Region]:
        return {name: self.screen.query_one(f"#{name}", Widget).region for name in self._visible()}

    def _place(self, edge: Edge) -> int:
        """The column or row where the pane behind an edge begins."""
        regions = self._regions()
        if edge == "timeline":
            return regions["timeline"].y
        if edge == "beside":
            return max(region.x for region in regions.values())
        return regions["graph" if edge == "editor" else "inspector"].x

    def _size_at(self, edge: Edge, at: int) -> int:
        """The size of the edge's pane when the edge is at a column or row."""
        regions = self._regions()
        if edge == "timeline":
            return self._rows(regions["timeline"].bottom - at)
        is_left = edge == "editor" or (edge == "beside" and "editor" in regions)
        return self._share(at if is_left else self._width - at)

    @property
    def _width(self) -> int:
        return self.screen.size.width

    def _share(self, columns: int) -> int:
        others = 2 if len(self._visible()) == len(PANES) else 1
        most = self._width - LEAST_COLUMNS * others
        kept = clamp(columns, LEAST_COLUMNS, max(most, LEAST_COLUMNS))
        return clamp(round(100 * kept / max(1, self._width)), 1, 80)

    def _rows(self, rows: int) -> int:
        return clamp(rows, LEAST_ROWS, max(LEAST_ROWS, self.screen.size.height - _LEAST_ABOVE))

    def _three(self) -> str:
        if not (self.sizes.editor or self.sizes.inspector):
            return ""
        left = self._columns(self.sizes.editor or _USUAL, 2 * LEAST_COLUMNS)
        return f"{left} 1fr {self._columns(self.sizes.inspector or _USUAL, left + LEAST_COLUMNS)}"

    def _two(self) -> str:
        if not self.sizes.beside:
            return ""
        columns = self._columns(self.sizes.beside, LEAST_COLUMNS)
        return f"{columns} 1fr" if "editor" in self._visible() else f"1fr {columns}"

    def _columns(self, share: int, others: int) -> int:
        return clamp(
            round(self._width * share / 100), LEAST_COLUMNS, max(LEAST_COLUMNS, self._width - others)
        )
