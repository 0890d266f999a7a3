"""A scrolling list of rows that draws only what is visible, however long it is."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import var
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip
from textual.style import Style

from agentflow_tui.tui.guard import drawn
from agentflow_tui.tui.keymap.bind import bindings
from agentflow_tui.tui.panes.line_break import line_breaks
from agentflow_tui.tui.panes.line_view_keys import LINE_VIEW
from agentflow_tui.tui.panes.row import Row

_MOST_CACHED = 1_000
_HANGING_SHARE = 4
"""Moved in by at most a quarter of the width."""


class LineView(ScrollView, can_focus=True):
    """Rows of text with a cursor; long ones are wrapped at the width."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(LINE_VIEW)
    COMPONENT_CLASSES: ClassVar[set[str]] = {"line-view--cursor"}
    DEFAULT_CSS = """
    LineView {
        width: 1fr;
        height: 1fr;
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size-vertical: 1;
        & > .line-view--cursor { background: $block-cursor-blurred-background; }
        &:focus > .line-view--cursor {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
        }
    }
    """

    cursor: var[int] = var(0)
    """Number of the row that is highlighted."""

    class RowChosen(Message):
        """Enter was pressed on a row, or the cursor's row was clicked."""

        def __init__(self, view: LineView, row: Row) -> None:
            """Carry the row."""
            super().__init__()
            self.view = view
            self.row = row

        @property
        def control(self) -> LineView:
            """The view that the row is in."""
            return self.view

    def __init__(self, *, id: str | None = None, is_tail: bool = False) -> None:  # noqa: A002
        """Start empty; with `is_tail` the view stays at its end while it is there."""
        super().__init__(id=id)
        self.rows: list[Row] = []
        self.is_tail = is_tail
        self._breaks: list[tuple[int, ...]] = []
        self._tops: list[int] = []
        self._line_count = 0
        self._laid_out_width = 0
        self._strips: dict[tuple[int, int], Strip] = {}

    def show_rows(self, rows: Sequence[Row], start: int = 0) -> None:
        """Show these rows from row `start` on; the rows before stay as they are."""
        was_at_end = self.scroll_offset.y >= self.max_scroll_y
        key = self.rows[self.cursor].key if self.cursor < len(self.rows) else ()
        self.rows[start:] = rows
        self._lay_out(start)
        self._keep_cursor(key)
        if self.is_tail and was_at_end:
            self.scroll_end(animate=False, immediate=True, x_axis=False)

    def yank_text(self) -> str:
        """Return what the row under the cursor stands for."""
        return self.rows[self.cursor].copied() if self.cursor < len(self.rows) else ""

    def move_to(self, row: int) -> None:
        """Put the cursor on a row and make it visible."""
        if self.rows:
            self.cursor = min(max(row, 0), len(self.rows) - 1)
            top = self._tops[self.cursor]
            height = len(self._breaks[self.cursor]) + 1
            self.scroll_to_region(Region(0, top, 1, min(height, max(self.size.height, 1))), animate=False)

    def row_at(self, y: int) -> int:
        """Return the row that is `y` lines below the top of the window; -1 for none."""
        line = y + self.scroll_offset.y
        return bisect_right(self._tops, line) - 1 if 0 <= line < self._line_count else -1

    def seek(self, needle: str, step: int, *, is_inclusive: bool = False) -> tuple[int, int]:
        """Put the cursor on the next row (or with step -1 the one before) that holds a text, round and round.

        Returns the place of that row among those that hold it, counted from 1, and their number.
        """
        wanted = needle.casefold()
        found = [n for n, row in enumerate(self.rows) if wanted in row.content.plain.casefold()]
        if not found or not wanted:
            return 0, 0
        if step > 0:
            here = bisect_left(found, self.cursor) if is_inclusive else bisect_right(found, self.cursor)
        else:
            here = bisect_left(found, self.cursor) - 1
        here %= len(found)
        self.move_to(found[here])
        return here + 1, len(found)

    def action_move(self, rows: int) -> None:
        """Move the cursor by so many rows."""
        self.move_to(self.cursor + rows)

    def action_page(self, pages: int) -> None:
        """Move the cursor by so many windows."""
        if self.rows:
            line = self._tops[self.cursor] + pages * max(self.size.height - 1, 1)
            target = bisect_right(self._tops, line) - 1
            self.move_to(target if target != self.cursor else self.cursor + pages)

    def action_first(self) -> None:
        """Go to the first row."""
        self.move_to(0)

    def action_last(self) -> None:
        """Go to the last row."""
        self.move_to(len(self.rows) - 1)
        self.scroll_end(animate=False, immediate=True, x_axis=False)

    def action_choose(self) -> None:
        """Tell that the row under the cursor was chosen."""
        if self.cursor < len(self.rows):
            self.post_message(self.RowChosen(self, self.rows[self.cursor]))

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the row; a click on the cursor's row chooses it."""
        offset = event.get_content_offset(self)
        row = -1 if offset is None else self.row_at(offset.y)
        if row >= 0:
            if row == self.cursor:
                self.action_choose()
            self.cursor = row

    def on_resize(self) -> None:
        """Wrap again when the width changed."""
        if self.scrollable_content_region.width != self._laid_out_width:
            self._lay_out(0)
            if self.is_tail:
                self.scroll_end(animate=False, immediate=True, x_axis=False)

    def notify_style_update(self) -> None:
        """Forget lines in the old colours."""
        self._strips.clear()
        super().notify_style_update()

    def watch_cursor(self, old: int, new: int) -> None:
        """Draw the two rows that changed."""
        for row in (old, new):
            self._refresh_row(row)

    def watch_has_focus(self, value: bool) -> None:
        """Draw the cursor's row, which shows the focus."""
        super().watch_has_focus(value)
        self._refresh_row(self.cursor)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return the text that is selected with the mouse."""
        lines = (
            self._piece(row, part).plain
            for row in range(len(self.rows))
            for part in range(len(self._breaks[row]) + 1)
        )
        return selection.extract("\n".join(lines)), "\n"

    def selection_updated(self, selection: Selection | None) -> None:  # noqa: ARG002
        """Draw again with what is selected."""
        self._strips.clear()
        self.refresh()

    @drawn
    def render_line(self, y: int) -> Strip:
        """Draw the line that is `y` lines below the top of the window."""
        line = self.scroll_offset.y + y
        width = self.scrollable_content_region.width
        if line >= self._line_count:
            return Strip.blank(width, self.rich_style)
        row = bisect_right(self._tops, line) - 1
        place = (row, line - self._tops[row])
        strip = self._strips.get(place)
        if strip is None:
            if len(self._strips) > _MOST_CACHED:
                self._strips.clear()
            strip = self._strips[place] = self._drawn(*place, line, width)
        return strip

    def _drawn(self, row: int, part: int, line: int, width: int) -> Strip:
        content = self._piece(row, part)
        if self.text_selection is not None and (span := self.text_selection.get_span(line)) is not None:
            start, end = span
            style = self.screen.get_visual_style("screen--selection", partial=True)
            content = content.stylize(style, start, None if end == -1 else end)
        is_cursor = row == self.cursor
        base = self.get_visual_style("line-view--cursor") if is_cursor else self.visual_style
        pieces = content.render(base, "", self.app.stylesheet.parse_style)
        # No colour of a text is readable on every cursor.
        over = Style(foreground=base.foreground) if is_cursor and self.has_focus else Style()
        strip = Strip([Segment(text, (style + over).rich_style) for text, style in pieces])
        return strip.crop_extend(0, width, base.rich_style).apply_offsets(0, line)

    def _piece(self, row: int, part: int) -> Content:
        content, breaks = self.rows[row].content, self._breaks[row]
        if not breaks:
            width = self._laid_out_width
            return (
                content.truncate(width, ellipsis=True) if width and content.cell_length > width else content
            )
        start = breaks[part - 1] if part else 0
        piece = content[start : breaks[part] if part < len(breaks) else None]
        hanging = self._hanging(self.rows[row]) if part else 0
        return piece.pad_left(hanging) if hanging else piece

    def _hanging(self, row: Row) -> int:
        return min(row.hanging, self._laid_out_width // _HANGING_SHARE)

    def _lay_out(self, start: int) -> None:
        width = self.scrollable_content_region.width
        if width != self._laid_out_width:
            start, self._laid_out_width = 0, width
        del self._breaks[start:], self._tops[start:]
        top = self._tops[-1] + len(self._breaks[-1]) + 1 if self._tops else 0
        first_line = top
        for row in self.rows[start:]:
            is_wrapped = row.is_wrapped and width
            breaks = line_breaks(row.content.plain, width, self._hanging(row)) if is_wrapped else ()
            self._breaks.append(breaks)
            self._tops.append(top)
            top += len(breaks) + 1
        # The cache is for what is visible; forgetting all of it is cheaper than looking for what changed.
        self._strips.clear()
        self._line_count = top
        self.virtual_size = Size(width, top)
        self.refresh_lines(first_line, max(self.size.height, 1) + abs(top - first_line))

    def _keep_cursor(self, key: tuple[str, ...]) -> None:
        if key and not (self.cursor < len(self.rows) and self.rows[self.cursor].key == key):
            same = next((number for number, row in enumerate(self.rows) if row.key == key), None)
            if same is not None:
                self.cursor = same
        self.cursor = min(self.cursor, max(len(self.rows) - 1, 0))

    def _refresh_row(self, row: int) -> None:
        if row < len(self._tops):
            for part in range(len(self._breaks[row]) + 1):
                self._strips.pop((row, part), None)
            self.refresh_lines(self._tops[row], len(self._breaks[row]) + 1)
