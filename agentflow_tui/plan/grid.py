"""A wide fan-out folded to one row per branch."""

from __future__ import annotations

from collections.abc import Sequence

from agentflow_tui.plan.block import NAME_CELLS, WAITING, WORD_CELLS
from agentflow_tui.plan.box import Box, Span
from agentflow_tui.plan.cell_text import cell_width, fit, padded
from agentflow_tui.plan.frame import draw_frame
from agentflow_tui.plan.pen import Pen, Style

FOLDED_ABOVE = 8
"""Branches; more of them are folded unless opened."""
_BESIDE = 16
"""Columns that the rest of the drawing needs at least."""
_ABOVE = 4


class GridBlock:
    """A frame with a cell of one row for each branch, row by row in declared order."""

    def __init__(
        self, path: str, branches: Sequence[tuple[str, str]], style: Style, titles: Sequence[str]
    ) -> None:
        """Measure; `branches` are the path and the name of each. There is room for each of the titles."""
        self.path, self._is_right = path, style.is_right
        most = style.name_cells(NAME_CELLS, 4 + 2 + 1 + WORD_CELLS)
        self._cells = [(branch, fit(name, most)) for branch, name in branches]
        self._cell = 2 + max(cell_width(name) for _, name in self._cells) + 1 + WORD_CELLS
        self._columns = self._column_count(style)
        rows = -(-len(self._cells) // self._columns)
        most = max(NAME_CELLS, self._columns * (self._cell + 2) - 4)
        self._title = fit(f"{WAITING} {titles[0]}", most)
        self._reserve = min(most, max(map(cell_width, titles)) + 2)
        width = max(self._columns * (self._cell + 2) + 2, self._reserve + 6)
        self._size = (width, rows + 2)
        self.length, self.breadth = self._size if self._is_right else self._size[::-1]
        # Downwards the line comes in beside the title, never through it.
        beside = max(width // 2, self._reserve + 4)
        self.base = (rows + 1) // 2 if self._is_right else style.base_for(width, beside)

    def _column_count(self, style: Style) -> int:
        columns, rows = style.room
        fitting = max(1, (columns - (2 if style.is_stacked else _BESIDE)) // (self._cell + 2))
        if style.is_right:
            fitting = min(fitting, -(-len(self._cells) // max(1, rows - _ABOVE)))
        return min(fitting, len(self._cells))

    def draw(self, pen: Pen, m: int, c: int, entry: int, leave: int) -> None:  # noqa: ARG002
        """Draw the frame, the cells and the arrow head."""
        x, y = pen.point(m, c)
        box = Box(self.path, "frame", x, y, *self._size, self._title, is_folded=True)
        draw_frame(pen, box, self._reserve)
        for place, (path, name) in enumerate(self._cells):
            row, column = divmod(place, self._columns)
            left, top = x + 2 + column * (self._cell + 2), y + 1 + row
            text = padded(f"{WAITING} {name}", self._cell)
            pen.canvas.put(top, Span(left, self._cell, text, path, "inside"))
            pen.boxes[path] = Box(path, "cell", left, top, self._cell, 1, name)
        pen.head(m, c + self.base, entry)
