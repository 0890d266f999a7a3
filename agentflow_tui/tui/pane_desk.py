"""Getting the text of a pane out of the program: into a file, or onto the terminal itself."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

from textual.app import SuspendNotSupported
from textual.screen import Screen

from agentflow_tui.tui.dialogs.target_file import TargetFile
from agentflow_tui.tui.keymap.named_keys import key_of
from agentflow_tui.tui.safe_text import clean, one_line
from agentflow_tui.whole_file import write_whole

_LONGEST = 300


@dataclass(eq=False)
class PaneDesk:
    """Takes texts out; `write` needs a worker."""

    screen: Screen[None]
    """Shows the dialogs."""
    read_key: Callable[[], str] = sys.stdin.readline
    """Waits until one wants to go back to the screen."""

    async def write(self, name: str, text: str) -> bool:
        """Ask for a path and write the text there; true when that was done."""
        app = self.screen.app
        target = await TargetFile(app, "WRITE TO A FILE", f"./{name}.txt").ask()
        if target is None:
            return False
        try:
            write_whole(target, text + "\n", is_private=False)
        except OSError as error:
            app.notify(one_line(str(error), _LONGEST), title="Not written", severity="error", markup=False)
            return False
        app.notify(one_line(f"{len(text)} characters written to {target}", _LONGEST), markup=False, timeout=3)
        return True

    def print(self, name: str, text: str) -> None:
        """Leave the screen, print the text plainly, and come back when enter was pressed."""
        try:
            with self.screen.app.suspend():
                sys.stdout.write(f"\n{name}\n\n{text}\n\nenter goes back to the screen ")
                sys.stdout.flush()
                self.read_key()
        except SuspendNotSupported:
            writing = key_of("pane.write")
            self.screen.app.notify(
                clean(f"This terminal cannot be left for a moment. {writing} writes the pane to a file."),
                severity="warning",
                markup=False,
            )
