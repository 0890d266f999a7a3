"""What is typed before there is a screen for it."""

from __future__ import annotations

from textual import events


class EarlyInput:
    """Keeps keys, clicks and pasted text while the workbench loads behind the first picture."""

    def __init__(self) -> None:
        """Keep nothing yet."""
        self._kept: list[events.Event] | None = None

    def begin(self) -> None:
        """Keep from now on."""
        self._kept = []

    def takes(self, event: events.Event) -> bool:
        """Keep an event if it is input and nobody is there for it; return whether it was."""
        if self._kept is None or not isinstance(event, events.InputEvent | events.Paste):
            return False
        self._kept.append(event)
        return True

    def end(self) -> list[events.Event]:
        """Return what was kept, in order, and keep nothing more."""
        kept, self._kept = self._kept or [], None
        return kept
