"""The search bar of the editor."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Label

from agentflow_tui.tui.keymap.bind import bindings
from agentflow_tui.tui.keymap.editor_keys import FIND
from agentflow_tui.tui.keymap.named_keys import with_keys
from agentflow_tui.tui.safe_text import plain

_KEYS = "{find.next} {find.previous} next/previous · {find.close}"


class FindBar(Horizontal, can_focus=True):
    """Type to search; after enter the keys n and N go on and back, and escape closes."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(FIND)
    HELP = (
        "**enter** starts, then **{find.next}** next, **{find.previous}** previous, **{find.edit}** change, "
        "**{find.close}** back to the text."
    )

    class Sought(Message):
        """The next place of the text is wanted."""

        def __init__(self, needle: str, *, forward: bool, inclusive: bool) -> None:
            """Carry the text, the direction, and whether the place under the cursor counts."""
            super().__init__()
            self.needle = needle
            self.forward = forward
            self.inclusive = inclusive

    class Closed(Message):
        """The bar was closed."""

    def __init__(self) -> None:
        """Start hidden."""
        super().__init__(id="find")
        self.display = False

    def compose(self) -> ComposeResult:
        """Lay out the input and what was found."""
        yield Label("find ", markup=False)
        needle = Input(id="needle", compact=True, select_on_focus=True)
        needle.cursor_blink = False
        yield needle
        yield Label(with_keys(_KEYS), id="found", markup=False)

    @property
    def needle(self) -> str:
        """What is searched."""
        return self.query_one("#needle", Input).value

    def show_outcome(self, *, is_found: bool) -> None:
        """Say whether there was such a place."""
        self.query_one("#found", Label).update(
            plain(with_keys(_KEYS if is_found or not self.needle else "not found · {find.close}"))
        )

    def action_edit(self) -> None:
        """Open the bar and let the search text be typed."""
        self.display = True
        self.query_one("#needle", Input).focus()

    def action_seek(self, forward: bool) -> None:
        """Ask for the next place or the one before."""
        self.post_message(self.Sought(self.needle, forward=forward, inclusive=False))

    def action_close(self) -> None:
        """Hide the bar."""
        self.display = False
        self.post_message(self.Closed())

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show the first place while one types."""
        event.stop()
        self.post_message(self.Sought(event.value, forward=True, inclusive=True))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Leave the input, so that n and N are commands."""
        event.stop()
        self.focus()
