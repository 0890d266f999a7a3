"""Where something is to be written: asked for, and asked again before a file is overwritten."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from textual.app import App
from textual.content import Content

from agentflow_tui.tui.dialogs.choice_dialog import Choice, ChoiceDialog
from agentflow_tui.tui.dialogs.text_dialog import TextDialog
from agentflow_tui.tui.safe_text import clean, one_line


class TargetFile:
    """Asks for the path of a file to write."""

    def __init__(self, app: App[Any], title: str, proposed: str) -> None:
        """Take the app that shows the dialogs, the question, and the path that stands there first."""
        self._app = app
        self._title = title
        self._proposed = proposed

    async def ask(self) -> Path | None:
        """Return the path; none when one thought better of it. Needs a worker."""
        dialog = TextDialog(
            self._title, value=self._proposed, note="path of the file", complaint=wrong_target
        )
        answer = await self._app.push_screen_wait(dialog)
        if not answer:
            return None
        path = path_of(answer)
        return path if _size(path) is None or await self._may_overwrite(path) else None

    async def _may_overwrite(self, path: Path) -> bool:
        body = Content.assemble(
            (one_line(str(path), 400), "bold"), " is there already, ", clean(f"{_size(path)}.")
        )
        choices = (
            Choice("c", "cancel", "cancel"),
            Choice("o", "overwrite it", "overwrite", is_destructive=True),
        )
        return await self._app.push_screen_wait(ChoiceDialog("OVERWRITE?", body, choices)) == "overwrite"


def path_of(answer: str) -> Path:
    """Return the path that somebody typed; `~` is the home folder.

    Raises:
        RuntimeError: There is no home folder for `~`.
    """
    return Path(answer.strip()).expanduser()


def wrong_target(answer: str) -> str:
    """Say why nothing can be written there; empty when it can be tried."""
    if not answer.strip():
        return "a path is needed"
    try:
        path = path_of(answer)
        if path.is_dir():
            return f"{one_line(answer.strip(), 60)} is a folder"
        return "" if path.parent.is_dir() else f"there is no folder {one_line(str(path.parent), 60)}"
    except (OSError, ValueError, RuntimeError) as error:
        return str(error)


def _size(path: Path) -> str | None:
    try:
        return f"{path.stat().st_size:,d} bytes".replace(",", " ")
    except OSError:
        return None
