"""Getting the text of a pane out of the program: into a file, or onto the terminal itself."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from textual.app import SuspendNotSupported
from textual.content import Content
from textual.screen import Screen

from agentflow_tui.tui.dialogs.choice_dialog import Choice, ChoiceDialog
from agentflow_tui.tui.dialogs.text_dialog import TextDialog
from agentflow_tui.tui.safe_text import one_line
from agentflow_tui.tui.settings import write_whole

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
        dialog = TextDialog(
            "WRITE TO A FILE", value=f"./{name}.txt", note="path of the file", complaint=_complaint
        )
        answer = await app.push_screen_wait(dialog)
        if not answer:
            return False
        target = _path(answer)
        if _is_there(target) and not await self._may_overwrite(target):
            return False
        try:
            write_whole(target, text + "\n")
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
            self.screen.app.notify(
                "This terminal cannot be left for a moment. W writes the pane to a file.",
                severity="warning",
                markup=False,
            )

    async def _may_overwrite(self, path: Path) -> bool:
        body = Content.assemble((one_line(str(path), _LONGEST), "bold"), " is there already.")
        choices = (
            Choice("c", "cancel", "cancel"),
            Choice("o", "overwrite it", "overwrite", is_destructive=True),
        )
        answer = await self.screen.app.push_screen_wait(ChoiceDialog("OVERWRITE?", body, choices))
        return answer == "overwrite"


def _path(answer: str) -> Path:
    return Path(answer.strip()).expanduser()


def _is_there(path: Path) -> bool:
    return path.exists()


def _complaint(answer: str) -> str:
    if not answer.strip():
        return "a path is needed"
    try:
        path = _path(answer)
        if path.is_dir():
            return "that is a folder"
        return "" if path.parent.is_dir() else f"there is no folder {one_line(str(path.parent), 60)}"
    except (OSError, ValueError, RuntimeError) as error:
        return str(error)
