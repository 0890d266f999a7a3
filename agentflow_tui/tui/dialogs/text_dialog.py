"""A question whose answer is one line of text."""

from __future__ import annotations

from collections.abc import Callable

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Static

from agentflow_tui.tui.dialogs.dialog import Dialog
from agentflow_tui.tui.safe_text import plain


class TextDialog(Dialog[str]):
    """Asks for a line of text; returns it once `complaint` has nothing against it."""

    def __init__(
        self, title: str, *, value: str = "", note: str = "", complaint: Callable[[str], str] = lambda _: ""
    ) -> None:
        """Take the question, a first value, a note below, and what to say about a wrong answer."""
        super().__init__(classes="dialog")
        self.question = title
        self.value = value
        self.note = note
        self.complaint = complaint

    def compose(self) -> ComposeResult:
        """Lay out the input and the note."""
        with Vertical(classes="dialog-frame") as frame:
            frame.border_title = plain(self.question)
            frame.border_subtitle = "enter ok · esc close"
            answer = Input(self.value, id="answer", select_on_focus=False)
            answer.cursor_blink = False
            yield answer
            yield Static(plain(self.note), id="note", markup=False)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if complaint := self.complaint(event.value):
            note = self.query_one("#note", Static)
            note.update(plain(f"✗ {complaint}"))
            note.add_class("-wrong")
        else:
            self.dismiss(event.value)
