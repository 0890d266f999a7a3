"""A run's history as a virtual list, every line one event, newest last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.geometry import Region, Size
from textual.selection import Selection
from textual.strip import Strip

from agentflow_tui.history.event import HistoryEvent
from agentflow_tui.tui.guard import drawn
from agentflow_tui.tui.keymap.named_keys import key_of
from agentflow_tui.tui.panes.cursor_moved import CursorMoved
from agentflow_tui.tui.panes.timeline.entry import entry_of
from agentflow_tui.tui.panes.timeline.event_filter import EventFilter
from agentflow_tui.tui.panes.timeline.history_view import STATUSES, HistoryView
from agentflow_tui.tui.panes.timeline.line_index import Line, LineIndex
from agentflow_tui.tui.panes.timeline.shown_lines import ShownLines
from agentflow_tui.tui.panes.timeline.stop_sign import stop_sign
from agentflow_tui.tui.safe_text import clean, one_line

_WORDS_WIDTH = 19
_WHERE_WIDTH = 28
_LEAST_WHERE = 12
_BESIDE_WHERE = 65
"""Cells for the rest of a line, before the place gets more than it needs: what happened counts more."""
_LEAST_DIGITS = 3
_LONGEST = 400
_NARROW = 60


class TimelineList(HistoryView):
    """Only the lines in sight are ever drawn."""

    def __init__(self) -> None:
        """Start with an empty history."""
        super().__init__(id="timeline-list")
        self._history: Sequence[HistoryEvent] = ()
        self._cursor = -1
        self._is_following = True
        self._index = LineIndex()
        self._shown = ShownLines(self._index, EventFilter())
        self._wanted: int | None = None
        self._points: Mapping[str, str] = {}

    @property
    def filter(self) -> EventFilter:
        """What the events must have to be shown."""
        return self._shown.filter

    @property
    def counts(self) -> tuple[int, int]:
        """How many lines are shown, and how many there are."""
        return len(self._shown), len(self._index.lines)

    @property
    def cursor_event(self) -> HistoryEvent | None:
        """The event at the cursor."""
        return self._history[self._cursor] if 0 <= self._cursor < len(self._index) else None

    def show(self, history: Sequence[HistoryEvent], cursor: int, following: bool) -> None:
        """Show a history that only ever grows, or another one, with the cursor on the event `cursor`."""
        length = len(history)
        is_other = history is not self._history or length < len(self._index)
        old_row = self._row()
        if is_other:
            self._history, self._index = history, LineIndex()
            self._shown = ShownLines(self._index, self._shown.filter)
        self._wanted = None
        begin, digits = len(self._index), self._digits
        changed = self._shown.take(history, self._index.take(history, length))
        has_moved = (cursor, following) != (self._cursor, self._is_following)
        if not is_other and begin == length and not has_moved:
            return
        # Who scrolled away from the newest line with the mouse is not pulled back by each event.
        was_at_end = self.scroll_offset.y >= self.max_scroll_y
        is_wanted = was_at_end or not self._is_following if following else has_moved
        self._cursor, self._is_following = cursor, following
        # Numbers that got longer move everything behind them.
        self._draw(is_other or self._digits != digits, changed, old_row)
        if is_wanted or is_other:
            self._scroll_to_cursor()
        self._look_on()

    def show_points(self, signs: Mapping[str, str]) -> None:
        """Show at which lines a run would stop: the signs of breakpoints, by path of the node."""
        if signs != self._points:
            self._points = signs
            self.refresh()

    def show_only(self, chosen: EventFilter) -> None:
        """Show the events that pass a filter; a long history is gone through piece by piece."""
        self._shown = ShownLines(self._index, chosen)
        self._shown.take(self._history, 0)
        self._draw(True, 0, -1)
        self._scroll_to_cursor()
        self._look_on()

    def cursor_text(self) -> str:
        """Return the line under the cursor as text."""
        line = self._index.line_of(self._cursor)
        return (
            ""
            if line < 0
            else "  ".join(part for part, _ in self._parts(self._index.lines[line]) if part.strip())
        )

    def move_line(self, lines: int) -> None:
        """Move the cursor by so many rows."""
        line = self._index.line_of(self._at())
        row = self._shown.row_of(line)
        # A cursor on a line that is filtered out stands between two rows.
        is_between = row < 0 or self._shown.line_at(row) != line
        target = min(row + lines + (is_between and lines < 0), len(self._shown) - 1)
        if target >= 0:
            self.go(self._index.lines[self._shown.line_at(target)].last)
        elif self._shown.filter.is_empty:
            self.go(-1)

    def move_event(self, count: int) -> None:
        """Move the cursor by so many events."""
        self.go(self._at() + count)

    def move_page(self, pages: int) -> None:
        """Move the cursor by so many windows."""
        row = self._shown.row_of(self._index.line_of(self._at()))
        target = min(max(row + pages * max(self.size.height - 1, 1), 0), len(self._shown) - 1)
        if target >= 0:
            self.go(self._index.lines[self._shown.line_at(target)].last)

    def go(self, number: int) -> None:
        """Ask to look at the event at a position; keys count from there on before the answer comes."""
        self._wanted = min(max(number, -1), len(self._index) - 1)
        seq = self._history[self._wanted].seq if self._wanted >= 0 else -1
        # Textual stops a message at the widget that was busy when it was made; that may be the pane around.
        self.call_later(self._tell, seq)

    def go_to_newest(self) -> None:
        """Ask to look at the newest event, and scroll there."""
        self.go(len(self._index) - 1)
        self.scroll_end(animate=False, immediate=True, x_axis=False)

    @property
    def here(self) -> int:
        """Position of the event that is looked at, or will be."""
        return self._at()

    def on_click(self, event: events.Click) -> None:
        """Go to the event that was clicked."""
        offset = event.get_content_offset(self)
        row = -1 if offset is None else offset.y + self.scroll_offset.y
        if 0 <= row < len(self._shown):
            self.go(self._index.lines[self._shown.line_at(row)].last)

    def on_resize(self) -> None:
        """Stay at the end when following."""
        self._draw(True, 0, -1)
        self._scroll_to_cursor()

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return the text that is selected with the mouse."""
        lines = (self._index.lines[self._shown.line_at(row)] for row in range(len(self._shown)))
        texts = ("".join(part for part, _ in self._parts(line)) for line in lines)
        return selection.extract("\n".join(texts)), "\n"

    def selection_updated(self, selection: Selection | None) -> None:  # noqa: ARG002
        """Draw again with what is selected."""
        self.refresh()

    @drawn
    def render_line(self, y: int) -> Strip:
        """Draw the line that is `y` lines below the top of the window."""
        row = self.scroll_offset.y + y
        width = self.scrollable_content_region.width
        base = self.rich_style
        if row >= len(self._shown):
            return Strip([Segment(self._nothing() if y == 0 else "", base)]).crop_extend(0, width, base)
        number = self._shown.line_at(row)
        line = self._index.lines[number]
        is_cursor = number == self._index.line_of(self._cursor)
        whole = base
        if is_cursor:
            whole = self.get_component_rich_style("timeline--cursor")
        elif line.first > self._cursor:
            whole = self.get_component_rich_style("timeline--later")
        is_plain = is_cursor or line.first > self._cursor
        segments = [
            Segment(one_line(text, _LONGEST), whole if is_plain or not name else base + self.style_of(name))
            for text, name in self._parts(line)
        ]
        strip = Strip(segments).crop_extend(0, width, whole)
        return self._selected(strip, row).apply_offsets(0, row)

    @property
    def _digits(self) -> int:
        return max(_LEAST_DIGITS, len(str(len(self._index))))

    def _tell(self, seq: int) -> None:
        self.post_message(CursorMoved(seq))

    def _nothing(self) -> str:
        if not self._index.lines:
            return clean(f"No run yet. {key_of('run.toggle')} runs the flow.")
        if not len(self._shown) and self._shown.is_done:
            return clean(f"No event passes the filter. {key_of('timeline.clear')} shows all of them.")
        return ""

    def _selected(self, strip: Strip, row: int) -> Strip:
        selection = self.text_selection
        span = selection.get_span(row) if selection is not None else None
        if span is None:
            return strip
        start, end = span
        stop = strip.cell_length if end == -1 else end
        style = self.screen.get_component_rich_style("screen--selection")
        before, chosen, after = strip.crop(0, start), strip.crop(start, stop), strip.crop(stop)
        return Strip.join([before, chosen.apply_style(style), after])

    def _parts(self, line: Line) -> list[tuple[str, str]]:
        event = self._history[line.last]
        entry = entry_of(event)
        detail = f"{line.pieces} pieces, {line.length} characters" if line.pieces > 1 else entry.detail
        status = entry.status if entry.status in STATUSES else "waiting"
        words = one_line(f"{entry.glyph} {entry.words}", _WORDS_WIDTH + 2)
        where, detail = one_line(entry.where, _LONGEST), one_line(detail, _LONGEST)
        number, sign = f"{event.seq:>{self._digits}}", stop_sign(event, self._points)
        numbers = [(f"{number} ", "waiting")]
        if self._points:
            numbers = [(number, "waiting"), (f"{sign or ' '} ", "sign")]
        if self.size.width < _NARROW:
            # The way to it takes more room than there is; the graph shows it.
            where = where.rpartition("/")[2]
            return [*numbers, (f"{words} ", status), (f"{where} ", ""), (detail, "waiting")]
        room = min(max(self.size.width - _BESIDE_WHERE, _LEAST_WHERE), _WHERE_WIDTH)
        while len(where) > room and "/" in where.removeprefix("…/"):
            where = f"…/{where.removeprefix('…/').partition('/')[2]}"
        return [
            *numbers,
            (f"{_clock(event.at)}  ", "waiting"),
            (f"{_filled(words, _WORDS_WIDTH + 2)} ", status),
            (f"{_filled(where, room)} ", ""),
            (detail, "waiting"),
        ]

    def _look_on(self) -> None:
        if not self._shown.is_done:
            self.call_later(self._look_further, self._shown)

    def _look_further(self, shown: ShownLines) -> None:
        if shown is self._shown and not shown.is_done:
            shown.take(self._history, len(self._index.lines))
            self._draw(True, 0, -1)
            if shown.is_done:
                self._scroll_to_cursor()
            self._look_on()

    def _draw(self, is_all: bool, changed: int, old_row: int) -> None:
        size = Size(self.scrollable_content_region.width, len(self._shown))
        if size != self.virtual_size:
            self.virtual_size = size
        row = self._row()
        if is_all or abs(row - old_row) > 1:
            self.refresh()
        else:
            for each in {row, old_row}:
                self.refresh_lines(max(each, 0))
            self.refresh_lines(changed, max(self.size.height, 1))

    def _scroll_to_cursor(self) -> None:
        if self._is_following:
            self.scroll_end(animate=False, immediate=True, x_axis=False)
        else:
            self.scroll_to_region(Region(0, max(self._row(), 0), 1, 1), animate=False)

    def _row(self) -> int:
        return self._shown.row_of(self._index.line_of(self._cursor))

    def _at(self) -> int:
        return self._cursor if self._wanted is None else self._wanted


def _filled(text: str, width: int) -> str:
    return text + " " * (width - cell_len(text))


def _clock(at: float) -> str:
    minutes, rest = divmod(at, 60)
    return f"{int(minutes):>2d}:{rest:06.3f}"
