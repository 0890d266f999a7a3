"""A question with a few answers."""

from __future__ import annotations

from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.events import Key
from textual.widgets import Button, Static

from agentflow_tui.tui.dialogs.dialog import Dialog
from agentflow_tui.tui.safe_text import clean, plain

_NARROW = 3
"""Answers that fit side by side into a dialog of the usual width."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer."""

    key: str
    """The letter that gives it."""
    label: str
    """What its button says; holds no outside text."""
    value: str
    """What the dialog returns for it."""
    is_destructive: bool = False
    """True when something is lost by it."""


class ChoiceDialog(Dialog[str]):
    """Asks one question; returns the value of the answer. The first answer has the focus."""

    def __init__(self, title: str, body: Content, choices: tuple[Choice, ...]) -> None:
        """Take a title and a body of safe text, and the answers from left to right."""
        super().__init__(classes="dialog")
        self.question = title
        self.body = Static(body, markup=False)
        self.choices = choices

    def compose(self) -> ComposeResult:
        """Lay out the question and one button for each answer."""
        wide = " -wide" if len(self.choices) > _NARROW else ""
        with Vertical(classes=f"dialog-frame{wide}") as frame:
            frame.border_title = plain(self.question)
            with VerticalScroll(classes="dialog-body", can_focus=False):
                yield self.body
            with Horizontal(classes="dialog-buttons"):
                for choice in self.choices:
                    label = Content.assemble(
                        (clean(f"{choice.key} "), "bold $footer-key-foreground"), clean(choice.label)
                    )
                    yield Button(
                        label,
                        id=f"answer-{choice.value}",
                        variant="error" if choice.is_destructive else "default",
                        compact=True,
                    )

    def on_key(self, event: Key) -> None:
        """Answer with a letter; the arrows go from button to button."""
        for choice in self.choices:
            if event.key == choice.key:
                event.stop()
                self.dismiss(choice.value)
        if event.key in ("left", "right"):
            event.stop()
            self.focus_next() if event.key == "right" else self.focus_previous()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.dismiss((event.button.id or "").removeprefix("answer-"))
