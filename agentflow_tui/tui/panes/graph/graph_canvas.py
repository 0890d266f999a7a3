"""The widget that draws a plan and keeps it moving; what keys and the mouse do is in `GraphPane`."""

from __future__ import annotations

import time
from collections.abc import Mapping
from itertools import chain
from typing import Any, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size, Spacing
from textual.reactive import reactive, var
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.timer import Timer

from agentflow_tui.history.run_state import RunState
from agentflow_tui.plan.box import Box
from agentflow_tui.plan.layout import Layout
from agentflow_tui.plan.node import Plan
from agentflow_tui.tui.guard import drawn, guarded
from agentflow_tui.tui.panes.graph.drawing import Drawing
from agentflow_tui.tui.panes.graph.empty_graph import NO_PLAN, NOT_RUN, empty_line
from agentflow_tui.tui.panes.graph.face import STYLES
from agentflow_tui.tui.panes.graph.fitted import Choosable, DetailChoice
from agentflow_tui.tui.panes.graph.graph_colours import GRAPH_CSS
from agentflow_tui.tui.panes.graph.minimap import Minimap
from agentflow_tui.tui.panes.graph.node_search import NodeSearch
from agentflow_tui.tui.panes.graph.row_painter import RowPainter
from agentflow_tui.tui.panes.graph.viewport import Viewport

PARTS = ("line", "lit", "dim", "label", "name", "selected", "mark", "pulse", "sign", "map", "view")
TICK_SECONDS = 1 / 8
_TICKS_PER_SECOND = 8
_SPACING = Spacing(1, 2, 1, 2)


class GraphCanvas(ScrollView):
    """Draws a plan in cells and lights it up with the run; the whole graph is one widget."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"graph--{name}" for name in chain(STYLES, PARTS)}
    DEFAULT_CSS = GRAPH_CSS

    selected: reactive[str] = reactive("", init=False, repaint=False)
    """Path of the selected node of what is drawn, or empty."""
    is_following: var[bool] = var(True)
    """Whether the agents that run are kept in view."""
    direction: var[Choosable] = var("auto", init=False)
    """Which way the graph is drawn."""
    detail: var[DetailChoice] = var("auto", init=False)
    """How much each box shows."""
    has_minimap: var[bool] = var(True, init=False)
    """Whether a drawing that is larger than the pane has a minimap."""

    def __init__(self, **options: Any) -> None:
        """Start empty; `options` are those of every widget."""
        super().__init__(**options)
        self.clock = time.monotonic
        """Seconds, for how long agents have been running since the last event."""
        self.search = NodeSearch()
        self.is_spinning = False
        """Whether something runs and may move."""
        self.drawing = Drawing()
        self._minimap: Minimap | None = None
        self._state = RunState()
        self._is_live = False
        self._is_stale = False
        self._shown_at = 0.0
        self._palette: dict[str, Style] = {}
        self._blank = Style()
        self._live: frozenset[str] = frozenset()
        self._timer: Timer | None = None

    def show_plan(self, plan: Plan | None) -> None:
        """Draw another plan; none shows how to get one."""
        if plan == self.drawing.designed and self.drawing.layout is not None:
            return
        self.drawing.design(plan, self._state)
        self.draw()
        if self.plan is None or self.selected not in self.plan.nodes:
            self.selected = ""

    def show_state(self, state: RunState, *, is_live: bool | None = None) -> None:
        """Show where a run stands; only what looks different is drawn again.

        `is_live` says whether it goes on by itself; without it, whatever runs does. Of a moment that was
        scrubbed to, nothing moves. While things move, words that stream in wait for the next tick.
        """
        before, self._state, self._shown_at = self._state, state, self.clock()
        was_live, self._is_live = self._is_live, state.status == "running" if is_live is None else is_live
        is_calm = state.agent_runs is before.agent_runs and state.status == before.status
        if is_calm and self.is_spinning and was_live and self._is_live and before.run_id == state.run_id:
            self._is_stale = True
        else:
            self._take_in()

    def _take_in(self, now: float | None = None) -> None:
        """Paint the newest state as it is `now` seconds after the run began."""
        self._is_stale = False
        if self.drawing.follow(self._state):
            self.draw()
            return
        self._repaint(now)
        self._keep_up()

    @property
    def plan(self) -> Plan | None:
        """What is drawn: the plan as designed, or as it ran."""
        return self.drawing.plan

    @property
    def layout_drawn(self) -> Layout | None:
        """The drawing on the screen."""
        return self.drawing.layout

    @property
    def boxes(self) -> Mapping[str, Box]:
        """The boxes of the drawing, by path."""
        return self.drawing.boxes

    @guarded
    def on_mount(self) -> None:
        """Make the timer, standing still."""
        self._timer = self.set_interval(TICK_SECONDS, self.spin, pause=True)
        self.watch(self.app, "app_focus", self._keep_up, init=False)
        self._keep_up()

    @guarded
    def on_resize(self) -> None:
        """Choose the drawing for the new room, and look for the agents that run as if they began now."""
        self._live = frozenset()
        self.draw()

    @guarded
    def on_show(self) -> None:
        """Move again."""
        self._keep_up()

    @guarded
    def on_hide(self) -> None:
        """Stand still while nobody sees it."""
        self._keep_up()

    def notify_style_update(self) -> None:
        """Fetch the colours again when the theme changes."""
        super().notify_style_update()
        self._palette.clear()
        if self.drawing.layout is not None:
            self._paint_anew()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Rows of what is in view."""
        # It is put together from all that lies below, so not for each row.
        self._blank = self.rich_style
        return super().render_lines(crop)

    @drawn
    def render_line(self, y: int) -> Strip:
        """One row of what is in view."""
        if self.search.is_open and y == self.seen_size.height - 1:
            return self.search.line(self.size.width, self._colours()["mark"])
        painter = self.drawing.painter
        if painter is None or not self.boxes:
            return empty_line(self._excuse, y, self.size, self._colours()["label"])
        strip = self._drawn_line(painter, y)
        place = self.minimap_place
        if self._minimap is None or place is None or not place.y <= y < place.bottom:
            return strip
        view = Region(*self.scroll_offset, *self.seen_size)
        small = self._minimap.strip(y - place.y, view, self._colours())
        return Strip.join([strip.crop(0, place.x), small, strip.crop(place.right, self.size.width)])

    @property
    def _excuse(self) -> tuple[str, ...]:
        if self.drawing.ran is not None:
            return NOT_RUN
        # A plan that is not drawn yet will be at once.
        return NO_PLAN if self.drawing.designed is None else ()

    def _drawn_line(self, painter: RowPainter, y: int) -> Strip:
        view, blank = self.viewport, self._blank
        row = y - view.shift.y
        if not 0 <= row < view.drawn.height:
            return Strip.blank(view.pane.width, blank)
        left = view.margin.x
        strip = Strip([Segment(" " * left, blank), *painter.strip(row)], left + view.drawn.width)
        return strip.crop_extend(view.scrolled.x, view.scrolled.x + view.pane.width, blank)

    @property
    def viewport(self) -> Viewport:
        """What of the drawing is in the pane now."""
        return Viewport.of(self.drawing.layout, self.size, self.scroll_offset)

    @property
    def seen_size(self) -> Size:
        """The pane without the scroll bars that lie over it."""
        return self.scrollable_content_region.size

    @property
    def minimap_place(self) -> Region | None:
        """Where the minimap is in the pane, none while there is none."""
        if self._minimap is None or not self.has_minimap:
            return None
        return self._minimap.place(self.seen_size, self.viewport, self.selected, self._live)

    def draw(self) -> None:
        """Choose the drawing for the pane, and paint it."""
        room = self.outer_size - self.styles.gutter.totals
        layout = self.drawing.lay_out(room, self.direction, self.detail)
        self._minimap = None if layout is None else Minimap(layout, room)
        self.virtual_size = Size(0, 0) if layout is None else Size(layout.width, layout.height)
        self._paint_anew()
        self._update_minimap()
        self._say_how()
        self._keep_up()

    def _say_how(self) -> None:
        """Say below the pane how the plan is drawn, where that is not as usual."""

    def _paint_anew(self) -> None:
        self.drawing.paint_with(self._colours(), self.selected)
        self.drawing.show(self._state, self._state.elapsed)
        self.refresh()

    def _repaint(self, now: float | None = None) -> None:
        if self.drawing.show(self._state, self._state.elapsed if now is None else now):
            self._update_minimap()

    def refresh_changes(self) -> None:
        """Have the terminal told of the cells in view that look different, and of no others."""
        if self.drawing.painter is None:
            return
        view = self.viewport
        seen = [view.seen(cells) for cells in self.drawing.painter.changes(view.rows)]
        if regions := [region for region in seen if region]:
            self.refresh(*regions)

    def _update_minimap(self) -> None:
        painter = self.drawing.painter
        if self._minimap is None or painter is None or not self._minimap.is_needed:
            return
        place = self.minimap_place
        if self._minimap.show(lambda path: painter.standing.face(path).style) and place is not None:
            self.refresh(place)

    def _colours(self) -> dict[str, Style]:
        if not self._palette:
            self._palette = {
                name: self.get_component_rich_style(f"graph--{name}") for name in chain(STYLES, PARTS)
            }
        return self._palette

    def _keep_up(self) -> None:
        """Start or stop to move, and scroll to agents that began to run."""
        painter, boxes = self.drawing.painter, self.boxes
        standing = painter.standing if painter is not None else None
        running = frozenset(path for path in boxes if standing is not None and standing.is_live(path))
        may_move = self._is_live and self.app.animation_level != "none" and self.app.app_focus
        self.is_spinning = bool(running) and may_move and self.is_on_screen
        if self._timer is not None:
            (self._timer.resume if self.is_spinning else self._timer.pause)()
        if painter is not None:
            painter.flow(self.is_spinning)
        begun = [path for path in boxes if path in running - self._live and boxes[path].kind != "frame"]
        place, self._live = self.minimap_place, running
        self.refresh_changes()
        if self.minimap_place != place:
            self.refresh()
        if self.is_following and begun:
            self.bring_into_view(boxes[begun[0]])

    def bring_into_view(self, box: Box) -> None:
        """Scroll as little as it takes to see a box."""
        self.scroll_to_region(self.viewport.place(box), spacing=_SPACING, animate=False, force=True)

    @guarded
    def spin(self) -> None:
        """Turn the glyph of every agent that runs and move the marks; nothing else is painted."""
        painter = self.drawing.painter
        if painter is None or not self.app.app_focus:
            return
        painter.tick(self._live)
        if self._is_stale or painter.pulse.tick % _TICKS_PER_SECOND == 0:
            self._take_in(self._state.elapsed + self.clock() - self._shown_at)
        else:
            self.refresh_changes()

    def watch_direction(self) -> None:
        """Draw the other way, or with more or less in each box."""
        self.draw()
        if self.selected in self.boxes:
            self.bring_into_view(self.boxes[self.selected])

    watch_detail = watch_direction
    watch_has_minimap = watch_direction
