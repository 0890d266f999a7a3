"""Blocks side by side between a split and a join."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from agentflow_tui.plan.block import Block
from agentflow_tui.plan.box import Edge
from agentflow_tui.plan.cell_text import cell_width, fit
from agentflow_tui.plan.pen import Pen, Style

LABEL_CELLS = 24
"""Longer labels end in `…`."""
_LABEL_LEAST = 12


class BranchesBlock:
    """A fan-out or a choice: every branch has its own two connections, with a label for a choice."""

    def __init__(
        self,
        path: str,
        blocks: Sequence[Block],
        style: Style,
        *,
        labels: Sequence[str] = (),
        kind: Literal["flow", "option"] = "flow",
    ) -> None:
        """Measure the pile, low side first in declared order."""
        self.path, self._blocks, self._kind, self._style = path, blocks, kind, style
        # To the right a label takes columns of its own, so in a narrow place it gets fewer.
        most = max(_LABEL_LEAST, min(LABEL_CELLS, style.room[0] // 4)) if style.is_right else LABEL_CELLS
        self._labels = [fit(label, most) for label in labels] or [""] * len(blocks)
        widest = max(map(cell_width, self._labels))
        self._lead = 2 + (widest + 2 if widest else 0) if style.is_right else 1 + bool(widest)
        self._tail = 2 if style.is_right else 1
        self.length = self._lead + max(block.length for block in blocks) + self._tail
        self._lines: list[int] = []
        c = 0
        for block, label in zip(blocks, self._labels, strict=True):
            wide = 0 if style.is_right else cell_width(label)
            line = c + max(block.base, wide // 2)
            self._lines.append(line)
            c = line + max(block.breadth - block.base, wide - wide // 2) + style.spread
        self.breadth = c - style.spread
        low, high = self._lines[(len(blocks) - 1) // 2], self._lines[len(blocks) // 2]
        self.base = (low + high) // 2

    def draw(self, pen: Pen, m: int, c: int, entry: int, leave: int) -> None:
        """Draw split, branches and join."""
        base, first = c + self.base, m + self._lead
        last = m + self.length - 1
        pen.mark(m, base, pen.back, entry)
        pen.mark(last, base, pen.ahead, leave)
        for block, label, line in zip(self._blocks, self._labels, self._lines, strict=True):
            inward = pen.canvas.connect(Edge(self.path, block.path, self._kind))
            outward = pen.canvas.connect(Edge(block.path, self.path, self._kind))
            pen.across(m, base, c + line, inward)
            pen.mark(m, c + line, pen.ahead, inward)
            pen.along(m + 1, first, c + line, inward)
            self._write(pen, m, c + line, label, inward)
            block.draw(pen, first, c + line - block.base, inward, outward)
            pen.along(first + block.length, last, c + line, outward)
            pen.mark(last, c + line, pen.back, outward)
            pen.across(last, base, c + line, outward)

    def _write(self, pen: Pen, m: int, line: int, label: str, edges: int) -> None:
        if not label:
            return
        if self._style.is_right:
            pen.canvas.label(m + 2, line, label, edges)
        else:
            pen.canvas.label(line - cell_width(label) // 2, m + 1, label, edges)
