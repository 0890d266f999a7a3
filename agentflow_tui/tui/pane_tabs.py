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
        super().__init__(
            Content.assemble((f"{number:d} ", "bold $footer-key-foreground"), clean(pane)), markup=False
        )
        self.pane = pane

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
            tab.set_class(tab.pane in visible, "-visible")
            tab.set_class(tab.pane == focused, "-focused")
