"""Bars over time: who ran when, what ran side by side, and where the iterations begin."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.strip import Strip

from agentflow_tui.tui.guard import drawn
from agentflow_tui.tui.keymap.named_keys import key_of
from agentflow_tui.tui.panes.cursor_moved import CursorMoved
from agentflow_tui.tui.panes.timeline.history_view import HistoryView
from agentflow_tui.tui.panes.timeline.landmarks import Landmarks
from agentflow_tui.tui.panes.timeline.lanes import Bar, Lane, Lanes, Mark
from agentflow_tui.tui.panes.timeline.span import Span
from agentflow_tui.tui.safe_text import clean, one_line

MOST_ZOOM = 1_024
_LABEL = 22
_LABEL_SHARE = 3
_FILL = {"running": "▒", "completed": "█", "failed": "▚", "cancelled": "░"}
_END = {"failed": "✗", "cancelled": "⊗"}
_MINUTE = 60
_TICK_CELLS = 10
"""Cells of the ruler for one time."""
_RANKS = ("throttled", "retrying", "open")
"""Where several share a cell, the last of these is seen."""


class WaterfallView(HistoryView):
    """One lane per agent under a ruler; a click on a bar goes to its start, elsewhere to that moment."""

    def __init__(self) -> None:
        """Start with an empty history."""
        super().__init__(id="waterfall")
        self._lanes = Lanes()
        self._landmarks = Landmarks()
        self._cursor = -1
        self._lane_shown = -1
        self.zoom = 1

    def show(self, lanes: Lanes, landmarks: Landmarks, cursor: int, *, is_following: bool = False) -> None:
        """Show these lanes, with the event `cursor` as a line across them, and the lane of what began last.

        While the run is followed, who scrolled that lane out of sight is not pulled back.
        """
        before, has_moved = self._lane_shown, cursor != self._cursor or lanes is not self._lanes
        was_seen = before < 0 or 0 <= before - self.scroll_offset.y < self._rows
        self._lanes, self._landmarks, self._cursor = lanes, landmarks, cursor
        size = Size(self.scrollable_content_region.width, len(lanes.lanes) + 1)
        if size != self.virtual_size:
            self.virtual_size = size
        if has_moved:
            self._lane_shown = lanes.number_at(cursor)
            if was_seen or not is_following:
                self._bring_into_view(self._lane_shown)
        self.refresh()

    def zoom_by(self, step: int) -> None:
        """Show half the time (1) or twice as much (-1), around the cursor."""
        self.zoom = min(max(self.zoom * 2 if step > 0 else self.zoom // 2, 1), MOST_ZOOM)
        self.refresh()

    def on_resize(self) -> None:
        """Fit the time into the new width."""
        self.show(self._lanes, self._landmarks, self._cursor)
        self._bring_into_view(self._lane_shown)

    def _bring_into_view(self, lane: int) -> None:
        """Scroll as little as it takes; the ruler takes the first row."""
        top = self.scroll_offset.y
        wanted = min(max(top, lane - self._rows + 1), max(lane, 0))
        if wanted != top:
            self.scroll_to(y=wanted, animate=False, immediate=True, force=True)

    @property
    def _rows(self) -> int:
        return max(self.size.height - 1, 1)

    def on_click(self, event: events.Click) -> None:
        """Go to the bar's start, or to the moment below the mouse."""
        offset = event.get_content_offset(self)
        if offset is None or offset.x < self._label_width:
            return
        span, column = self._span(), offset.x - self._label_width
        lane = offset.y - 1 + self.scroll_offset.y
        if offset.y and 0 <= lane < len(self._lanes.lanes):
            for bar in reversed(self._lanes.lanes[lane].bars):
                first, end = self._cells(span, bar)
                if first <= column < end:
                    self.post_message(CursorMoved(bar.started_seq))
                    return
        position = self._landmarks.position_at(span.time(column))
        self.post_message(CursorMoved(max(position, 0)))

    @drawn
    def render_line(self, y: int) -> Strip:
        """Draw the ruler, which stays in sight, or a lane below it."""
        width = self.scrollable_content_region.width
        base = self.rich_style
        span = self._span()
        if y == 0:
            if not self._lanes.lanes:
                told = clean(f"No agent has run yet. {key_of('timeline.waterfall')} shows the list.")
                return Strip([Segment(told, base)]).crop_extend(0, width, base)
            cells = self._ruler(span)
        else:
            number = y - 1 + self.scroll_offset.y
            if number >= len(self._lanes.lanes):
                return Strip.blank(width, base)
            cells = self._lane(self._lanes.lanes[number], span)
        label = self._label(y)
        strip = Strip([Segment(one_line(label, self._label_width), base + self.style_of("waiting")), *cells])
        return strip.crop_extend(0, width, base)

    @property
    def _label_width(self) -> int:
        return min(_LABEL, self.scrollable_content_region.width // _LABEL_SHARE)

    def _label(self, y: int) -> str:
        name = self._lanes.lanes[y - 1 + self.scroll_offset.y].agent if y else _time(self._lanes.end)
        shown, room = one_line(name, 100), max(self._label_width - 1, 0)
        if cell_len(shown) > room > 0:
            shown = f"{set_cell_size(shown, room - 1)}…"
        return set_cell_size(shown, room) + " "

    def _span(self) -> Span:
        width = self.scrollable_content_region.width - self._label_width
        return Span.of(self._lanes.end, self.zoom, self._landmarks.at(self._cursor), width)

    def _ruler(self, span: Span) -> list[Segment]:
        """Where the iterations begin, and round times in between."""
        text = ["─"] * span.width
        base = self.rich_style
        quiet = base + self.style_of("waiting")
        styles = [quiet] * span.width
        for number, at in self._lanes.iterations:
            column, mark = span.column(at), f"├it.{number}"
            if column >= 0 and self._put_mark(text, column, mark):
                styles[column : column + len(mark)] = [base] * len(mark)
            elif 0 <= column < span.width:
                text[column] = "┬" if text[column] == "─" else text[column]
        for at, words in span.ticks(span.width // _TICK_CELLS):
            self._put_mark(text, span.column(at), f"┴{words}")
        return self._drawn(text, styles, span)

    @staticmethod
    def _put_mark(text: list[str], column: int, mark: str) -> bool:
        """Write a mark on the ruler where all of it and the cell behind it are free."""
        end = column + len(mark)
        if end >= len(text) or set(text[column : end + 1]) != {"─"}:
            return False
        text[column:end] = mark
        return True

    def _lane(self, lane: Lane, span: Span) -> list[Segment]:
        base = self.rich_style
        text, styles = [" "] * span.width, [base] * span.width
        now = self._landmarks.at(self._cursor)
        later = self.get_component_rich_style("timeline--later", partial=True)
        free = span.width
        for bar in reversed(lane.bars):
            first, end = self._cells(span, bar)
            if first < 0 or first >= span.width:
                continue
            style = base + (later if bar.started_at > now else self.style_of(bar.status))
            for column in range(first, min(end, span.width)):
                text[column], styles[column] = _FILL.get(bar.status, "?"), style
            if bar.status in _END and end <= span.width:
                text[end - 1] = _END[bar.status]
            took = "" if bar.ended_at is None else f" {bar.ended_at - bar.started_at:.2f} s "
            if took and end + len(took) <= free:
                text[end : end + len(took)] = took
                styles[end : end + len(took)] = [base + self.style_of("waiting")] * len(took)
            elif took and bar.status == "completed" and len(took) <= end - first:
                # No room behind it: then on the bar itself.
                text[end - len(took) : end] = took
                styles[end - len(took) : end] = [style + Style(reverse=True)] * len(took)
            free = first
        for mark in sorted(lane.marks, key=lambda mark: _RANKS.index(mark.status)):
            self._put(mark, span, text, styles)
        return self._drawn(text, styles, span)

    def _put(self, mark: Mark, span: Span, text: list[str], styles: list[Style]) -> None:
        """The glyph, and dots for as long as the agent waited; a wide glyph takes the cell behind it."""
        style, wide = self.rich_style + self.style_of(mark.status), cell_len(mark.glyph)
        column = span.column(mark.at)
        for waiting in range(max(column, 0), min(span.column(min(mark.until, self._lanes.end)), span.width)):
            # The agent's end counts more, and so does what is told behind it.
            if text[waiting] in _FILL.values():
                text[waiting], styles[waiting] = "·", style
        if 0 <= column < span.width and span.width >= wide:
            column = min(column, span.width - wide)
            text[column : column + wide] = [mark.glyph, *[""] * (wide - 1)]
            styles[column : column + wide] = [style] * wide

    def _cells(self, span: Span, bar: Bar) -> tuple[int, int]:
        return span.cells(bar.started_at, self._lanes.end if bar.ended_at is None else bar.ended_at)

    def _drawn(self, text: Sequence[str], styles: list[Style], span: Span) -> list[Segment]:
        here = min(span.column(self._landmarks.at(self._cursor)), span.width - 1)
        if self._cursor >= 0 and here >= 0:
            cursor = self.get_component_rich_style("timeline--cursor")
            styles[here] = cursor
            if text[here] == " ":
                text = [*text[:here], "│", *text[here + 1 :]]
        segments: list[Segment] = []
        start = 0
        for column in range(1, len(text) + 1):
            if column == len(text) or styles[column] is not styles[start]:
                segments.append(Segment(one_line("".join(text[start:column]), len(text)), styles[start]))
                start = column
        return segments


def _time(at: float) -> str:
    return f"{at:.2f} s" if at < _MINUTE else f"{int(at // _MINUTE)}:{at % _MINUTE:04.1f}"
