"""The line of keys at the bottom."""

from __future__ import annotations

from textual import events
from textual.widgets import Footer

_NARROW = 80
_FIRST = ("app.command_palette", "app.help")
"""Actions that come first, the last of them at the very beginning."""


class KeyFooter(Footer):
    """Shows the keys that work now; help and commands come first where not all fit."""

    _is_narrow = False

    async def recompose(self) -> None:
        """Show the keys anew."""
        await super().recompose()
        self._is_narrow = self.app.size.width < _NARROW
        if self._is_narrow:
            for action in _FIRST:
                for key in [each for each in self.children if getattr(each, "action", "") == action]:
                    self.move_child(key, before=0)

    def on_resize(self, _event: events.Resize) -> None:
        """Order the keys anew when the room became scarce or ample."""
        if self._is_narrow != (self.app.size.width < _NARROW):
            self.call_after_refresh(self.recompose)
