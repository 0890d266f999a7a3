"""A question whose answer is one line of text."""

from __future__ import annotations

from collections.abc import Callable

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Static

from agentflow_tui.tui.dialogs.dialog import Dialog
from agentflow_tui.tui.keymap.named_keys import ways
from agentflow_tui.tui.safe_text import plain


class TextDialog(Dialog[str]):
    """Asks for a line of text; returns it once `complaint` has nothing against it."""

    def __init__(
        self,
        title: str,
        *,
        value: str = "",
        note: str = "",
        complaint: Callable[[str], str] = lambda _: "",
        checks_typing: bool = False,
    ) -> None:
        """Take the question, a first value, a note below, and what to say about a wrong answer.

        With `checks_typing` it is said while one types, else when one is done.
        """
        super().__init__(classes="dialog")
        self.question = title
        self.value = value
        self.note = note
        self.complaint = complaint
        self.checks_typing = checks_typing

    def compose(self) -> ComposeResult:
        """Lay out the input and the note."""
        with Vertical(classes="dialog-frame") as frame:
            frame.border_title = plain(self.question)
            frame.border_subtitle = plain(ways("enter ok", "dialog.leave"))
            answer = Input(self.value, id="answer", select_on_focus=False)
            answer.cursor_blink = False
            yield answer
            yield Static(plain(self.note), id="note", markup=False)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self._is_good(event.value):
            self.dismiss(event.value)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        if self.checks_typing:
            self._is_good(event.value)

    def _is_good(self, answer: str) -> bool:
        complaint = self.complaint(answer)
        note = self.query_one("#note", Static)
        note.update(plain(f"✗ {complaint}" if complaint else self.note))
        note.set_class(bool(complaint), "-wrong")
        return not complaint
