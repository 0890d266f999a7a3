"""What to do when no model can be asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Static, TextArea

from agentflow_tui.tui.dialogs.dialog import Dialog
from agentflow_tui.tui.keymap.bind import bindings
from agentflow_tui.tui.keymap.dialog_keys import NOT_READY
from agentflow_tui.tui.keymap.named_keys import ways
from agentflow_tui.tui.safe_text import clean, plain
from agentflow_tui.workbench.not_ready import NotReadyError


class NotReadyDialog(Dialog[str]):
    """Says why a run cannot start and which commands mend that; returns `retry` or none."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(NOT_READY)

    def __init__(
        self, message: str, hints: Sequence[str], *, title: str = "NOT READY TO RUN", can_retry: bool = True
    ) -> None:
        """Take what is wrong, one line per thing that was tried or that mends it, and whether `r` helps."""
        super().__init__(classes="dialog")
        self.heading = title
        self.can_retry = can_retry
        self.message = message
        self.hints = clean("\n".join(hints))

    @classmethod
    def about(
        cls, error: NotReadyError, *, title: str = "NOT READY TO RUN", can_retry: bool = True
    ) -> NotReadyDialog:
        """Make one that lists the problems of a flow, or else says the error with its ways out."""
        count = len(error.problems)
        # With problems, message and hints only repeat the first of them.
        message = f"the flow has {count} error{'s' * (count != 1)}" if count else error.message
        problems = [
            (f"{each.line}:{each.column} " if each.line else "")
            + each.message
            + (f" → {each.hint}" if each.hint else "")
            for each in error.problems
        ]
        return cls(message, problems or error.hints, title=title, can_retry=can_retry)

    def compose(self) -> ComposeResult:
        """Lay out the message and the commands."""
        with Vertical(classes="dialog-frame -wide") as frame:
            frame.border_title = plain(self.heading)
            retry = "notready.retry" if self.can_retry else ""
            frame.border_subtitle = plain(ways(retry, "notready.yank=copy", "dialog.leave"))
            yield Static(plain(f"✗ {self.message}"), classes="dialog-error", markup=False)
            text = TextArea(self.hints, read_only=True, id="hints", soft_wrap=True, compact=True)
            text.cursor_blink = False
            text.display = bool(self.hints)
            yield text

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Offer to try again only where that can help."""
        return action != "retry" or self.can_retry

    def action_retry(self) -> None:
        """Try again."""
        self.dismiss("retry")

    def action_yank(self) -> None:
        """Copy message and hints."""
        self.app.copy_to_clipboard(f"{clean(self.message)}\n{self.hints}")
