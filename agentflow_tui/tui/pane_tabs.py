"""The bar of pane names, where not all panes fit."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from agentflow_tui.tui.safe_text import clean

PANES = ("editor", "graph", "inspector", "timeline")


class PaneTab(Static):
    """The name of one pane; a click shows it."""

    class Clicked(Message):
        """The pane is wanted."""

        def __init__(self, pane: str) -> None:
            """Carry the pane's name."""
            super().__init__()
            self.pane = pane

    def __init__(self, number: int, pane: str) -> None:
        """Take the pane's number and name."""
        super().__init__(markup=False)
        self.number = number
        self.pane = pane
        self.light(is_visible=False, is_focused=False)

    def light(self, *, is_visible: bool, is_focused: bool) -> None:
        """Show whether the pane is visible, and whether it has the focus."""
        self.set_class(is_visible, "-visible")
        self.set_class(is_focused, "-focused")
        # On the colour of the focus no other colour is sure to be readable.
        style = "bold" if is_focused else "bold $footer-key-foreground"
        self.update(Content.assemble((f"{self.number:d} ", style), clean(self.pane)))

    def on_click(self) -> None:
        """Ask for the pane."""
        self.post_message(self.Clicked(self.pane))


class PaneTabs(Horizontal):
    """One tab per pane; those that are visible are lit."""

    def __init__(self) -> None:
        """Make the four tabs."""
        super().__init__(id="tabs")

    def compose(self) -> ComposeResult:
        """Lay out the tabs."""
        for number, pane in enumerate(PANES, 1):
            yield PaneTab(number, pane)

    def light(self, visible: frozenset[str], focused: str) -> None:
        """Show which panes are visible, and which has the focus."""
        for tab in self.query(PaneTab):
            tab.light(is_visible=tab.pane in visible, is_focused=tab.pane == focused)
