"""Marks that move along the lines where data goes."""

from __future__ import annotations

from collections import deque

from agentflow_tui.plan.box import Edge
from agentflow_tui.plan.layout import Layout

_APART = 5
"""Cells from one mark to the next."""
Cell = tuple[int, int]


class Pulse:
    """Which cells of the lines that flow are marked; each tick the marks move on by one cell."""

    def __init__(self, layout: Layout) -> None:
        """Start with nothing flowing."""
        self._layout = layout
        self._flowing: frozenset[Edge] = frozenset()
        self.steps: dict[int, dict[int, int]] = {}
        """By row and column: how many cells it is to the line's end."""
        self.tick = 0

    def flow(self, edges: frozenset[Edge]) -> bool:
        """Let these lines flow, and no others; false when they did before."""
        if edges == self._flowing:
            return False
        self._flowing = edges
        self.steps = {}
        for edge, cells in self._layout.canvas.cells_of(edges).items():
            for (x, y), step in self._steps(edge, cells).items():
                self.steps.setdefault(y, {})[x] = step
        return True

    def move(self) -> list[int]:
        """Move the marks on; the answer is the rows in which that is seen."""
        left = -self.tick % _APART
        self.tick += 1
        entered = -self.tick % _APART
        return [
            y
            for y, cells in self.steps.items()
            if any(step % _APART in (left, entered) for step in cells.values())
        ]

    def is_marked(self, x: int, y: int) -> bool:
        """Whether a cell has a mark now."""
        step = self.steps.get(y, {}).get(x)
        return step is not None and (step + self.tick) % _APART == 0

    def _steps(self, edge: Edge, cells: set[Cell]) -> dict[Cell, int]:
        """How far each cell is from the end, along the line."""
        if not cells:
            return {}
        ahead = 0 if self._layout.style.is_right else 1
        end = self._layout.canvas.head_of(edge) or max(cells, key=lambda cell: cell[ahead])
        found = {end: 0}
        pending = deque([end])
        while pending:
            x, y = pending.popleft()
            for cell in ((x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)):
                if cell in cells and cell not in found:
                    found[cell] = found[x, y] + 1
                    pending.append(cell)
        return found
