"""Drawing along and across a direction, so that one layout serves both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from agentflow_tui.plan.box import Box
from agentflow_tui.plan.canvas import DOWN, LEFT, RIGHT, UP, Canvas, Line

Direction = Literal["right", "down"]
Detail = Literal["full", "names", "dots"]
"""A box with a line of text, a box with a name, one cell."""


_NAME_LEAST = 12
"""Cells; a name that is cut to less cannot be told from others."""


@dataclass(frozen=True, slots=True)
class Style:
    """How roomy a drawing is and where it goes; lengths are in cells."""

    direction: Direction
    detail: Detail
    room: tuple[int, int] = (80, 24)
    """Columns and rows of the place it will be seen in."""
    folds: Mapping[str, bool] = field(default_factory=dict)
    """Paths of nodes that are to be one box (true), and of wide fan-outs to show in full (false)."""
    label: int = 60
    """Cells that a line of a choice's label takes at most."""
    is_wrapped: bool = False
    """Whether the outermost row is broken to fit the room; left to right only."""
    is_tight: bool = False
    """Whether room is saved where little is lost: short ends, room for small counts, no word on a loop."""

    is_stacked: bool = False
    """Whether branches that are too wide side by side go one below the other; downwards only."""

    axis: int = 0
    """Column of the line of the flow in the room, where all of that has to fit on both sides of it."""

    def within(self, columns: int, left: int | None = None) -> Style:
        """The style inside of something that takes so many columns, `left` of them before the inside.

        Without `left` there is a line of its own for each part of the inside.
        """
        if not self.is_stacked:
            return self
        width = self.room[0] - columns
        axis = width // 2 if left is None else self.axis - left
        return replace(self, room=(width, self.room[1]), axis=axis)

    def base_for(self, breadth: int, base: int) -> int:
        """The line for something so broad: `base`, or the next to it that has room on both sides."""
        if not self.is_stacked:
            return base
        return max(breadth - (self.room[0] - self.axis), min(base, self.axis))

    def has_room(self, breadth: int, base: int) -> bool:
        """Whether something so broad fits with its line at `base`."""
        return breadth <= self.room[0] and base == self.base_for(breadth, base)

    def name_cells(self, most: int, beside: int) -> int:
        """Cells for a name: `most`, or what is left where it has to fit `beside` so many others."""
        return max(_NAME_LEAST, min(most, self.room[0] - beside)) if self.is_stacked else most

    @property
    def is_right(self) -> bool:
        """True when the flow goes from left to right, false when it goes down."""
        return self.direction == "right"

    @property
    def gap(self) -> int:
        """Cells between two blocks that follow each other."""
        return 2 if self.is_right and self.detail != "dots" else 1

    @property
    def spread(self) -> int:
        """Cells between two blocks side by side."""
        if self.is_right:
            return 1 if self.detail == "full" else 0
        return 2


class Pen:
    """Draws in (m, c): m counts along the flow, c across it."""

    def __init__(self, canvas: Canvas, style: Style) -> None:
        """Draw on a canvas; `boxes` collects where the nodes are."""
        self.canvas, self.style = canvas, style
        self.boxes: dict[str, Box] = {}
        self._is_right = style.is_right
        self.back, self.ahead = (LEFT, RIGHT) if style.is_right else (UP, DOWN)
        """The ways a line comes from and goes to."""
        self.low, self.high = (UP, DOWN) if style.is_right else (LEFT, RIGHT)
        """The ways towards smaller and larger c."""

    def point(self, m: int, c: int) -> tuple[int, int]:
        """Column and row of a place."""
        return (m, c) if self._is_right else (c, m)

    def mark(self, m: int, c: int, ways: int, edges: int, *, is_dashed: bool = False) -> None:
        """Let a line pass through one cell."""
        x, y = self.point(m, c)
        self.canvas.across(y, x, x + 1, Line(ways, edges, is_dashed))

    def head(self, m: int, c: int, edges: int, *, is_sideways: bool = False) -> None:
        """Put an arrow head that points with the flow, or sideways towards smaller c."""
        x, y = self.point(m, c)
        glyph = "▲◀" if is_sideways else "▶▼"
        self.canvas.head(x, y, glyph[not self._is_right], edges)

    def enter(self, m: int, c: int, edges: int) -> None:
        """Put an arrow head that points towards larger c."""
        x, y = self.point(m, c)
        self.canvas.head(x, y, "▼▶"[not self._is_right], edges)

    def along(self, start: int, end: int, c: int, edges: int, *, is_dashed: bool = False) -> None:
        """A line with the flow through the cells `start` to `end - 1`."""
        line = Line(self.back | self.ahead, edges, is_dashed)
        (self.canvas.across if self._is_right else self.canvas.down)(c, start, end, line)

    def across(self, m: int, start: int, end: int, edges: int, *, is_dashed: bool = False) -> None:
        """A line across the flow from cell `start` to cell `end`, open only towards each other."""
        first, last = min(start, end), max(start, end)
        if first == last:
            return
        self.mark(m, first, self.high, edges, is_dashed=is_dashed)
        line = Line(self.low | self.high, edges, is_dashed)
        (self.canvas.down if self._is_right else self.canvas.across)(m, first + 1, last, line)
        self.mark(m, last, self.low, edges, is_dashed=is_dashed)
