"""Which part of a drawing is in the pane."""

from __future__ import annotations

from dataclasses import dataclass

from textual.geometry import Offset, Region, Size

from agentflow_tui.plan.box import Box
from agentflow_tui.plan.layout import Layout


@dataclass(frozen=True, slots=True)
class Viewport:
    """One moment's view; a drawing smaller than the pane stands in its middle."""

    pane: Size
    scrolled: Offset
    drawn: Size

    @classmethod
    def of(cls, layout: Layout | None, pane: Size, scrolled: Offset) -> Viewport:
        """See a drawing of a layout, or none, in a pane that is scrolled so far."""
        return cls(pane, scrolled, Size(0, 0) if layout is None else Size(layout.width, layout.height))

    @property
    def margin(self) -> Offset:
        """Columns and rows that are free before a small drawing."""
        free = self.pane - self.drawn
        return Offset(free.width // 2, free.height // 2)

    @property
    def shift(self) -> Offset:
        """From a cell of the drawing to the same cell of the pane."""
        return self.margin - self.scrolled

    @property
    def rows(self) -> range:
        """The rows of the drawing that are in view."""
        start = -self.shift.y
        return range(max(0, start), max(0, min(self.drawn.height, start + self.pane.height)))

    def place(self, box: Box) -> Region:
        """Where a box is in the scrolled area."""
        return Region(box.x, box.y, box.width, box.height).translate(self.margin)

    def shown(self, box: Box) -> Region:
        """Where a box is in the pane; partly or wholly beyond its edges when it is out of view."""
        return Region(box.x, box.y, box.width, box.height).translate(self.shift)

    def seen(self, cells: Region) -> Region:
        """The part of these cells of the drawing that is in view, as cells of the pane."""
        return cells.translate(self.shift).intersection(self.pane.region)
