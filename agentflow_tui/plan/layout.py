"""The drawing of a plan, exact to the cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from types import MappingProxyType
from typing import Literal, NamedTuple, cast

from agentflow_tui.plan.arrange import arrange_root
from agentflow_tui.plan.block import Block
from agentflow_tui.plan.box import Box, Edge, Span
from agentflow_tui.plan.canvas import Canvas
from agentflow_tui.plan.cell_text import cell_width, cells
from agentflow_tui.plan.node import Choice, Plan
from agentflow_tui.plan.pen import Detail, Direction, Pen, Style
from agentflow_tui.plan.wrapped import WrappedBlock

_IN, _OUT = "in", "out"


@dataclass(frozen=True, slots=True)
class Layout:
    """A drawn plan: boxes by path, and rows of spans put together when they are asked for."""

    width: int
    height: int
    style: Style
    boxes: Mapping[str, Box]
    """By path, frames before what they surround."""
    edges: tuple[Edge, ...]
    canvas: Canvas

    def row(self, y: int) -> tuple[Span, ...]:
        """The spans of one row, left to right."""
        return self.canvas.row(y)

    def text(self) -> str:
        """The whole drawing as plain text, every agent waiting."""
        lines = []
        for y in range(self.height):
            line = [" "] * self.width
            for span in self.row(y):
                line[span.x : span.x + span.width] = cells(span.text)
            lines.append("".join(line).rstrip())
        return "\n".join(lines)

    def box_at(self, x: int, y: int) -> Box | None:
        """The innermost box that holds a cell."""
        found = [box for box in self.boxes.values() if box.holds(x, y)]
        return min(found, key=lambda box: box.width * box.height, default=None)


def lay_out(
    plan: Plan,
    *,
    direction: Direction | Literal["auto"] = "auto",
    detail: Detail | Literal["auto", "fit"] = "auto",
    room: tuple[int, int] = (80, 24),
    folds: Mapping[str, bool] = MappingProxyType({}),
) -> Layout:
    """Lay out a plan for a place of `room` columns and rows.

    Automatic choices take the roomiest drawing that fits, and the one that needs the least scrolling
    when none does: down rather than sideways, however long the way. `fit` goes as far as dots, `auto`
    keeps the names. Before one would have to scroll sideways, all of it is drawn tight.
    `folds` has the paths of nodes to show as one box (true), and of wide fan-outs to show in full (false).
    """
    details: tuple[Detail, ...] = _DETAILS.get(detail) or (cast("Detail", detail),)
    labels = _label_widths(plan)
    best: _Sheet | None = None
    for ways, is_tight, one_detail in product(_WAYS[direction], (False, True), details):
        for way in ways:
            style = Style(way.direction, one_detail, room, folds, is_tight=is_tight)
            style = replace(style, is_wrapped=way.is_wrapped, is_stacked=way.is_stacked, axis=room[0] // 2)
            sheet = _narrowest(plan, style, labels)
            if sheet.excess() <= 1:
                return sheet.drawn()
            # What has to be scrolled sideways anyway had better be roomy.
            is_worth_it = not (is_tight or way.is_stacked) or sheet.width <= room[0]
            if best is None or (is_worth_it and sheet.cost() < best.cost()):
                best = sheet
    assert best is not None
    return best.drawn()


def _narrowest(plan: Plan, style: Style, labels: Sequence[int]) -> _Sheet:
    """With the longest labels that fit into the room, or the shortest ones."""
    for label in labels:
        sheet = _Sheet(plan, replace(style, label=label))
        if sheet.width <= style.room[0]:
            break
    return sheet


_DETAILS: dict[str, tuple[Detail, ...]] = {"auto": ("full", "names"), "fit": ("full", "names", "dots")}
_LABEL_WIDTHS = (60, 44, 32, 24, 18, 12)
"""What is tried in turn until the drawing is narrow enough; a label may have several lines."""


def _label_widths(plan: Plan) -> tuple[int, ...]:
    longest = max(
        (
            cell_width(option.label)
            for node in plan.nodes.values()
            if isinstance(node, Choice)
            for option in node.options
        ),
        default=0,
    )
    wide = sum(width >= longest for width in _LABEL_WIDTHS)
    return _LABEL_WIDTHS[max(0, wide - 1) :]


class _Way(NamedTuple):
    direction: Direction
    is_wrapped: bool = False
    is_stacked: bool = False


_WRAPPED, _STACKED = _Way("right", is_wrapped=True), _Way("down", is_stacked=True)
_WAYS: dict[str, tuple[tuple[_Way, ...], ...]] = {
    "right": ((_Way("right"), _WRAPPED),),
    "down": ((_Way("down"),), (_STACKED,)),
    "auto": ((_Way("right"), _Way("down"), _WRAPPED), (_STACKED,)),
}
"""What is tried in turn; the ways of a later group only when those of the ones before fit in no detail."""


class _Sheet:
    """A measured plan with its way in and out, not drawn yet."""

    def __init__(self, plan: Plan, style: Style) -> None:
        self._plan, self._style = plan, style
        self._block: Block = arrange_root(plan.root, style)
        # `in ─` before and `─▶ out` behind, tight `in ` and `▶ out`; downwards one row for each.
        line = 0 if style.is_tight else 1
        self._rule = line if style.is_right else 0
        self._lead = len(_IN) + 1 + line if style.is_right else 2
        self._tail = len(_OUT) + 2 + line if style.is_right else 2
        self._low = 0 if style.is_right else max(0, len(_OUT) // 2 - self._block.base)
        end, leaving = self._block.length, self._block.base
        if isinstance(self._block, WrappedBlock):
            end, leaving = self._block.end, self._block.leaving
        self._end, self._out = self._lead + end, self._low + leaving
        length = max(self._lead + self._block.length, self._end + self._tail)
        breadth = self._low + max(self._block.breadth, self._block.base + 1 + (0 if style.is_right else 1))
        self.width, self.height = (length, breadth) if style.is_right else (breadth, length)

    def excess(self) -> float:
        """How many times the room it needs; 1 when it fits."""
        columns, rows = self._style.room
        return max(1.0, self.width / max(1, columns)) * max(1.0, self.height / max(1, rows))

    def cost(self) -> tuple[bool, float]:
        """What a person would rather not do: scroll sideways first of all, then how much to scroll."""
        return self.width > self._style.room[0], self.excess()

    def drawn(self) -> Layout:
        canvas, block = Canvas(), self._block
        line, out = self._low + block.base, self._out
        pen = Pen(canvas, self._style)
        entry = canvas.connect(Edge("", self._plan.root.path))
        leave = canvas.connect(Edge(self._plan.root.path, ""))
        end = self._end
        if self._style.is_right:
            canvas.put(line, Span(0, len(_IN), _IN, "", "stub"))
            canvas.put(out, Span(end + self._rule + 2, len(_OUT), _OUT, "", "stub"))
            pen.along(len(_IN) + 1, self._lead, line, entry)
            pen.along(end, end + self._rule, out, leave)
            pen.head(end + self._rule, out, leave)
        else:
            canvas.put(0, Span(line - len(_IN) // 2, len(_IN), _IN, "", "stub"))
            canvas.put(end + 1, Span(line - len(_OUT) // 2, len(_OUT), _OUT, "", "stub"))
            pen.along(1, self._lead, line, entry)
            pen.head(end, line, leave)
        block.draw(pen, self._lead, self._low, entry, leave)
        return Layout(self.width, self.height, self._style, pen.boxes, tuple(canvas.edges), canvas)
