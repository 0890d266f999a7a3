"""Which panes are visible, and which has the focus: all, two, or one, as the terminal's width allows."""

from __future__ import annotations

from textual.screen import Screen
from textual.widget import Widget

from agentflow_tui.tui.pane_edges import PaneEdges
from agentflow_tui.tui.pane_tabs import PANES, PaneTabs

WIDE = 120
MEDIUM = 80


class PaneLayout:
    """Shows and hides the four panes of a screen."""

    def __init__(self, screen: Screen[None]) -> None:
        """Take the screen that holds panes named as in `PANES`."""
        self.screen = screen
        self.current = "graph"
        """The pane that has the focus, or had it last."""
        self.beside = "editor"
        """The pane next to the graph where two fit."""
        self.is_zoomed = False
        self._is_resizing = False
        self.edges = PaneEdges(screen, self._visible)

    def show(self, pane: str) -> None:
        """Make a pane visible and give it the focus."""
        self.current = pane
        self.reveal(pane)
        self._focus(pane)

    def reveal(self, pane: str) -> None:
        """Make a pane visible; the focus stays where it is, unless only one pane fits."""
        if pane != "graph":
            self.beside = pane
        if pane != self.current and pane not in self._visible():
            self.is_zoomed = False
        if pane not in self._visible() or self.current not in self._visible():
            self.current = pane
            self.arrange()
            self._focus(pane)
        self.arrange()

    def reveal_beside(self, pane: str) -> None:
        """Show a pane next to the graph where two fit, unless the one that is there has the focus."""
        if self.current == "graph":
            self.beside = pane
            self.arrange()

    def show_next(self, step: int) -> None:
        """Go to the next pane (1) or the one before (-1), round and round."""
        self.show(PANES[(PANES.index(self.current) + step) % len(PANES)])

    def zoom(self) -> None:
        """Give the current pane the whole window, or give it back."""
        self.is_zoomed = not self.is_zoomed
        self.arrange()

    def arrange(self) -> None:
        """Show what fits and hide the rest; a focus that got lost comes back."""
        visible = self._visible()
        for name in PANES:
            self._pane(name).display = name in visible
        self.screen.set_class(len(visible) == 1, "-single")
        self.edges.apply()
        self.screen.query_one(PaneTabs).light(visible, self.current)
        # What is too small a moment ago is still hidden before the styles are applied.
        self.screen.call_after_refresh(self._restore_focus)

    def fit(self) -> None:
        """Arrange the panes for a new size of the window; the pane that has the focus keeps it."""
        self._is_resizing = True
        self.arrange()

    def note_focus(self, widget: Widget) -> None:
        """Take note that a widget got the focus, by a click perhaps."""
        if widget is not self.screen.focused or self._is_resizing:
            # Told late, the focus is elsewhere by now; or on its way back to where it was.
            return
        pane = next((node.id for node in widget.ancestors_with_self if node.id in PANES), None)
        if pane is not None and pane != self.current:
            self.current = pane
            if pane != "graph":
                self.beside = pane
        self.screen.query_one(PaneTabs).light(self._visible(), self.current)

    def yank(self) -> str:
        """Return what the current pane would copy; empty when that is nothing."""
        pane = self._pane(self.current)
        give = getattr(pane, "yank_text", None)
        text = give() if callable(give) else ""
        return text if isinstance(text, str) else ""

    def _visible(self) -> frozenset[str]:
        width = self.screen.size.width
        if self.is_zoomed or width < MEDIUM:
            return frozenset({self.current})
        return frozenset(PANES) if width >= WIDE else frozenset({"graph", self.beside})

    def _pane(self, name: str) -> Widget:
        return self.screen.query_one(f"#{name}")

    def _restore_focus(self) -> None:
        was_resizing, self._is_resizing = self._is_resizing, False
        if not self.screen.is_attached:
            return
        focused = self.screen.focused
        # In a new size a pane may have no room until all are arranged, and lose the focus to another one.
        if focused is None or (was_resizing and self._pane(self.current) not in focused.ancestors_with_self):
            self._focus(self.current)

    def _focus(self, name: str) -> None:
        pane = self._pane(name)
        for widget in (pane, *pane.query("*")):
            if widget.can_focus and all(
                node.display for node in widget.ancestors_with_self if isinstance(node, Widget)
            ):
                # At once: the next key may be on its way already.
                self.screen.set_focus(widget)
                return
