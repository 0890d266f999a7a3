"""The pane that shows a run's history, every line one event, newest last."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from agentflow_tui.history.event import HistoryEvent
from agentflow_tui.tui.keymap.bind import bindings
from agentflow_tui.tui.panes.timeline.entry import entry_of
from agentflow_tui.tui.panes.timeline.line_index import Line, LineIndex
from agentflow_tui.tui.panes.timeline.ruler import Ruler
from agentflow_tui.tui.panes.timeline.timeline_keys import TIMELINE
from agentflow_tui.tui.safe_text import one_line, plain

_STATUSES = (
    *("waiting", "running", "completed", "failed", "cancelled", "skipped", "paused"),
    *("retrying", "throttled", "open"),
)
_WORDS_WIDTH = 16
_WHERE_WIDTH = 28
_LONGEST = 400
_NARROW = 60
_TITLE = "4 TIMELINE"
_TITLE_MARGIN = 20


class TimelinePane(ScrollView, can_focus=True):
    """A virtual list: only the lines in sight are ever drawn."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(TIMELINE)
    BINDING_GROUP_TITLE = "Timeline"
    HELP = """\
# Timeline

Every event of the run, newest last. The cursor says which moment the other panes show.

- **↑ ↓** move by line, **← →** by event, a click goes there.
- **g** is the start, **G** the newest event, which is then followed.
- Pieces of text that one call writes in a row are one line.

The border shows how the iterations of a loop went: a number that the flow sets, else their duration.
"""
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "timeline--cursor",
        "timeline--later",
        *(f"timeline--{status}" for status in _STATUSES),
    }
    DEFAULT_CSS = """
    TimelinePane {
        height: 1fr;
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size-vertical: 1;
        & > .timeline--cursor { background: $block-cursor-blurred-background; text-style: bold; }
        &:focus > .timeline--cursor {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
        }
        & > .timeline--later { color: $text-disabled; }
        & > .timeline--waiting { color: $status-waiting; }
        & > .timeline--running { color: $status-running; }
        & > .timeline--completed { color: $status-completed; }
        & > .timeline--failed { color: $status-failed; }
        & > .timeline--cancelled { color: $status-cancelled; }
        & > .timeline--skipped { color: $status-skipped; }
        & > .timeline--paused { color: $status-paused; }
        & > .timeline--retrying { color: $status-running; }
        & > .timeline--throttled { color: $status-paused; }
        & > .timeline--open { color: $status-failed; text-style: bold; }
    }
    """

    class CursorMoved(Message):
        """The user wants to look at the run right after the event `seq`; -1 is before the first."""

        def __init__(self, seq: int) -> None:
            """Carry the event's `seq`."""
            super().__init__()
            self.seq = seq

    def __init__(
        self,
        *,
        name: str | None = None,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        """Start with an empty history."""
        super().__init__(name=name, id=id, classes=classes)
        self._history: Sequence[HistoryEvent] = ()
        self._cursor = -1
        self._is_following = True
        self._index = LineIndex()
        self._ruler = Ruler()
        self._wanted: int | None = None

    def show(self, history: Sequence[HistoryEvent], cursor: int, following: bool) -> None:
        """Show a history that only ever grows, or another one, with the cursor on the event `cursor`."""
        length = len(history)
        is_other = history is not self._history or length < len(self._index)
        old_line = self._index.line_of(self._cursor)
        if is_other:
            self._history, self._index, self._ruler = history, LineIndex(), Ruler()
        self._wanted = None
        begin = len(self._index)
        changed = self._index.take(history, length)
        has_moved = (cursor, following) != (self._cursor, self._is_following)
        if not is_other and begin == length and not has_moved:
            return
        # Who scrolled away from the newest line with the mouse is not pulled back by each event.
        was_at_end = self.scroll_offset.y >= self.max_scroll_y
        is_wanted = was_at_end or not self._is_following if following else has_moved
        self._cursor, self._is_following = cursor, following
        if self._ruler.take(islice(history, begin, length)) or is_other:
            self._show_ruler()
        self._draw(is_other, changed, old_line)
        if is_wanted or is_other:
            self._scroll_to_cursor()

    def yank_text(self) -> str:
        """Return the line under the cursor as text."""
        line = self._index.line_of(self._cursor)
        return "" if line < 0 else "  ".join(part for part, _ in self._parts(self._index.lines[line]) if part)

    def action_move_line(self, lines: int) -> None:
        """Move the cursor by so many lines."""
        target = min(self._index.line_of(self._at()) + lines, len(self._index.lines) - 1)
        self._go(self._index.lines[target].last if target >= 0 else -1)

    def action_move_event(self, count: int) -> None:
        """Move the cursor by so many events."""
        self._go(self._at() + count)

    def action_page(self, pages: int) -> None:
        """Move the cursor by so many windows."""
        lines = pages * max(self.size.height - 1, 1)
        target = max(self._index.line_of(self._at()) + lines, 0)
        if self._index.lines:
            self._go(self._index.lines[min(target, len(self._index.lines) - 1)].last)

    def action_start(self) -> None:
        """Go before the first event."""
        self._go(-1)

    def action_newest(self) -> None:
        """Go to the newest event."""
        self._go(len(self._index) - 1)
        self.scroll_end(animate=False, immediate=True, x_axis=False)

    def on_click(self, event: events.Click) -> None:
        """Go to the event that was clicked."""
        offset = event.get_content_offset(self)
        line = -1 if offset is None else offset.y + self.scroll_offset.y
        if 0 <= line < len(self._index.lines):
            self._go(self._index.lines[line].last)

    def on_resize(self) -> None:
        """Fit the ruler; stay at the end when following."""
        self._show_ruler()
        self._draw(True, 0, -1)
        self._scroll_to_cursor()

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return the text that is selected with the mouse."""
        lines = ("".join(part for part, _ in self._parts(line)) for line in self._index.lines)
        return selection.extract("\n".join(lines)), "\n"

    def selection_updated(self, selection: Selection | None) -> None:  # noqa: ARG002
        """Draw again with what is selected."""
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw the line that is `y` lines below the top of the window."""
        number = self.scroll_offset.y + y
        width = self.scrollable_content_region.width
        base = self.rich_style
        if number >= len(self._index.lines):
            empty = "No run yet. space runs the flow." if y == 0 and not self._index.lines else ""
            return Strip([Segment(empty, base)]).crop_extend(0, width, base)
        line = self._index.lines[number]
        is_cursor = number == self._index.line_of(self._cursor)
        whole = base
        if is_cursor:
            whole = self.get_component_rich_style("timeline--cursor")
        elif line.first > self._cursor:
            whole = self.get_component_rich_style("timeline--later")
        is_plain = is_cursor or line.first > self._cursor
        segments = [
            Segment(one_line(text, _LONGEST), whole if is_plain or not name else base + self._style(name))
            for text, name in self._parts(line)
        ]
        strip = Strip(segments).crop_extend(0, width, whole)
        return self._selected(strip, number).apply_offsets(0, number)

    def _selected(self, strip: Strip, number: int) -> Strip:
        selection = self.text_selection
        span = selection.get_span(number) if selection is not None else None
        if span is None:
            return strip
        start, end = span
        stop = strip.cell_length if end == -1 else end
        style = self.screen.get_component_rich_style("screen--selection")
        before, chosen, after = strip.crop(0, start), strip.crop(start, stop), strip.crop(stop)
        return Strip.join([before, chosen.apply_style(style), after])

    def _style(self, status: str) -> Style:
        return self.get_component_rich_style(f"timeline--{status}", partial=True)

    def _parts(self, line: Line) -> list[tuple[str, str]]:
        event = self._history[line.last]
        entry = entry_of(event)
        detail = f"{line.pieces} pieces, {line.length} characters" if line.pieces > 1 else entry.detail
        status = entry.status if entry.status in _STATUSES else "waiting"
        words = one_line(f"{entry.glyph} {entry.words}", _WORDS_WIDTH + 4)
        where, detail = one_line(entry.where, _LONGEST), one_line(detail, _LONGEST)
        number = f"{event.seq:>{len(str(len(self._index)))}} "
        if self.size.width < _NARROW:
            return [(number, "waiting"), (f"{words} ", status), (f"{where} ", ""), (detail, "waiting")]
        return [
            (number, "waiting"),
            (f"{_clock(event.at)}  ", "waiting"),
            (f"{words:<{_WORDS_WIDTH + 2}} ", status),
            (f"{where:<{_WHERE_WIDTH}} ", ""),
            (detail, "waiting"),
        ]

    def _draw(self, is_all: bool, changed: int, old_line: int) -> None:
        size = Size(self.scrollable_content_region.width, len(self._index.lines))
        if size != self.virtual_size:
            self.virtual_size = size
        line = self._index.line_of(self._cursor)
        has_jumped = is_all or abs(line - old_line) > 1
        if has_jumped:
            self.refresh()
        else:
            for each in {line, old_line}:
                self.refresh_lines(max(each, 0))
            self.refresh_lines(changed, max(self.size.height, 1))

    def _scroll_to_cursor(self) -> None:
        if self._is_following:
            self.scroll_end(animate=False, immediate=True, x_axis=False)
        else:
            line = max(self._index.line_of(self._cursor), 0)
            self.scroll_to_region(Region(0, line, 1, 1), animate=False)

    def _show_ruler(self) -> None:
        text = self._ruler.text(max(self.size.width - _TITLE_MARGIN, 0))
        self.border_title = plain(f"{_TITLE} ─ {text}" if text else _TITLE)

    def _at(self) -> int:
        return self._cursor if self._wanted is None else self._wanted

    def _go(self, number: int) -> None:
        # Keys can come faster than the screen answers: the next one counts from where this one goes.
        self._wanted = min(max(number, -1), len(self._index) - 1)
        seq = self._history[self._wanted].seq if self._wanted >= 0 else -1
        self.post_message(self.CursorMoved(seq))


def _clock(at: float) -> str:
    minutes, rest = divmod(at, 60)
    return f"{int(minutes):>2d}:{rest:06.3f}"
