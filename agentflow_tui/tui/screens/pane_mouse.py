"""What the mouse, the focus and a new size do to the panes of the workbench; which keys work there."""

from __future__ import annotations

from textual import events, on
from textual.screen import Screen

from agentflow_tui.tui.guard import guarded
from agentflow_tui.tui.keymap.binding_chain import BindingChain, binding_chain
from agentflow_tui.tui.pane_layout import PaneLayout
from agentflow_tui.tui.pane_tabs import PANES, PaneTab


class PaneMouse(Screen[None]):
    """Shows the pane that is clicked, zooms it at a double click, and drags the edges between panes."""

    layout_of_panes: PaneLayout

    @property
    def _binding_chain(self) -> BindingChain:
        return binding_chain(self)

    @on(events.Click)
    @guarded
    def _clicked(self, event: events.Click) -> None:
        is_double = event.chain > 1
        if is_double and self.layout_of_panes.edges.is_without_title(event.screen_x, event.screen_y):
            self.layout_of_panes.edges.reset()
            return
        # A pane's border and title belong to the pane itself: a click goes there, a second one zooms.
        pane = event.widget
        if pane is None or pane.id not in PANES or pane.content_region.contains(*event.screen_offset):
            return
        self.layout_of_panes.show(pane.id)
        if is_double:
            self.layout_of_panes.zoom()

    @guarded
    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of an edge between two panes."""
        if event.button == 1:
            self.layout_of_panes.edges.press(event.screen_x, event.screen_y)

    @guarded
    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag the edge along."""
        if event.button and self.layout_of_panes.edges.drag(event.screen_x, event.screen_y):
            # Else this would select text.
            self.clear_selection()
            self.capture_mouse()

    @guarded
    def on_mouse_up(self) -> None:
        """Let the edge go."""
        self.layout_of_panes.edges.release()
        self.release_mouse()

    @on(PaneTab.Clicked)
    @guarded
    def _tab_clicked(self, event: PaneTab.Clicked) -> None:
        self.layout_of_panes.show(event.pane)

    @guarded
    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Light the tab of the pane that has the focus."""
        self.layout_of_panes.note_focus(event.widget)

    @guarded
    def on_resize(self) -> None:
        """Choose how many panes fit."""
        if self.is_mounted:
            self.layout_of_panes.fit()
