"""Frames with a title around blocks: clusters and loops."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from agentflow_tui.plan.block import WAITING, Block
from agentflow_tui.plan.box import Box, Edge, Span
from agentflow_tui.plan.cell_text import cell_width, fit
from agentflow_tui.plan.gate import Gate
from agentflow_tui.plan.pen import Pen, Style

TITLE_CELLS = 60
"""Longer titles end in `…`."""
_TITLE_MARGIN = 6
"""What a frame's first row has beside the title: `╭─ ` and ` ─╮`."""
_TITLE_LEAST, _TITLE_SHORTEST = 16, 12
_BESIDE, _BESIDE_TIGHT = 10, 20
"""Columns that the way in and the way out of the drawing take; tight, with a frame around and a way down."""
_AGAIN = "again"


def title_room(style: Style) -> int:
    """Cells that a title may take: a long one is no reason to scroll sideways."""
    if style.is_stacked:
        return max(_TITLE_SHORTEST, min(TITLE_CELLS, style.room[0] - _TITLE_MARGIN))
    beside = _BESIDE_TIGHT if style.is_tight else _BESIDE
    return max(_TITLE_LEAST, min(TITLE_CELLS, style.room[0] - _TITLE_MARGIN - beside))


def title_bar(title: str, width: int) -> str:
    """The title between blanks and a rule to the end, exactly `width` + 2 cells, for a frame's first row."""
    shown = fit(title, width)
    return f" {shown} {'─' * (width - cell_width(shown))}"


def draw_frame(pen: Pen, box: Box, reserve: int) -> None:
    """Draw a frame's border and title; `reserve` cells are kept for the title."""
    x, y, right = box.x, box.y, box.x + box.width - 1
    low = y + box.height - 1
    rule = "─" * (box.width - reserve - _TITLE_MARGIN + 1)
    pen.canvas.put(y, Span(x, 2, "╭─", box.path, "frame"))
    pen.canvas.put(y, Span(x + 2, reserve + 2, title_bar(box.text, reserve), box.path, "title"))
    pen.canvas.put(y, Span(x + 4 + reserve, len(rule) + 1, f"{rule}╮", box.path, "frame"))
    for row in range(y + 1, low):
        pen.canvas.put(row, Span(x, 1, "│", box.path, "frame"))
        pen.canvas.put(row, Span(right, 1, "│", box.path, "frame"))
    pen.canvas.put(low, Span(x, box.width, f"╰{'─' * (box.width - 2)}╯", box.path, "frame"))
    pen.boxes[box.path] = box


class FrameBlock:
    """A titled frame around one block."""

    lead_right, tail_right, lead_down, tail_down = 2, 2, 1, 1
    high_right, high_down, high_down_tight, high_down_least = 1, 2, 2, 1
    """Cells between the block and the frame's far side across the flow, the frame included."""
    beside_down = 2
    """Cells that it takes besides the block and these."""

    def __init__(
        self,
        path: str,
        inner: Block,
        style: Style,
        titles: Callable[[int], Sequence[str]],
        gates: tuple[Sequence[Gate], Sequence[Gate]] = ((), ()),
    ) -> None:
        """Measure; `titles` gives what is to be said within so many cells, and the first of that is shown.

        The gates of the way in and of the way out take a row each, within the frame.
        """
        self.path, self.inner, self._style = path, inner, style
        high_down = self.high(style)
        most = title_room(style)
        self._in, self._out = ([fit(f"{WAITING} {gate.words}", most) for gate in side] for side in gates)
        reserve = min(most, max(map(cell_width, titles(most - 2))) + 2)
        least = max(reserve + _TITLE_MARGIN, *(cell_width(gate) + 4 for gate in (*self._in, *self._out)), 0)
        first, last = len(self._in), len(self._out)
        if style.is_right:
            natural = self.lead_right + inner.length + self.tail_right
            self.length = max(natural, least)
            self._lead = self.lead_right + (self.length - natural) // 2
            self._low, self.breadth = 1 + first, 1 + first + self._across + self.high_right + last
        else:
            self.length = self.lead_down + first + inner.length + self.tail_down + last
            self._lead = self.lead_down + first
            natural = 2 + self._across + high_down
            self.breadth = max(natural, least)
            spare = self.breadth - natural
            base = style.base_for(self.breadth, 2 + spare // 2 + inner.base)
            self._low = max(2, min(base - inner.base, 2 + spare))
        self.base = self._low + inner.base
        # What is inside may have left more room than the frame would take for its title.
        width = self.length if style.is_right else self.breadth
        shown = titles(max(reserve, min(TITLE_CELLS, width - _TITLE_MARGIN)) - 2)
        self._reserve = min(width - _TITLE_MARGIN, max(map(cell_width, shown)) + 2)
        self._title = fit(f"{WAITING} {shown[0]}", self._reserve)

    @classmethod
    def high(cls, style: Style) -> int:
        """Cells between the block and the frame's far side where the flow goes down."""
        if not style.is_tight:
            return cls.high_down
        return cls.high_down_least if style.is_stacked else cls.high_down_tight

    @classmethod
    def style_inside(cls, style: Style) -> Style:
        """The style for the block in a frame."""
        return style.within(cls.beside_down + cls.high(style), left=2)

    @property
    def _across(self) -> int:
        return self.inner.breadth

    def draw(self, pen: Pen, m: int, c: int, entry: int, leave: int) -> None:
        """Draw the frame, the way in and out, and the block."""
        x, y = pen.point(m, c)
        width, height = pen.point(self.length, self.breadth)
        draw_frame(pen, Box(self.path, "frame", x, y, width, height, self._title), self._reserve)
        self._draw_gates(pen, x, (y + 1, y + height - 1 - len(self._out)), width)
        start = m + self._lead
        pen.along(m, start, c + self.base, entry)
        self.inner.draw(pen, start, c + self._low, entry, leave)
        pen.along(start + self.inner.length, m + self.length, c + self.base, leave)

    def _draw_gates(self, pen: Pen, x: int, rows: tuple[int, int], width: int) -> None:
        """Beside the border to the right, upon the line downwards."""
        for row, gates in zip(rows, (self._in, self._out), strict=True):
            for place, gate in enumerate(gates):
                wide = cell_width(gate)
                left = x + 2 if self._style.is_right else x + self.base - wide // 2
                left = max(x + 2, min(left, x + width - 2 - wide))
                pen.canvas.put(row + place, Span(left, wide, gate, self.path, "gate"))


class LoopBlock(FrameBlock):
    """A frame whose body has a dashed way back from its end to its start."""

    lead_right, tail_right, lead_down, tail_down = 4, 4, 2, 2
    high_right, high_down, high_down_tight, high_down_least = 2, 4 + len(_AGAIN), 3, 2
    beside_down = 3

    @property
    def _across(self) -> int:
        # The way back needs a free cell beside the line, even around an empty body.
        return max(self.inner.breadth, self.inner.base + 2) + (not self._style.is_right)

    def draw(self, pen: Pen, m: int, c: int, entry: int, leave: int) -> None:
        """Draw the frame with the body, then the way back."""
        super().draw(pen, m, c, entry, leave)
        back = pen.canvas.connect(Edge(self.inner.path, self.path, "back"))
        line, far = c + self.base, c + self._low + self._across
        first = m + self._lead - (2 if self._style.is_right else 1)
        last = m + self._lead + self.inner.length + (1 if self._style.is_right else 0)
        for m_end, inside in ((first, pen.ahead), (last, pen.back)):
            pen.mark(m_end, line, pen.high, 0)
            pen.across(m_end, line + 1, far, back, is_dashed=True)
            pen.mark(m_end, line + 1, pen.low, back, is_dashed=True)
            pen.mark(m_end, far, inside, back, is_dashed=True)
        pen.along(first + 1, last, far, back, is_dashed=True)
        pen.head(first, line + 1, back, is_sideways=True)
        x, y = pen.point((first + last) // 2, far)
        if self._style.is_right:
            pen.canvas.label(x - len(_AGAIN) // 2, y, _AGAIN, back)
        elif not self._style.is_tight:
            pen.canvas.label(x + 2, y, _AGAIN, back)
