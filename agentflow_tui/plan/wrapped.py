"""A long row of blocks broken into several rows."""

from __future__ import annotations

from collections.abc import Sequence

from agentflow_tui.plan.block import Block, ChainBlock
from agentflow_tui.plan.box import Edge
from agentflow_tui.plan.pen import Pen, Style

_LEFT, _RIGHT = 2, 2
"""Columns beside the rows for the line from one row's end to the start of the next."""
_ENDS = 7
"""Columns that the way in and the way out of the whole drawing take besides."""


class WrappedBlock:
    """Blocks from left to right in rows that fit a width; a line leads from each row to the one below."""

    def __init__(self, path: str, blocks: Sequence[Block], style: Style) -> None:
        """Break and measure; a row has at least one block."""
        self.path = path
        width = style.room[0] - _LEFT - _RIGHT - _ENDS
        rows: list[list[Block]] = []
        used = 0
        for block in blocks:
            used += style.gap + block.length
            if not rows or used > width:
                rows.append([])
                used = block.length
            rows[-1].append(block)
        self._rows = [ChainBlock(path, row, style) for row in rows]
        self._ends = [(row[0].path, row[-1].path) for row in rows]
        self._inner = max(row.length for row in self._rows)
        self.length = _LEFT + self._inner + _RIGHT
        # One row of cells between two rows, for the line.
        self.breadth = sum(row.breadth for row in self._rows) + len(self._rows) - 1
        self.base = self._rows[0].base
        self.end = _LEFT + self._rows[-1].length
        """Where the flow leaves, along it: at the end of the last row."""
        self.leaving = self.breadth - self._rows[-1].breadth + self._rows[-1].base
        """Where the flow leaves, across it."""

    def draw(self, pen: Pen, m: int, c: int, entry: int, leave: int) -> None:
        """Draw the rows and the lines between them."""
        lane = m + self.length - 1
        pen.along(m, m + _LEFT, c + self.base, entry)
        for place, row in enumerate(self._rows[:-1]):
            onward = pen.canvas.connect(Edge(self._ends[place][1], self._ends[place + 1][0]))
            row.draw(pen, m + _LEFT, c, entry, onward)
            pen.along(m + _LEFT + row.length, lane, c + row.base, onward)
            below = c + row.breadth
            self._down(pen, (m, lane), (c + row.base, below, below + 1 + self._rows[place + 1].base), onward)
            c, entry = below + 1, onward
        self._rows[-1].draw(pen, m + _LEFT, c, entry, leave)

    def _down(self, pen: Pen, sides: tuple[int, int], lines: tuple[int, int, int], edges: int) -> None:
        (left, right), (above, between, below) = sides, lines
        pen.mark(right, above, pen.back, edges)
        pen.across(right, above, between, edges)
        pen.mark(right, between, pen.back, edges)
        pen.along(left + 1, right, between, edges)
        pen.mark(left, between, pen.ahead, edges)
        pen.across(left, between, below, edges)
        pen.mark(left, below, pen.ahead, edges)
        pen.along(left + 1, left + _LEFT, below, edges)
