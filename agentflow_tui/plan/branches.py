"""Blocks side by side between a split and a join."""

from __future__ import annotations

from collections.abc import Sequence

from agentflow_tui.plan.block import Block
from agentflow_tui.plan.box import Edge, EdgeKind
from agentflow_tui.plan.cell_text import cell_width, shown, wrap
from agentflow_tui.plan.pen import Pen, Style

LABEL_LINES = 3
"""A label that is longer than that ends in `…`."""


class BranchesBlock:
    """A fan-out or a choice: every branch has its own two connections, with a label for a choice."""

    def __init__(
        self,
        path: str,
        blocks: Sequence[Block],
        style: Style,
        *,
        labels: Sequence[str] = (),
        kind: EdgeKind = "flow",
    ) -> None:
        """Measure the pile, low side first in declared order."""
        self.path, self._blocks, self._kind, self._style = path, blocks, kind, style
        lines = 1 if style.detail == "dots" else LABEL_LINES
        self._labels = [label_lines(label, style.label, lines) for label in labels or [""] * len(blocks)]
        widest = max(map(_width, self._labels))
        most_lines = max(map(len, self._labels)) if widest else 0
        self._lead = 2 + (widest + 2 if widest else 0) if style.is_right else 1 + most_lines
        self._tail = 2 if style.is_right else 1
        self.length = self._lead + max(block.length for block in blocks) + self._tail
        self._lines: list[int] = []
        c = 0
        for block, label in zip(blocks, self._labels, strict=True):
            wide = 0 if style.is_right else _width(label)
            line = c + max(block.base, wide // 2)
            self._lines.append(line)
            below = len(label) if style.is_right else wide - wide // 2
            c = line + max(block.breadth - block.base, below) + style.spread
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

    def _write(self, pen: Pen, m: int, line: int, label: tuple[str, ...], edges: int) -> None:
        for place, text in enumerate(label):
            if not text:
                continue
            if self._style.is_right:
                pen.canvas.label(m + 2, line + place, text, edges)
            else:
                pen.canvas.label(line - cell_width(text) // 2, m + 1 + place, text, edges)


def _width(label: tuple[str, ...]) -> int:
    return max(map(cell_width, label))


def _is_whole(lines: tuple[str, ...], label: str) -> bool:
    """Whether the lines lost nothing of the label but blanks."""
    return "".join(lines).replace(" ", "") == label.replace(" ", "")


def label_lines(label: str, width: int, lines: int) -> tuple[str, ...]:
    """The label in as few lines as it needs, and these as even as its words allow."""
    label = shown(label)
    if cell_width(label) > width:
        for count in range(2, lines + 1):
            for narrower in range(cell_width(label) // count, width + 1):
                found = wrap(label, narrower, count)
                if _is_whole(found, label):
                    return found
    return wrap(label, width, lines)
