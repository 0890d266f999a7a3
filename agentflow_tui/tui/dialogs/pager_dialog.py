"""A long text by itself."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from agentflow_tui.tui.dialogs.dialog import Dialog
from agentflow_tui.tui.keymap.bind import bindings
from agentflow_tui.tui.keymap.dialog_keys import PAGER
from agentflow_tui.tui.keymap.named_keys import ways
from agentflow_tui.tui.panes.line_view import LineView
from agentflow_tui.tui.panes.row import Row
from agentflow_tui.tui.safe_text import clean, one_line, plain

_LONGEST_LINE = 100_000
_MOST_LINES = 200_000


class PagerDialog(Dialog[str]):
    """Shows any text in full, wrapped; the mouse selects in it, `y` copies all of it."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(PAGER)

    def __init__(self, title: str, text: str) -> None:
        """Take what the text is, and the text as it came."""
        super().__init__(classes="dialog")
        self.what = one_line(title, 60)
        self.text = clean(text)

    def compose(self) -> ComposeResult:
        """Lay out the lines."""
        with Vertical(classes="dialog-frame -wide -tall") as frame:
            frame.border_title = plain(self.what)
            frame.border_subtitle = plain(ways("↑↓ scroll", "pager.yank", "dialog.leave"))
            yield LineView(id="pages")

    def on_mount(self) -> None:
        """Show the text; only the lines in sight are ever drawn."""
        lines = self.text.split("\n")
        rows = [Row(plain(line, limit=_LONGEST_LINE)) for line in lines[:_MOST_LINES]]
        if len(lines) > _MOST_LINES:
            rows.append(Row(plain(f"… {len(lines) - _MOST_LINES} more lines")))
        self.query_one("#pages", LineView).show_rows(rows)

    def action_yank(self) -> None:
        """Copy all of the text."""
        self.app.copy_to_clipboard(self.text)
