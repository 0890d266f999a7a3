"""What all dialogs share: a titled frame in the middle, and escape to leave without an answer."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual import events
from textual.binding import BindingType
from textual.screen import ModalScreen

from agentflow_tui.tui.dialogs.way import way_at
from agentflow_tui.tui.keymap.bind import bindings, spelled
from agentflow_tui.tui.keymap.dialog_keys import DIALOG

Answer = TypeVar("Answer")


class Dialog(ModalScreen[Answer | None]):
    """A modal screen that returns an answer, or none when one left it with escape.

    A click on a way that the frame tells of at its bottom does what its key does.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings(DIALOG)
    AUTO_FOCUS = "*:can-focus"

    def on_click(self, event: events.Click) -> None:
        """Do what the key of the way does that is clicked."""
        frame = event.widget
        if frame is None or not frame.has_class("dialog-frame"):
            return
        told = way_at(frame, event.screen_x, event.screen_y)
        for key, active in self.active_bindings.items():
            if told in (key, spelled(key)):
                # What comes of it would not get past this dialog while that is at work itself.
                self.app.call_later(self.app.run_action, active.binding.action, active.node)
                return

    def action_leave(self) -> None:
        """Close without an answer."""
        self.dismiss(None)

    def action_copy_selection(self) -> None:
        """Copy the selected text, if there is any."""
        if text := self.get_selected_text():
            self.app.copy_to_clipboard(text)
