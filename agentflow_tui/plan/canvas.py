"""Cells to draw a graph on: texts, and lines that join wherever they meet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from agentflow_tui.plan.box import Edge, Part, Span
from agentflow_tui.plan.cell_text import cell_width, cells

UP, RIGHT, DOWN, LEFT = 1, 2, 4, 8

_CHARS = {
    0: " ",
    UP: "│",
    DOWN: "│",
    UP | DOWN: "│",
    LEFT: "─",
    RIGHT: "─",
    LEFT | RIGHT: "─",
    DOWN | RIGHT: "╭",
    DOWN | LEFT: "╮",
    UP | RIGHT: "╰",
    UP | LEFT: "╯",
    UP | DOWN | RIGHT: "├",
    UP | DOWN | LEFT: "┤",
    LEFT | RIGHT | DOWN: "┬",
    LEFT | RIGHT | UP: "┴",
    UP | DOWN | LEFT | RIGHT: "┼",
}
_FRAME = {char: mask for mask, char in _CHARS.items() if mask not in (UP, DOWN, LEFT, RIGHT)}
_DASHES = {"─": "┄", "│": "┆"}


class Line(NamedTuple):
    """One kind of line cell: which ways it goes, which connections it belongs to, and its look."""

    ways: int
    edges: int
    is_dashed: bool = False


@dataclass(slots=True)
class _LineCell:
    """All the lines that pass through one cell."""

    ways: int = 0
    edges: int = 0
    is_dashed: bool = True
    glyph: str = ""

    def add(self, line: Line) -> None:
        self.ways |= line.ways
        self.edges |= line.edges
        self.is_dashed &= line.is_dashed

    @property
    def char(self) -> str:
        """The box-drawing character that joins all the ways."""
        if self.glyph:
            return self.glyph
        char = _CHARS[self.ways]
        return _DASHES.get(char, char) if self.is_dashed else char


class Canvas:
    """Collects spans and line cells; a row is put together only when it is asked for."""

    def __init__(self) -> None:
        """Start empty; it grows with what is drawn."""
        self.edges: list[Edge] = []
        self._spans: dict[int, list[Span]] = {}
        self._across: dict[int, list[tuple[int, int, Line]]] = {}
        self._down: list[tuple[int, int, int, Line]] = []
        self._heads: dict[int, dict[int, tuple[str, int]]] = {}
        self._rows: dict[int, tuple[Span, ...]] = {}
        self._sets: dict[int, tuple[Edge, ...]] = {}

    def connect(self, edge: Edge) -> int:
        """Add a connection; the answer is its bit, for the line methods."""
        self.edges.append(edge)
        return 1 << (len(self.edges) - 1)

    def put(self, y: int, span: Span) -> None:
        """Write a span; lines pass beneath its text but join a frame."""
        self._spans.setdefault(y, []).append(span)

    def label(self, x: int, y: int, text: str, edges: int) -> None:
        """Write a text that belongs to connections."""
        self.put(y, Span(x, cell_width(text), text, "", "label", self._edge_set(edges)))

    def across(self, y: int, start: int, end: int, line: Line) -> None:
        """Let a line pass through the cells `start` to `end - 1` of a row."""
        self._across.setdefault(y, []).append((start, end, line))

    def down(self, x: int, start: int, end: int, line: Line) -> None:
        """Let a line pass through the cells `start` to `end - 1` of a column."""
        self._down.append((x, start, end, line))

    def head(self, x: int, y: int, glyph: str, edges: int) -> None:
        """Put the head of an arrow over whatever is in a cell."""
        self._heads.setdefault(y, {})[x] = (glyph, edges)

    def cells_of(self, edges: Collection[Edge]) -> dict[Edge, set[tuple[int, int]]]:
        """The columns and rows that lines of these connections pass through."""
        found: dict[Edge, set[tuple[int, int]]] = {edge: set() for edge in edges}
        wanted = sum(1 << place for place, edge in enumerate(self.edges) if edge in found)
        for y, lines in self._across.items():
            for start, end, line in lines:
                for edge in self._edge_set(line.edges & wanted):
                    found[edge].update((x, y) for x in range(start, end))
        for x, start, end, line in self._down:
            for edge in self._edge_set(line.edges & wanted):
                found[edge].update((x, y) for y in range(start, end))
        return found

    def head_of(self, edge: Edge) -> tuple[int, int] | None:
        """Column and row of the head of a connection's arrow, none without one."""
        bit = 1 << self.edges.index(edge)
        return next(
            ((x, y) for y, heads in self._heads.items() for x, (_, edges) in heads.items() if edges & bit),
            None,
        )

    def row(self, y: int) -> tuple[Span, ...]:
        """One row, left to right, without overlaps; what is empty is left out."""
        if y not in self._rows:
            self._rows[y] = self._compose(y)
        return self._rows[y]

    def _compose(self, y: int) -> tuple[Span, ...]:
        spans = sorted(self._spans.get(y, ()), key=lambda span: span.x)
        line_cells = self._line_cells(y)
        if not line_cells:
            return tuple(spans)
        right = max(max(line_cells) + 1, *(span.x + span.width for span in spans), 0)
        chars, owners = [""] * right, [_NOTHING] * right
        for span in spans:
            end = span.x + span.width
            chars[span.x : end] = cells(span.text)
            owners[span.x : end] = [(span.owner, span.part, span.edges)] * span.width
        for x, cell in line_cells.items():
            part = owners[x][1]
            if part == "frame" and not cell.glyph:
                chars[x] = _CHARS[_FRAME[chars[x]] | cell.ways]
            elif part == "" or cell.glyph:
                _clear_half(chars, x)
                chars[x] = cell.char
                owners[x] = ("", "line", self._edge_set(cell.edges))
        return _grouped(chars, owners)

    def _line_cells(self, y: int) -> dict[int, _LineCell]:
        """Where lines pass in a row: only now, since most rows are never looked at."""
        found: defaultdict[int, _LineCell] = defaultdict(_LineCell)
        for start, end, line in self._across.get(y, ()):
            for x in range(start, end):
                found[x].add(line)
        for x, start, end, line in self._down:
            if start <= y < end:
                found[x].add(line)
        for x, (glyph, edges) in self._heads.get(y, {}).items():
            found[x].glyph = glyph
            found[x].edges |= edges
        return found

    def _edge_set(self, bits: int) -> tuple[Edge, ...]:
        known = self._sets.get(bits)
        if known is None:
            found, rest = [], bits
            while rest:
                lowest = rest & -rest
                found.append(self.edges[lowest.bit_length() - 1])
                rest ^= lowest
            known = self._sets[bits] = tuple(found)
        return known


_Owner = tuple[str, Part, tuple[Edge, ...]]
_NOTHING: _Owner = ("", "", ())


def _clear_half(chars: list[str], x: int) -> None:
    """Blank the wide character that loses its cell `x`: half of one cannot be drawn."""
    first = x if chars[x] else max(0, x - 1)
    if len(cells(chars[first])) > 1:
        chars[first : first + 2] = " ", " "


def _grouped(chars: list[str], owners: list[_Owner]) -> tuple[Span, ...]:
    found, start, current = [], 0, _NOTHING
    for x, owner in enumerate((*owners, _NOTHING)):
        if owner is current or owner == current:
            continue
        if current is not _NOTHING:
            found.append(Span(start, x - start, "".join(chars[start:x]), *current))
        start, current = x, owner
    return tuple(found)
