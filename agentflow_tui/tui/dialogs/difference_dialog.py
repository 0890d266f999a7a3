"""Two versions of a file, all that differs."""

from __future__ import annotations

from agentflow_tui.tui.dialogs.pager_dialog import PagerDialog
from agentflow_tui.tui.panes.editor.difference import Difference
from agentflow_tui.tui.panes.line_view import LineView


class DifferenceDialog(PagerDialog):
    """Shows the lines that differ, side by side where there is room; `y` copies them one below the other."""

    def __init__(self, title: str, difference: Difference) -> None:
        """Take what the text is, and how its versions differ."""
        super().__init__(title, "\n".join(content.plain for content in difference.unified()))
        self.difference = difference
        self.add_class("-whole-width")

    def on_mount(self) -> None:
        """Wait for the size of the window."""

    def on_resize(self) -> None:
        """Show the lines in the way that the width allows."""
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        pages = self.query_one("#pages", LineView)
        pages.show_rows(self.difference.rows(pages.scrollable_content_region.width))
