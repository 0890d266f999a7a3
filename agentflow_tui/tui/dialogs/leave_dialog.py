"""The question before something would be lost."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from agentflow_tui.tui.dialogs.choice_dialog import Choice, ChoiceDialog
from agentflow_tui.tui.safe_text import plain


class LeaveDialog(ChoiceDialog):
    """Asks before unsaved text or a live run is given up; returns `stay`, `save`, `leave` or none."""

    def __init__(self, reasons: Sequence[str], *, can_save: bool) -> None:
        """Take what would be lost, one line each, and whether saving helps."""
        body = Content("\n").join(plain(f"• {reason}") for reason in reasons)
        save = (Choice("s", "save and leave", "save"),) if can_save else ()
        choices = (
            Choice("c", "stay", "stay"),
            *save,
            Choice("x", "leave without saving" if can_save else "leave", "leave", is_destructive=True),
        )
        super().__init__("LEAVE?", body, choices)
