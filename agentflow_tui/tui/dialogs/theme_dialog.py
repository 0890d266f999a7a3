"""The choice of a theme, each of which is seen as soon as one comes to it."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import OptionList

from agentflow_tui.tui.dialogs.dialog import Dialog
from agentflow_tui.tui.keymap.named_keys import ways
from agentflow_tui.tui.safe_text import one_line, plain

_NAME = 60


class ThemeDialog(Dialog[str]):
    """Puts on the theme that one comes to; returns the one that is kept.

    Whoever asks puts the old theme back when there is no answer.
    """

    def __init__(self, themes: Sequence[str], current: str) -> None:
        """Take the names of all themes, and the one that is on."""
        super().__init__(classes="dialog")
        self.themes = tuple(themes)
        self.current = current

    def compose(self) -> ComposeResult:
        """Lay out the list at the side, so that the workbench is seen beside it."""
        with Vertical(classes="dialog-frame") as frame:
            frame.border_title = "THEME"
            frame.border_subtitle = plain(ways("enter keep", "dialog.leave=as before"))
            yield OptionList(*(one_line(name, _NAME) for name in self.themes), id="themes", markup=False)

    def on_mount(self) -> None:
        """Begin at the theme that is on."""
        if self.current in self.themes:
            self.query_one(OptionList).highlighted = self.themes.index(self.current)

    @on(OptionList.OptionHighlighted)
    def _come_to(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self.app.theme = self.themes[event.option_index]

    @on(OptionList.OptionSelected)
    def _kept(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self.themes[event.option_index])
