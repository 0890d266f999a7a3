"""The line of keys at the bottom."""

from __future__ import annotations

from textual import events
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

_FIRST = ("app.help", "app.command_palette")
"""Actions that come first, and behind them the way back."""


class KeyFooter(Footer):
    """Shows the keys that work now, none cut; help, commands and escape come first where not all fit."""

    _is_short_of_room = False

    async def recompose(self) -> None:
        """Show the keys anew."""
        await super().recompose()
        if self._is_short_of_room:
            keys = [key for key in self.children if isinstance(key, FooterKey)]
            first = [key for action in _FIRST for key in keys if key.action == action]
            first += [key for key in keys if key.key == "escape"]
            for key in reversed(first):
                self.move_child(key, before=0)
        self.call_after_refresh(self._fit)

    def on_resize(self, _event: events.Resize) -> None:
        """Show what fits into the new room."""
        self._fit()

    def _fit(self) -> None:
        # How far they reach does not depend on their order.
        reach = max((key.virtual_region.right for key in self.children), default=0)
        if not reach:
            # New keys have no place yet, so they say nothing about the room; out of sight they get none.
            if self.children and self.is_on_screen and self.screen.is_current:
                # Keys that were made under another screen get one only when asked for: to wait is not enough.
                self.refresh(layout=True)
                self.call_after_refresh(self._fit)
            return
        if (reach > self.size.width) != self._is_short_of_room:
            self._is_short_of_room = not self._is_short_of_room
            self.call_after_refresh(self.recompose)
        for key in self.children:
            key.visible = key.virtual_region.right <= self.size.width
