"""The rectangles and lines of a layout."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

BoxKind = Literal["step", "cell", "frame", "closed", "dot"]
EdgeKind = Literal["flow", "option", "back"]
Part = Literal["border", "frame", "title", "inside", "label", "line", "stub", "gate", ""]


@dataclass(frozen=True, slots=True)
class Box:
    """A node's rectangle, in cells from the layout's top left corner."""

    path: str
    kind: BoxKind
    """`step` has a border, `cell` is one row of a folded fan-out, `frame` surrounds other boxes,
    `closed` stands for all that a frame would surround, `dot` is a `step` or a `closed` without a border."""
    x: int
    y: int
    width: int
    height: int
    text: str
    """The name or title, cut to what there is room for."""
    is_folded: bool = False
    """True for a frame around cells and for what is closed: it opens to full boxes."""

    @property
    def center(self) -> tuple[int, int]:
        """Column and row of the middle."""
        return self.x + self.width // 2, self.y + self.height // 2

    def holds(self, x: int, y: int) -> bool:
        """Whether a cell lies in the rectangle."""
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height


@dataclass(frozen=True, slots=True)
class Edge:
    """One connection between two nodes; the empty path is the world outside of the flow."""

    source: str
    target: str
    kind: EdgeKind = "flow"
    """`option` belongs to a choice, `back` returns to the start of a loop."""


@dataclass(frozen=True, slots=True)
class Span:
    """A run of cells in one row that look alike."""

    x: int
    width: int
    """Cells, whatever the number of characters."""
    text: str
    owner: str = ""
    """Path of the node whose border, title or inside this is; empty for a line."""
    part: Part = "line"
    edges: tuple[Edge, ...] = ()
    """The connections that share these cells, for a line or a label."""
