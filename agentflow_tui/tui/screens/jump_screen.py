"""Letters over everything that one can go to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice, product
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.geometry import Offset
from textual.screen import ModalScreen
from textual.widgets import Label

from agentflow_tui.tui.jump_targets import JumpTarget
from agentflow_tui.tui.keymap.bind import bindings
from agentflow_tui.tui.keymap.dialog_keys import JUMP
from agentflow_tui.tui.safe_text import plain

LETTERS = "asdfghjklqwertyuiopzxcvbnm"


class JumpLabel(Label):
    """The letters of one target; a click goes there too."""

    def __init__(self, letters: str) -> None:
        """Take the letters."""
        super().__init__(plain(letters), markup=False)
        self.letters = letters


class JumpScreen(ModalScreen[JumpTarget | None]):
    """Shows the letters of each target over the screen below; returns the one that was typed."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(JUMP)
    CSS = """
    JumpScreen { background: transparent; layers: labels; }
    JumpLabel {
        layer: labels; position: absolute; width: auto; height: 1; padding: 0;
        background: $accent; color: $background; text-style: bold;
        &:nocolor { background: $foreground; color: $background; }
    }
    """

    def __init__(
        self, targets: Sequence[JumpTarget], elsewhere: Callable[[Offset], JumpTarget | None]
    ) -> None:
        """Take the targets, and what finds the target for a cell that has no letters."""
        super().__init__()
        self.elsewhere = elsewhere
        self.targets = dict(zip(letters_for(len(targets)), targets, strict=True))
        self.typed = ""

    def compose(self) -> ComposeResult:
        """Put each label where its target is."""
        for letters, target in self.targets.items():
            label = JumpLabel(letters)
            label.styles.offset = (target.at.x, target.at.y)
            yield label

    def action_leave(self) -> None:
        """Stay where one is."""
        self.dismiss(None)

    def on_key(self, event: events.Key) -> None:
        """Take a letter; an unknown one closes."""
        if event.key == "escape":
            return
        event.stop()
        self.typed += event.character or "?"
        if self.typed in self.targets:
            self.dismiss(self.targets[self.typed])
        elif not any(letters.startswith(self.typed) for letters in self.targets):
            self.dismiss(None)
        else:
            for label in self.query(JumpLabel):
                label.display = label.letters.startswith(self.typed)

    def on_click(self, event: events.Click) -> None:
        """Go to the label that was clicked, or to the pane that is below; a click always closes."""
        event.stop()
        label = event.widget
        found = self.targets[label.letters] if isinstance(label, JumpLabel) else None
        self.dismiss(found or self.elsewhere(event.screen_offset))


def letters_for(count: int) -> tuple[str, ...]:
    """Return so many labels, none the beginning of another."""
    if count <= len(LETTERS):
        return tuple(LETTERS[:count])
    return tuple(islice(("".join(pair) for pair in product(LETTERS, repeat=2)), count))
