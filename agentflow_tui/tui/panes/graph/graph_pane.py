"""The pane that shows the plan and where the run stands in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.geometry import Offset
from textual.message import Message

from agentflow_tui.tui.guard import guarded
from agentflow_tui.tui.keymap.bind import bindings
from agentflow_tui.tui.panes.graph.compass import box_around, next_box
from agentflow_tui.tui.panes.graph.fitted import Choosable, DetailChoice
from agentflow_tui.tui.panes.graph.graph_canvas import GraphCanvas
from agentflow_tui.tui.panes.graph.graph_help import GRAPH_HELP
from agentflow_tui.tui.panes.graph.graph_keys import GRAPH
from agentflow_tui.tui.panes.graph.signs import is_sign_place
from agentflow_tui.tui.safe_text import plain

_DIRECTIONS: tuple[Choosable, ...] = ("auto", "right", "down")
_DETAILS: tuple[DetailChoice, ...] = ("dots", "names", "full")


class GraphPane(GraphCanvas, can_focus=True):
    """Lets a person walk, fold, search and look around in the graph."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(GRAPH)
    HELP = GRAPH_HELP

    @dataclass
    class NodeSelected(Message):
        """A node was selected."""

        path: str
        """In the plan as designed."""
        run: int | None = None
        """`AgentRun.number` of the one run that was selected where the graph is drawn as it ran."""

    @dataclass
    class NodeEntered(Message):
        """A person wants to look closer at a node."""

        path: str
        run: int | None = None

    @dataclass
    class BreakpointWanted(Message):
        """The place of a node's signs was clicked: a breakpoint is to be set there, or taken away."""

        path: str

    _pressed_at: Offset | None = None
    _has_dragged = False

    @property
    def is_as_it_ran(self) -> bool:
        """Whether the plan is drawn as the run went through it."""
        return self.drawing.ran is not None

    def show_signs(self, signs: Mapping[str, str]) -> None:
        """Show what a person marked, by path of the plan as designed; cheap when nothing changed."""
        if signs != self.drawing.signs:
            self.drawing.signs = signs
            if self.drawing.layout is not None:
                self._paint_anew()
            self.refresh()

    def watch_selected(self, before: str, after: str) -> None:
        """Mark the box, bring it into view and tell others."""
        painter = self.drawing.painter
        if painter is not None:
            painter.boxes.selected = after
            for path in (before, after):
                box = self.boxes.get(path)
                if box is not None:
                    painter.forget(box)
            self.refresh_changes()
            if self._minimap is not None and self._minimap.is_needed:
                self.refresh()
            if after in self.boxes:
                self.bring_into_view(self.boxes[after])
        self._say_how()
        self.post_message(self.NodeSelected(*self._origin(after)))

    def _origin(self, path: str) -> tuple[str, int | None]:
        origin = self.drawing.origin(path)
        return origin.path, origin.run

    def _say_how(self) -> None:
        box = self.boxes.get(self.selected)
        is_dot = box is not None and box.kind == "dot"
        parts = (
            "as it ran" if self.is_as_it_ran else "",
            self.detail if self.detail != "auto" else "",
            self.direction if self.direction != "auto" else "",
            box.text if box is not None and is_dot else "",
        )
        self.border_subtitle = plain(" · ".join(filter(None, parts)), limit=60)

    def _select(self, path: str) -> None:
        self.is_following, self.selected = False, path

    @guarded
    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin to drag the drawing."""
        # The border is an edge between two panes, which is dragged by itself.
        is_inside = event.get_content_offset(self) is not None
        self._pressed_at, self._has_dragged = event.screen_offset if is_inside else None, False

    @guarded
    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag the drawing along."""
        if self._pressed_at is None or not event.button:
            self._pressed_at = None
            return
        by = self._pressed_at - event.screen_offset
        if by:
            self.capture_mouse()
            self._has_dragged, self._pressed_at = True, event.screen_offset
            self._pan(by)

    @guarded
    def on_mouse_up(self) -> None:
        """End to drag."""
        self._pressed_at = None
        self.release_mouse()

    @guarded
    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """With ctrl, show more of each node; else scroll."""
        if event.ctrl:
            event.prevent_default().stop()
            self.action_zoom_by(1)

    @guarded
    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """With ctrl, show less of each node; else scroll."""
        if event.ctrl:
            event.prevent_default().stop()
            self.action_zoom_by(-1)

    @guarded
    def on_click(self, event: events.Click) -> None:
        """Select what was clicked; a double click looks closer. In the minimap, go there."""
        layout = self.drawing.layout
        if layout is None or self._has_dragged or event.get_content_offset(self) is None:
            return
        at = event.get_content_offset_capture(self)
        place = self.minimap_place
        if place is not None and self._minimap is not None and place.contains(at.x, at.y):
            x, y = self._minimap.target(at - place.offset)
            self.is_following = False
            self.scroll_to(x - self.size.width // 2, y - self.size.height // 2, animate=False, force=True)
            return
        at -= self.viewport.shift
        box = layout.box_at(at.x, at.y)
        if box is not None:
            self._select(box.path)
            if is_sign_place(box, at.x, at.y):
                if event.chain == 1:
                    self.post_message(self.BreakpointWanted(self._origin(box.path)[0]))
            elif event.chain > 1:
                self.action_enter()

    @guarded
    def on_key(self, event: events.Key) -> None:
        """Type what is searched; escape ends a search before it does anything else."""
        if self.search.is_open and self.plan is not None and self.search.take(event, self.plan):
            event.stop()
            event.prevent_default()
            self._go_to_match()

    def check_consume_key(self, key: str, character: str | None) -> bool:  # noqa: ARG002
        """Whether a key types at the moment, for the footer."""
        return self.search.is_typing and character is not None and character.isprintable()

    def _go_to_match(self) -> None:
        path = self.search.current
        if path and self.plan is not None:
            closed = [
                fold
                for fold in self.drawing.folds
                if path.startswith(f"{fold}/") and self.drawing.folds[fold]
            ]
            for fold in closed:
                del self.drawing.folds[fold]
            if closed:
                self.draw()
            shown = path
            while shown and shown not in self.boxes:
                shown = shown.rpartition("/")[0]
            self._select(shown)
        self.refresh()

    @guarded
    def action_search(self) -> None:
        """Look for a node by its name."""
        self.search.open()
        self.refresh()

    @guarded
    def action_match(self, step: int) -> None:
        """Go to the next match, or the one before."""
        self.search.move(step)
        self._go_to_match()

    @guarded
    def action_move(self, way: str) -> None:
        """Select the next agent `left`, `right`, `up` or `down`; the first one when none is selected."""
        start = self.boxes.get(self.selected)
        if start is None:
            found = next((box for box in self.boxes.values() if box.kind != "frame"), None)
        else:
            found = next_box(start, self.boxes.values(), way)
        if found is not None:
            self._select(found.path)

    @guarded
    def action_pan(self, columns: int, rows: int) -> None:
        """Move the view over the drawing."""
        self._pan(Offset(columns, rows))

    def _pan(self, by: Offset) -> None:
        self.is_following = False
        to = self.scroll_offset + by
        self.scroll_to(to.x, to.y, animate=False, force=True)

    @guarded
    def action_select_around(self) -> None:
        """Select the frame around the selected node."""
        around = box_around(self.selected, self.boxes)
        if around is not None:
            self.selected = around.path

    @guarded
    def action_enter(self) -> None:
        """Open or fold what is selected, or ask to look closer at an agent."""
        box = self.boxes.get(self.selected)
        if box is None or (box.kind != "frame" and not box.is_folded):
            if self.selected:
                self.post_message(self.NodeEntered(*self._origin(self.selected)))
            return
        if box.path in self.drawing.folds:
            del self.drawing.folds[box.path]
        else:
            # A wide fan-out is folded to a grid at first: for it, the other state is to be open.
            self.drawing.folds[box.path] = not (box.is_folded and box.kind == "frame")
        self.draw()
        if self.selected in self.boxes:
            self.bring_into_view(self.boxes[self.selected])

    @guarded
    def action_toggle_follow(self) -> None:
        """Keep the agents that run in view, or stop doing so."""
        self.is_following = not self.is_following
        if self.is_following:
            self._live = frozenset()
            self._keep_up()

    @guarded
    def action_toggle_ran(self) -> None:
        """Draw the plan as it ran, or as it was designed."""
        origin = self.drawing.origin(self.selected).path
        self.drawing.toggle_ran(self._state)
        selected = self.drawing.place_of(origin)
        self.search.close()
        self.draw()
        self.selected = selected

    @guarded
    def action_turn(self) -> None:
        """Go to the next direction: as it fits, left to right, top to bottom."""
        self.direction = _DIRECTIONS[(_DIRECTIONS.index(self.direction) + 1) % len(_DIRECTIONS)]

    @guarded
    def action_zoom_by(self, step: int) -> None:
        """Show more of each node (1) or less (-1): a dot, a name, a full box."""
        layout = self.drawing.layout
        if layout is not None:
            place = _DETAILS.index(layout.style.detail) + step
            self.detail = _DETAILS[min(max(place, 0), len(_DETAILS) - 1)]

    @guarded
    def action_fit(self) -> None:
        """Show all of it, if need be as dots; again, go back to what can be read."""
        self.detail = "auto" if self.detail == "fit" else "fit"

    @guarded
    def action_toggle_minimap(self) -> None:
        """Show or hide the minimap."""
        self.has_minimap = not self.has_minimap
