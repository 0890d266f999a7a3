"""A box to tick."""

from __future__ import annotations

from textual.widgets import Checkbox


class TickBox(Checkbox):
    """One line that is on or off; a box that is off is empty, whatever the colours are."""

    BUTTON_LEFT = BUTTON_RIGHT = ""
    DEFAULT_CSS = """
    TickBox {
        & > .toggle--button { color: $foreground; background: transparent; text-style: none; }
        &.-on > .toggle--button { color: $text-success; background: transparent; text-style: bold; }
    }
    """

    def __init__(self, label: str, value: bool = False, *, id: str) -> None:  # noqa: A002
        """Take what is switched, and whether it is on."""
        super().__init__(label, value, id=id, compact=True)
        self._draw()

    def watch_value(self) -> None:
        """Tick the box or empty it, and tell so."""
        self._draw()
        super().watch_value()

    def _draw(self) -> None:
        self.BUTTON_INNER = "[x]" if self.value else "[ ]"
