"""The pane that shows a run's history: a list of events, or bars over time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import ClassVar, TypeAlias

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from agentflow_tui.history.codec import encode
from agentflow_tui.history.event import HistoryEvent
from agentflow_tui.tui.keymap.bind import bindings
from agentflow_tui.tui.panes import cursor_moved, pager_wanted
from agentflow_tui.tui.panes.entry_bar import EntryBar
from agentflow_tui.tui.panes.timeline.event_filter import ERRORS, parse_filter, toggled
from agentflow_tui.tui.panes.timeline.filter_bar import FilterBar
from agentflow_tui.tui.panes.timeline.history_view import HistoryView
from agentflow_tui.tui.panes.timeline.landmarks import Landmarks
from agentflow_tui.tui.panes.timeline.lanes import Lanes
from agentflow_tui.tui.panes.timeline.ruler import Ruler
from agentflow_tui.tui.panes.timeline.timeline_keys import TIMELINE
from agentflow_tui.tui.panes.timeline.timeline_list import TimelineList
from agentflow_tui.tui.panes.timeline.waterfall_view import WaterfallView
from agentflow_tui.tui.safe_text import one_line, plain

_TITLE = "4 TIMELINE"
_TITLE_MARGIN = 20
_TITLE_START = 3


class TimelinePane(Vertical):
    """The list or the waterfall, and the filter below them."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(TIMELINE)
    BINDING_GROUP_TITLE = "Timeline"
    HELP = """\
# Timeline

Every event of the run, newest last. The cursor says which moment the other panes show.

- **↑ ↓** move by line, **← →** by event, with shift by agent run, with ctrl by iteration; a click goes there,
  a second one shows all of an event.
- **{timeline.start}** is the start, **{timeline.newest}** the newest event, which is then followed.
- **{timeline.error-next}** and **{timeline.error-before}** go to the next error and the one before.
- **{timeline.filter}** shows only some events: `errors`, `agent:NAME`, `kind:NAME` or any text, all at once
  if you like; **{timeline.errors}** shows only errors, **{timeline.clear}** everything again. A click on the
  bottom border opens the filter too.
- **{timeline.waterfall}** shows bars over time, one lane per agent: what overlaps ran side by side.
  **{timeline.zoom-in}** and **{timeline.zoom-out}** zoom.
- **{timeline.yank-event}** copies the event as JSON, **{timeline.pager}** shows it by itself.
- Pieces of text that one call writes in a row are one line.

The border shows how the iterations of a loop went: a number that the flow sets, else their duration.
A click on an iteration goes there.
"""
    DEFAULT_CSS = """
    TimelinePane { height: 1fr; }
    TimelinePane > WaterfallView { display: none; }
    TimelinePane.-waterfall > WaterfallView { display: block; }
    TimelinePane.-waterfall > TimelineList { display: none; }
    """
    CursorMoved: TypeAlias = cursor_moved.CursorMoved
    PagerWanted: TypeAlias = pager_wanted.PagerWanted

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
        self._read = 0
        self._cursor = -1
        self._told = ""
        self._ruler = Ruler()
        self._landmarks = Landmarks()
        self._lanes = Lanes()
        self.list = TimelineList()
        self.bars = WaterfallView()
        self._bar = FilterBar()

    def compose(self) -> ComposeResult:
        """Lay out both views, of which one is displayed, and the filter."""
        yield self.list
        yield self.bars
        yield self._bar

    @property
    def is_waterfall(self) -> bool:
        """True while bars are shown instead of the list."""
        return self.has_class("-waterfall")

    def show(self, history: Sequence[HistoryEvent], cursor: int, following: bool) -> None:
        """Show a history that only ever grows, or another one, with the cursor on the event `cursor`."""
        length = len(history)
        is_other = history is not self._history or length < self._read
        if is_other:
            self._history, self._read = history, 0
            self._ruler, self._landmarks, self._lanes = Ruler(), Landmarks(), Lanes()
        new = history[self._read : length]
        is_same = not is_other and not new and cursor == self._cursor
        self._read, self._cursor = length, cursor
        self._landmarks.take(new)
        self._lanes.take(new)
        if self._ruler.take(new) or is_other:
            self._show_ruler()
        self.list.show(history, cursor, following)
        if not is_same:
            self._show_subtitle()
            if self.is_waterfall:
                self.bars.show(self._lanes, self._landmarks, cursor, is_following=following)

    def yank_text(self) -> str:
        """Return the line under the cursor as text."""
        return self.list.cursor_text()

    def action_move_line(self, lines: int) -> None:
        """Move the cursor by so many lines; in the waterfall, scroll by so many lanes."""
        if self.is_waterfall:
            self.bars.scroll_relative(y=lines, animate=False)
        else:
            self.list.move_line(lines)

    def action_move_event(self, count: int) -> None:
        """Move the cursor by so many events."""
        self.list.move_event(count)

    def action_page(self, pages: int) -> None:
        """Move the cursor by so many windows; in the waterfall, scroll."""
        if self.is_waterfall:
            self.bars.scroll_relative(y=pages * max(self.bars.size.height - 2, 1), animate=False)
        else:
            self.list.move_page(pages)

    def action_start(self) -> None:
        """Go before the first event."""
        self.list.go(-1)

    def action_newest(self) -> None:
        """Go to the newest event."""
        self.list.go_to_newest()

    def action_jump(self, kind: str, step: int) -> None:
        """Go to the next error, agent run or iteration, or to the one before."""
        position = self._landmarks.next(kind, self.list.here, step)
        if position is not None:
            self.list.go(position)
        else:
            told = {"error": "No error", "agent": "No agent run", "iteration": "No iteration"}[kind]
            where, behind = ("after", "before") if step > 0 else ("before", "after")
            is_behind = self._landmarks.next(kind, self.list.here, -step) is not None
            only = f", only {behind} it" if is_behind else ""
            self.notify(one_line(f"{told} {where} this moment{only}.", 80), markup=False, timeout=2)

    def action_filter(self) -> None:
        """Let a filter be typed; it shows in the list."""
        self._show_list()
        self._bar.open()

    def action_only_errors(self) -> None:
        """Show only errors, or stop that."""
        self._show_list()
        self._bar.text = toggled(self._bar.text, ERRORS)

    def action_clear_filter(self) -> None:
        """Show everything."""
        self._bar.text = ""
        self._bar.action_close()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Leave escape to the screen while nothing is filtered, and zoom keys while there are no bars."""
        match action:
            case "clear_filter":
                return self._bar.is_open or not self.list.filter.is_empty
            case "zoom":
                return self.is_waterfall
        return True

    def action_waterfall(self) -> None:
        """Change between list and bars."""
        had_focus = self.has_focus_within
        self.toggle_class("-waterfall")
        if self.is_waterfall:
            self.bars.show(self._lanes, self._landmarks, self._cursor)
        if had_focus:
            self._view.focus()
        self._show_subtitle()

    def action_zoom(self, step: int) -> None:
        """Show less time or more."""
        self.bars.zoom_by(step)
        self._show_subtitle()

    def action_yank_event(self) -> None:
        """Copy the event under the cursor."""
        if self.list.cursor_event is not None:
            self.app.copy_to_clipboard(self._event_text())

    def action_open_pager(self) -> None:
        """Show the event under the cursor by itself."""
        event = self.list.cursor_event
        if event is not None:
            self.post_message(self.PagerWanted(self._event_text(), f"event {event.seq} · {event.kind}"))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """With ctrl, show less time of the bars; else scroll."""
        self._zoom_with_wheel(event, 1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """With ctrl, show more time of the bars; else scroll."""
        self._zoom_with_wheel(event, -1)

    def _zoom_with_wheel(self, event: events.MouseScrollUp | events.MouseScrollDown, step: int) -> None:
        if event.ctrl and self.is_waterfall:
            event.prevent_default().stop()
            self.action_zoom(step)

    def on_click(self, event: events.Click) -> None:
        """Go to the iteration that is clicked in the upper border; the lower border opens the filter.

        A double click on an event shows all of it.
        """
        if event.widget is self.list and event.chain > 1:
            self.action_open_pager()
        if event.widget is not self or not self.styles.border_top[0]:
            return
        if event.y == self.outer_size.height - 1:
            self.action_filter()
        elif event.y == 0:
            place = self._ruler.iteration_at(event.x - _TITLE_START - len(f"{_TITLE} ─ "), self._ruler_width)
            if place is not None:
                self.list.go(self._landmarks.iteration(place))

    def on_resize(self) -> None:
        """Fit the ruler."""
        self._show_ruler()

    @on(EntryBar.Changed)
    def _filter_changed(self, event: EntryBar.Changed) -> None:
        event.stop()
        if isinstance(event, EntryBar.Entered):
            self._view.focus()
        elif parse_filter(event.text) != self.list.filter:
            self.list.show_only(parse_filter(event.text))
            self._show_subtitle()

    @on(EntryBar.Closed)
    def _filter_closed(self, event: EntryBar.Closed) -> None:
        event.stop()
        self._bar.text = ""
        self._view.focus()

    @property
    def _view(self) -> HistoryView:
        return self.bars if self.is_waterfall else self.list

    @property
    def _ruler_width(self) -> int:
        return max(self.size.width - _TITLE_MARGIN, 0)

    def _show_list(self) -> None:
        if self.is_waterfall:
            self.action_waterfall()

    def _event_text(self) -> str:
        event = self.list.cursor_event
        return "" if event is None else json.dumps(encode(event), ensure_ascii=False, indent=2)

    def _show_ruler(self) -> None:
        text = self._ruler.text(self._ruler_width)
        self.border_title = plain(f"{_TITLE} ─ {text}" if text else _TITLE)

    def _show_subtitle(self) -> None:
        parts = []
        errors = self._landmarks.count("error")
        if errors:
            parts.append(f"✗ {errors} {'error' if errors == 1 else 'errors'}")
        if self.is_waterfall and self.bars.zoom > 1:
            parts.append(f"zoom {self.bars.zoom}×")
        if not self.list.filter.is_empty:
            shown, lines = self.list.counts
            parts.append(f"{shown} of {lines} lines: {self._bar.text}")
        told = " · ".join(parts)
        if told != self._told:
            # A new border paints the whole pane.
            self._told = told
            self.border_subtitle = plain(told, limit=120)
