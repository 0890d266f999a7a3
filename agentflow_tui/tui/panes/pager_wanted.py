"""A pane asks for the pager."""

from __future__ import annotations

from textual.message import Message


class PagerWanted(Message):
    """A long text should be shown by itself, in full."""

    def __init__(self, text: str, title: str) -> None:
        """Carry the text and what it is; both as they came, not yet cleaned."""
        super().__init__()
        self.text = text
        self.title = title
