"""What all dialogs share: a titled frame in the middle, and escape to leave without an answer."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

Answer = TypeVar("Answer")


class Dialog(ModalScreen[Answer | None]):
    """A modal screen that returns an answer, or none when one left it with escape."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "close", id="dialog.leave", tooltip="Close without an answer."),
        Binding("ctrl+c", "copy_selection", "copy", show=False, id="dialog.copy"),
    ]
    AUTO_FOCUS = "*:can-focus"

    def action_leave(self) -> None:
        """Close without an answer."""
        self.dismiss(None)

    def action_copy_selection(self) -> None:
        """Copy the selected text, if there is any."""
        if text := self.get_selected_text():
            self.app.copy_to_clipboard(text)
