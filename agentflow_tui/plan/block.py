"""Blocks that enter and leave on one base line: the single agent and the row of blocks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from agentflow_tui.plan.box import Box, BoxKind, Edge, Span
from agentflow_tui.plan.cell_text import cell_width, fit, padded
from agentflow_tui.plan.pen import Pen, Style

NAME_CELLS = 24
"""Longer names end in `…`."""
COUNT_CELLS = 4
"""Room for how often an agent ran, `12×`."""
_COUNT_CELLS_TIGHT = 2
WORD_CELLS = 9
"""Room for how a node stands, `cancelled`."""
SUBTITLE_CELLS = 20
"""Least room for the line that streams in."""
WAITING = "○"


class Block(Protocol):
    """A part of the drawing; the flow enters at its start and leaves at its end, both at `base`."""

    path: str
    length: int
    """Cells along the flow."""
    breadth: int
    """Cells across it."""
    base: int
    """Cells from its low side to the line of the flow."""

    def draw(self, pen: Pen, m: int, c: int, entry: int, leave: int) -> None:
        """Draw at (m, c); `entry` and `leave` are the bits of the connections that come in and go out."""


class StepBlock:
    """One box: a border, a name with glyph and count, and in full a line below."""

    def __init__(self, path: str, text: str, style: Style, *, is_closed: bool = False) -> None:
        """Measure the name; `is_closed` is for a box that stands for all that is inside of it."""
        self.path, self._is_right = path, style.is_right
        self.is_closed = is_closed
        self._height = 4 if style.detail == "full" else 3
        # The lower border carries the word, with a corner, a rule and a blank on each side.
        count = _COUNT_CELLS_TIGHT if style.is_tight else COUNT_CELLS
        self.name = fit(text, style.name_cells(NAME_CELLS, 4 + 2 + 1 + count))
        content = max(2 + cell_width(self.name) + 1 + count, WORD_CELLS + 2)
        is_roomy = style.detail == "full" and not style.is_tight
        self.widen(4 + (max(content, SUBTITLE_CELLS) if is_roomy else content))

    def widen(self, width: int) -> None:
        """Take `width` columns, so that siblings look alike."""
        self.width = width
        self.length, self.breadth = (width, self._height) if self._is_right else (self._height, width)
        self.base = 1 if self._is_right else width // 2

    middle = 1
    """Cells along a flow that goes down, from the start to the name."""

    def draw(self, pen: Pen, m: int, c: int, entry: int, leave: int) -> None:  # noqa: ARG002
        """Draw the border, the name and the arrow head."""
        self._draw_box(pen, m, c)
        pen.head(m, c + self.base, entry)

    def draw_beside(self, pen: Pen, m: int, c: int, entry: int) -> None:
        """Draw it with the arrow head before its name, for a line that comes across a flow that goes down."""
        self._draw_box(pen, m, c)
        pen.enter(m + self.middle, c, entry)

    def _draw_box(self, pen: Pen, m: int, c: int) -> None:
        x, y = pen.point(m, c)
        line, right, low = "─" * (self.width - 2), x + self.width - 1, y + self._height - 1
        pen.canvas.put(y, Span(x, self.width, f"╭{line}╮", self.path, "border"))
        for row in range(y + 1, low):
            text = f" {WAITING} {self.name}" if row == y + 1 else ""
            pen.canvas.put(row, Span(x, 1, "│", self.path, "border"))
            pen.canvas.put(
                row, Span(x + 1, self.width - 2, padded(text, self.width - 2), self.path, "inside")
            )
            pen.canvas.put(row, Span(right, 1, "│", self.path, "border"))
        pen.canvas.put(low, Span(x, self.width, f"╰{line}╯", self.path, "border"))
        kind: BoxKind = "closed" if self.is_closed else "step"
        pen.boxes[self.path] = Box(
            self.path, kind, x, y, self.width, self._height, self.name, is_folded=self.is_closed
        )


class DotBlock:
    """One box seen from far away: a glyph behind the head of the arrow."""

    def __init__(self, path: str, text: str, style: Style, *, is_closed: bool = False) -> None:
        """Take one cell, and one for the arrow where it goes right."""
        self.path, self._text, self._is_right, self._is_closed = path, text, style.is_right, is_closed
        self.length, self.breadth, self.base = (2 if self._is_right else 1), 1, 0

    def draw(self, pen: Pen, m: int, c: int, entry: int, leave: int) -> None:  # noqa: ARG002
        """Draw the arrow head and the glyph."""
        if self._is_right:
            pen.head(m, c, entry)
            m += 1
        self.draw_beside(pen, m, c, entry)

    middle = 0

    def draw_beside(self, pen: Pen, m: int, c: int, entry: int) -> None:  # noqa: ARG002
        """Draw the glyph alone, for a line that comes across."""
        x, y = pen.point(m, c)
        pen.canvas.put(y, Span(x, 1, WAITING, self.path, "inside"))
        pen.boxes[self.path] = Box(self.path, "dot", x, y, 1, 1, self._text, is_folded=self._is_closed)


class EmptyBlock:
    """Nothing but a line, for a part without agents."""

    length, breadth, base = 3, 1, 0

    def __init__(self, path: str) -> None:
        """Take no room beside the line."""
        self.path = path

    def draw(self, pen: Pen, m: int, c: int, entry: int, leave: int) -> None:
        """Draw the line."""
        pen.along(m, m + self.length, c, entry | leave)


class ChainBlock:
    """Blocks one after the other on one line."""

    def __init__(self, path: str, blocks: Sequence[Block], style: Style) -> None:
        """Measure the row."""
        self.path, self._blocks, self._gap = path, blocks, style.gap
        self.length = sum(block.length for block in blocks) + self._gap * (len(blocks) - 1)
        self.base = max(block.base for block in blocks)
        self.breadth = self.base + max(block.breadth - block.base for block in blocks)

    def draw(self, pen: Pen, m: int, c: int, entry: int, leave: int) -> None:
        """Draw the blocks and the lines between them."""
        line, last = c + self.base, len(self._blocks) - 1
        for place, block in enumerate(self._blocks):
            after = leave
            if place < last:
                after = pen.canvas.connect(Edge(block.path, self._blocks[place + 1].path))
            block.draw(pen, m, line - block.base, entry, after)
            m += block.length
            if place < last:
                pen.along(m, m + self._gap, line, after)
                m += self._gap
            entry = after
