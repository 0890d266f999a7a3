"""One line to type into, inside a pane: a search, a filter."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Label

from agentflow_tui.tui.keymap.bind import bindings
from agentflow_tui.tui.panes.entry_bar_keys import ENTRY_BAR
from agentflow_tui.tui.safe_text import plain


class EntryBar(Horizontal):
    """A name, an input and what came of it; hidden until it is opened."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(ENTRY_BAR)
    DEFAULT_CSS = """
    EntryBar {
        height: 1;
        display: none;
        &.-open { display: block; }
        & > #entry-name { width: auto; color: $foreground-muted; }
        & > Input { width: 1fr; }
        & > #entry-outcome { width: auto; color: $foreground-muted; }
    }
    """

    class Changed(Message):
        """The text is another one now."""

        def __init__(self, text: str) -> None:
            """Carry the text."""
            super().__init__()
            self.text = text

    class Entered(Changed):
        """Enter was pressed."""

    class Closed(Message):
        """The entry was given up."""

    def __init__(self, name: str, hint: str, *, id: str | None = None) -> None:  # noqa: A002
        """Take what stands before the input, and what the empty input says."""
        super().__init__(id=id)
        self._before = name
        self._hint = hint

    def compose(self) -> ComposeResult:
        """Lay out the line."""
        yield Label(plain(f"{self._before} "), id="entry-name", markup=False)
        entry = Input(placeholder=self._hint, compact=True, select_on_focus=True)
        entry.cursor_blink = False
        yield entry
        yield Label(id="entry-outcome", markup=False)

    @property
    def is_open(self) -> bool:
        """True while it is on the screen."""
        return self.has_class("-open")

    @property
    def text(self) -> str:
        """What was typed."""
        return self.query_one(Input).value

    @text.setter
    def text(self, text: str) -> None:
        self.query_one(Input).value = text

    def open(self, *, is_selected: bool = True) -> None:
        """Show it and let the text be typed: anew when `is_selected`, else at its end."""
        self.add_class("-open")
        entry = self.query_one(Input)
        entry.select_on_focus = is_selected
        entry.focus()
        if not is_selected:
            entry.cursor_position = len(entry.value)

    def say(self, outcome: Content) -> None:
        """Show what came of the text."""
        self.query_one("#entry-outcome", Label).update(outcome)

    def action_close(self) -> None:
        """Hide it and tell so."""
        self.remove_class("-open")
        self.post_message(self.Closed())

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tell what is typed."""
        event.stop()
        self.post_message(self.Changed(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Tell that it is done."""
        event.stop()
        self.post_message(self.Entered(event.value))
