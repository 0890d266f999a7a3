"""The pane that shows the plan and where the run stands in it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import Any, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.geometry import Offset, Region, Size, Spacing
from textual.message import Message
from textual.reactive import reactive, var
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.timer import Timer

from agentflow_tui.history.run_state import RunState
from agentflow_tui.plan.box import Box
from agentflow_tui.plan.layout import Layout
from agentflow_tui.plan.node import Plan
from agentflow_tui.tui.guard import guarded
from agentflow_tui.tui.keymap.bind import bindings
from agentflow_tui.tui.panes.graph.compass import box_around, next_box
from agentflow_tui.tui.panes.graph.empty_graph import empty_line
from agentflow_tui.tui.panes.graph.face import STYLES
from agentflow_tui.tui.panes.graph.fitted import Choosable, DetailChoice, fitted
from agentflow_tui.tui.panes.graph.graph_colours import GRAPH_CSS
from agentflow_tui.tui.panes.graph.graph_help import GRAPH_HELP
from agentflow_tui.tui.panes.graph.graph_keys import GRAPH
from agentflow_tui.tui.panes.graph.row_painter import RowPainter

_PARTS = ("line", "lit", "dim", "label", "name", "selected")
_SPINNER_SECONDS = 1 / 8
_DIRECTIONS: tuple[Choosable, ...] = ("auto", "right", "down")
_SPACING = Spacing(1, 2, 1, 2)


class GraphPane(ScrollView, can_focus=True):
    """Draws a plan in cells and lights it up with the run; the whole graph is one widget."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"graph--{name}" for name in chain(STYLES, _PARTS)}
    BINDINGS: ClassVar[list[BindingType]] = bindings(GRAPH)
    DEFAULT_CSS = GRAPH_CSS
    HELP = GRAPH_HELP

    selected: reactive[str] = reactive("", init=False, repaint=False)
    """Path of the selected node, or empty."""
    is_following: var[bool] = var(True)
    """Whether the agents that run are kept in view."""
    direction: var[Choosable] = var("auto", init=False)
    """Which way the graph is drawn."""
    detail: var[DetailChoice] = var("auto", init=False)
    """How much each box shows."""

    @dataclass
    class NodeSelected(Message):
        """A node was selected."""

        path: str

    @dataclass
    class NodeEntered(Message):
        """A person wants to look closer at a node."""

        path: str

    def __init__(self, **options: Any) -> None:
        """Start empty; `options` are those of every widget."""
        super().__init__(**options)
        self._plan: Plan | None = None
        self._layout: Layout | None = None
        self._painter: RowPainter | None = None
        self._state = RunState()
        self._opened: frozenset[str] = frozenset()
        self._palette: dict[str, Style] = {}
        self._live: frozenset[str] = frozenset()
        self._spinner: Timer | None = None
        self.is_spinning = False
        """Whether something runs and may move."""

    def show_plan(self, plan: Plan | None) -> None:
        """Draw another plan; none shows how to get one."""
        if plan == self._plan and self._layout is not None:
            return
        self._plan = plan
        self._lay_out()
        if plan is None or self.selected not in plan.nodes:
            self.selected = ""

    def show_state(self, state: RunState) -> None:
        """Show where a run stands; only what looks different is drawn again."""
        self._state = state
        if self._painter is None or self._layout is None:
            return
        changed = self._painter.show(state)
        if changed is None:
            self.refresh()
        else:
            for path in changed:
                self._refresh_box(self._layout.boxes[path])
        self._keep_up()

    @property
    def layout_drawn(self) -> Layout | None:
        """The drawing on the screen."""
        return self._layout

    @guarded
    def on_mount(self) -> None:
        """Make the spinner, standing still."""
        self._spinner = self.set_interval(_SPINNER_SECONDS, self.spin, pause=True)
        self._keep_up()

    @guarded
    def on_resize(self) -> None:
        """Choose the drawing for the new room."""
        self._lay_out()

    def notify_style_update(self) -> None:
        """Fetch the colours again when the theme changes."""
        super().notify_style_update()
        self._palette.clear()
        if self._layout is not None:
            self._paint_anew(self._layout)

    def render_line(self, y: int) -> Strip:
        """One row of what is in view."""
        width = self.size.width
        if self._layout is None or self._painter is None:
            return empty_line(y, self.size, self._colours()["label"])
        left, top = self._margin
        row = y + self.scroll_offset.y - top
        if not 0 <= row < self._layout.height:
            return Strip.blank(width, self.rich_style)
        strip = self._painter.strip(row)
        if left:
            strip = Strip([Segment(" " * left, self.rich_style), *strip])
        x = self.scroll_offset.x
        return strip.crop_extend(x, x + width, self.rich_style)

    @property
    def _margin(self) -> Offset:
        """A drawing smaller than the pane stands in its middle."""
        if self._layout is None:
            return Offset(0, 0)
        width, height = self.size
        return Offset(max(0, (width - self._layout.width) // 2), max(0, (height - self._layout.height) // 2))

    def _lay_out(self) -> None:
        gutter = self.gutter
        room = self.outer_size - Size(gutter.width, gutter.height)
        if self._plan is None or not room:
            self._layout = self._painter = None
            self.virtual_size = Size(0, 0)
        else:
            layout = fitted(self._plan, room, self.direction, self.detail, self._opened)
            self._paint_anew(layout)
            self.virtual_size = Size(layout.width, layout.height)
        self.refresh()
        self._keep_up()

    def _paint_anew(self, layout: Layout) -> None:
        assert self._plan is not None
        self._layout = layout
        self._painter = RowPainter(self._plan, layout, self._colours())
        self._painter.selected = self.selected
        self._painter.show(self._state)

    def _colours(self) -> dict[str, Style]:
        if not self._palette:
            self._palette = {
                name: self.get_component_rich_style(f"graph--{name}") for name in chain(STYLES, _PARTS)
            }
        return self._palette

    def _refresh_box(self, box: Box) -> None:
        self.refresh(self._region_of(box).translate(-self.scroll_offset))

    def _region_of(self, box: Box) -> Region:
        """Where a box is in the scrolled area."""
        return Region(box.x, box.y, box.width, box.height).translate(self._margin)

    def _keep_up(self) -> None:
        """Start or stop the spinner, and scroll to agents that began to run."""
        boxes = self._layout.boxes if self._layout is not None else {}
        nodes = self._state.nodes
        running = frozenset(path for path in boxes if path in nodes and nodes[path].status == "running")
        if self._spinner is not None:
            self.is_spinning = bool(running) and self.app.animation_level != "none"
            (self._spinner.resume if self.is_spinning else self._spinner.pause)()
        begun = [path for path in boxes if path in running - self._live and boxes[path].kind != "frame"]
        self._live = running
        if self.is_following and begun:
            self._bring_into_view(boxes[begun[0]])

    def _bring_into_view(self, box: Box) -> None:
        self.scroll_to_region(self._region_of(box), spacing=_SPACING, animate=False, force=True)

    @guarded
    def spin(self) -> None:
        """Turn the glyph of every agent that runs; nothing else is drawn again."""
        if self._painter is None or self._layout is None or not self.app.app_focus:
            return
        self._painter.spinner_at += 1
        for path in self._live:
            box = self._layout.boxes[path]
            if box.kind != "frame":
                row = box.y if box.kind == "cell" else box.y + 1
                self._painter.forget_row(row)
                self.refresh(Region(box.x, row, 4, 1).translate(self._margin - self.scroll_offset))

    def watch_selected(self, before: str, after: str) -> None:
        """Mark the box, bring it into view and tell others."""
        if self._layout is not None and self._painter is not None:
            self._painter.selected = after
            for path in (before, after):
                box = self._layout.boxes.get(path)
                if box is not None:
                    self._painter.forget(box)
                    self._refresh_box(box)
            if after in self._layout.boxes:
                self._bring_into_view(self._layout.boxes[after])
        self.post_message(self.NodeSelected(after))

    def watch_direction(self) -> None:
        """Draw the other way, or with more or less in each box."""
        self._lay_out()

    watch_detail = watch_direction

    @guarded
    def on_click(self, event: events.Click) -> None:
        """Select what was clicked; a double click looks closer."""
        if self._layout is None:
            return
        at = event.get_content_offset_capture(self) + self.scroll_offset - self._margin
        box = self._layout.box_at(at.x, at.y)
        if box is not None:
            self.is_following, self.selected = False, box.path
            if event.chain > 1:
                self.action_enter()

    @guarded
    def action_move(self, way: str) -> None:
        """Select the next agent `left`, `right`, `up` or `down`; the first one when none is selected."""
        if self._layout is None:
            return
        boxes = self._layout.boxes
        start = boxes.get(self.selected)
        if start is None:
            found = next((box for box in boxes.values() if box.kind != "frame"), None)
        else:
            found = next_box(start, boxes.values(), way)
        if found is not None:
            self.is_following, self.selected = False, found.path

    @guarded
    def action_select_around(self) -> None:
        """Select the frame around the selected node."""
        around = box_around(self.selected, self._layout.boxes) if self._layout is not None else None
        if around is not None:
            self.selected = around.path

    @guarded
    def action_enter(self) -> None:
        """Open or fold a wide fan-out, or ask to look closer at the selected node."""
        if self._layout is None or not self.selected:
            return
        box = self._layout.boxes.get(self.selected)
        if box is not None and box.is_folded:
            self._opened |= {box.path}
        elif self.selected in self._opened:
            self._opened -= {self.selected}
        else:
            self.post_message(self.NodeEntered(self.selected))
            return
        self._lay_out()

    @guarded
    def action_toggle_follow(self) -> None:
        """Keep the agents that run in view, or stop doing so."""
        self.is_following = not self.is_following
        if self.is_following:
            self._live = frozenset()
            self._keep_up()

    @guarded
    def action_turn(self) -> None:
        """Go to the next direction: as it fits, left to right, top to bottom."""
        self.direction = _DIRECTIONS[(_DIRECTIONS.index(self.direction) + 1) % len(_DIRECTIONS)]

    @guarded
    def action_zoom_to(self, detail: DetailChoice) -> None:
        """Show `full` boxes, `names` only, or what fits (`auto`)."""
        self.detail = detail
