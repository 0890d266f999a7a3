"""Branches one below the other beside a line, for a flow that goes down in a narrow place."""

from __future__ import annotations

from collections.abc import Sequence

from agentflow_tui.plan.block import Block, DotBlock, StepBlock
from agentflow_tui.plan.box import Edge, EdgeKind
from agentflow_tui.plan.branches import LABEL_LINES, label_lines
from agentflow_tui.plan.cell_text import cell_width
from agentflow_tui.plan.pen import Pen, Style

STACK_COLUMNS = 4
"""What the lines to the left and to the right of the blocks take."""
_LEFT = 2


class StackBlock:
    """A fan-out or a choice, downwards only: one line leads past all branches, one collects what they do.

    Labels stand above their branch, in as few lines as the room allows.
    """

    def __init__(
        self,
        path: str,
        blocks: Sequence[Block],
        style: Style,
        *,
        labels: Sequence[str] = (),
        kind: EdgeKind = "flow",
    ) -> None:
        """Measure the pile in declared order."""
        self.path, self._blocks, self._kind = path, blocks, kind
        widest = max(block.breadth for block in blocks)
        room = max(widest, style.room[0] - _LEFT - 1)
        self._labels = [
            label_lines(label, room, LABEL_LINES) if label else () for label in labels or [""] * len(blocks)
        ]
        wide = max((cell_width(line) for label in self._labels for line in label), default=0)
        self._right = _LEFT + max(widest + 1, wide)
        self._tops: list[int] = []
        spread = 1 if style.detail == "full" else 0
        m = 1
        for block, label in zip(blocks, self._labels, strict=True):
            m += len(label)
            self._tops.append(m)
            m += spread + (block.length if _is_leaf(block) else block.length + 2)
        self.length = m - spread + 1
        self.breadth = self._right + 1
        self.base = max(1, min(style.base_for(self.breadth, self.breadth // 2), self._right - 1))

    def draw(self, pen: Pen, m: int, c: int, entry: int, leave: int) -> None:
        """Draw the way in, the branches and the way out."""
        base, right, last = c + self.base, c + self._right, m + self.length - 1
        pen.mark(m, base, pen.back, entry)
        pen.mark(last, base, pen.ahead, leave)
        for block, label, top in zip(self._blocks, self._labels, self._tops, strict=True):
            inward = pen.canvas.connect(Edge(self.path, block.path, self._kind))
            outward = pen.canvas.connect(Edge(block.path, self.path, self._kind))
            for place, line in enumerate(label):
                x, y = pen.point(m + top - len(label) + place, c + _LEFT)
                pen.canvas.label(x, y, line, inward)
            begin, end = self._branch(pen, block, (m + top, c + _LEFT), (inward, outward), right)
            pen.across(m, base, c, inward)
            pen.mark(m, c, pen.ahead, inward)
            pen.along(m + 1, begin, c, inward)
            pen.mark(begin, c, pen.back, inward)
            pen.mark(end, right, pen.ahead, outward)
            pen.along(end + 1, last, right, outward)
            pen.mark(last, right, pen.back, outward)
            pen.across(last, right, base, outward)

    def _branch(
        self, pen: Pen, block: Block, corner: tuple[int, int], edges: tuple[int, int], right: int
    ) -> tuple[int, int]:
        """Draw one branch and the lines to both sides; the answer is the rows where they begin and end."""
        (m, c), (inward, outward) = corner, edges
        if isinstance(block, StepBlock | DotBlock):
            row, end = m + block.middle, c + block.breadth
            pen.across(row, c - _LEFT, c - 1, inward)
            pen.mark(row, c - 1, pen.high, inward)
            block.draw_beside(pen, m, c, inward)
            pen.mark(row, end, pen.low, outward)
            pen.across(row, end, right, outward)
            return row, row
        line, last = c + block.base, m + 1 + block.length
        pen.across(m, c - _LEFT, line, inward)
        pen.mark(m, line, pen.ahead, inward)
        block.draw(pen, m + 1, c, inward, outward)
        pen.mark(last, line, pen.back, outward)
        pen.across(last, line, right, outward)
        return m, last


def _is_leaf(block: Block) -> bool:
    return isinstance(block, StepBlock | DotBlock)
