"""A pane asks to look at another moment of the run."""

from __future__ import annotations

from textual.message import Message


class CursorMoved(Message):
    """The user wants to look at the run right after the event `seq`; -1 is before the first."""

    def __init__(self, seq: int) -> None:
        """Carry the event's `seq`."""
        super().__init__()
        self.seq = seq
