"""Cells to draw a graph on: texts, and lines that join wherever they meet."""

from __future__ import annotations

from dataclasses import dataclass

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


@dataclass(slots=True)
class _LineCell:
    """Where lines pass: which ways they leave the cell and which connections they belong to."""

    ways: int = 0
    edges: int = 0
    is_dashed: bool = True
    glyph: str = ""

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
        self._lines: dict[int, dict[int, _LineCell]] = {}
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

    def mark(self, x: int, y: int, ways: int, edges: int, is_dashed: bool = False) -> None:
        """Let a line pass through one cell."""
        cell = self._line_cell(x, y)
        cell.ways |= ways
        cell.edges |= edges
        cell.is_dashed &= is_dashed

    def head(self, x: int, y: int, glyph: str, edges: int) -> None:
        """Put the head of an arrow over whatever is in a cell."""
        cell = self._line_cell(x, y)
        cell.glyph, cell.edges = glyph, cell.edges | edges

    def _line_cell(self, x: int, y: int) -> _LineCell:
        row = self._lines.get(y)
        if row is None:
            row = self._lines[y] = {}
        cell = row.get(x)
        if cell is None:
            cell = row[x] = _LineCell()
        return cell

    def row(self, y: int) -> tuple[Span, ...]:
        """One row, left to right, without overlaps; what is empty is left out."""
        if y not in self._rows:
            self._rows[y] = self._compose(y)
        return self._rows[y]

    def _compose(self, y: int) -> tuple[Span, ...]:
        spans = sorted(self._spans.get(y, ()), key=lambda span: span.x)
        line_cells = self._lines.get(y)
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
                chars[x] = cell.char
                owners[x] = ("", "line", self._edge_set(cell.edges))
        return _grouped(chars, owners)

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


def _grouped(chars: list[str], owners: list[_Owner]) -> tuple[Span, ...]:
    found, start, current = [], 0, _NOTHING
    for x, owner in enumerate((*owners, _NOTHING)):
        if owner is current or owner == current:
            continue
        if current is not _NOTHING:
            found.append(Span(start, x - start, "".join(chars[start:x]), *current))
        start, current = x, owner
    return tuple(found)
