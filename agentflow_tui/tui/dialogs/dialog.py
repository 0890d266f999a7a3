"""What all dialogs share: a titled frame in the middle, and escape to leave without an answer."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual.binding import BindingType
from textual.screen import ModalScreen

from agentflow_tui.tui.keymap.bind import bindings
from agentflow_tui.tui.keymap.dialog_keys import DIALOG

Answer = TypeVar("Answer")


class Dialog(ModalScreen[Answer | None]):
    """A modal screen that returns an answer, or none when one left it with escape."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(DIALOG)
    AUTO_FOCUS = "*:can-focus"

    def action_leave(self) -> None:
        """Close without an answer."""
        self.dismiss(None)

    def action_copy_selection(self) -> None:
        """Copy the selected text, if there is any."""
        if text := self.get_selected_text():
            self.app.copy_to_clipboard(text)
