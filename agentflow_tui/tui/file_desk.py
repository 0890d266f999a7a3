"""Everything about the file of the open flow: save, save elsewhere, reload, drafts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from textual.content import Content
from textual.screen import Screen

from agentflow_tui.tui.dialogs.choice_dialog import Choice, ChoiceDialog
from agentflow_tui.tui.dialogs.difference_dialog import DifferenceDialog
from agentflow_tui.tui.dialogs.target_file import TargetFile
from agentflow_tui.tui.keymap.named_keys import key_of
from agentflow_tui.tui.panes.editor.difference import Difference
from agentflow_tui.tui.panes.editor.draft import Draft
from agentflow_tui.tui.panes.editor.editor_pane import EditorPane
from agentflow_tui.tui.safe_text import clean, one_line
from agentflow_tui.tui.settings import Settings
from agentflow_tui.workbench import Workbench
from agentflow_tui.workbench.file_watch import writes
from agentflow_tui.workbench.flow_file import FlowFile, UnreadableFileError

_NAME = 80
_LOOK_EVERY = 2.0
"""Seconds; some file systems tell of no changes."""
_FIRST_LINES = 6
"""Of a difference, in a question about it."""


@dataclass(eq=False)
class FileDesk:
    """Saves what the editor holds, and never writes over anything unasked. Its coroutines need a worker."""

    screen: Screen[None]
    """Shows the dialogs."""
    workbench: Workbench
    editor: EditorPane
    settings: Settings
    changed: Callable[[], None]
    """Told of another name or another text."""
    untitled: str = ""
    """Name of a text without a file."""
    is_outdated: bool = False
    """True while the file holds what another program wrote, and the editor does not."""

    @property
    def title(self) -> str:
        """The file's name, or that of the untitled text."""
        return self.workbench.path.name if self.workbench.path else f"{self.untitled}.toml (copy)"

    @property
    def draft(self) -> Draft:
        """Where unsaved text of this file is kept."""
        path = self.workbench.path
        return Draft(self.settings.state_folder / "drafts", str(path) if path else f"copy of {self.untitled}")

    def show(self) -> None:
        """Show the flow's text in the editor; a file that cannot be shown stays closed to typing."""
        if self.workbench.is_refused:
            self.editor.refuse()
            return
        self.editor.show_text(self.workbench.text, draft=self.draft)
        self._begin_to_watch()

    async def watch(self) -> None:
        """Look whenever another program may have written the open file, until it is another file."""
        if self.workbench.path is None:
            return
        try:
            async for _ in writes(self.workbench.path, or_every=_LOOK_EVERY):
                await self.look()
        except OSError as error:
            self._say(f"changes by other programs are not seen: {error.strerror or error}", "Not watched")

    async def look(self) -> None:
        """Take in what another program wrote; leave what is not saved alone, and say so.

        Below a dialog nothing changes either: it may be about the text.
        """
        path = self.workbench.path
        if path is None or self.workbench.is_refused:
            return
        was_outdated, name = self.is_outdated, one_line(path.name, _NAME)
        self.is_outdated = await asyncio.to_thread(self.workbench.is_changed_on_disk)
        on_disk = await asyncio.to_thread(_text_of, path) if self.is_outdated else None
        is_followed = self.editor.text in (self.editor.saved_text, on_disk)
        told = ""
        if on_disk is not None and is_followed and self.screen.is_active:
            if self._take_in(path):
                told = f"{name} is shown as another program wrote it; undo gives back the text before."
        elif self.is_outdated and not was_outdated:
            then = (
                "it is taken in when this is closed."
                if is_followed
                else f"your text stays. {key_of('file.save')} shows both."
            )
            told = f"{name} was written by another program; {then}"
            if on_disk is None:
                told = f"{name} cannot be read any more; the text here stays."
        if told:
            self._say(told, "CHANGED ON DISK")
        if told or was_outdated:
            self.changed()

    async def offer_draft(self) -> None:
        """Ask what to do with text that an earlier session did not save."""
        if self.workbench.is_refused:
            return
        draft = self.draft
        text = draft.text
        if text is None or text == self.workbench.text:
            draft.discard()
            return
        body = Content.assemble(
            (one_line(self.title, _NAME), "bold"),
            " was left with changes that were never saved.\n",
            "Taking them is a change like any other: undo gives back the file's text.",
        )
        choices = (
            Choice("r", "restore them", "restore"),
            Choice("d", "discard them", "discard", is_destructive=True),
        )
        answer = await self.screen.app.push_screen_wait(ChoiceDialog("UNSAVED TEXT FOUND", body, choices))
        if answer == "restore":
            self.editor.replace_text(text)
        elif answer == "discard":
            draft.discard()

    async def save(self) -> bool:
        """Write the text to its file; asks when it has none, or when the file changed on disk."""
        if self.workbench.path is None:
            return await self.save_as()
        if self.workbench.is_refused:
            name = one_line(self.title, _NAME)
            self._warn(
                f"{name} cannot be read, so it is not overwritten: save as with {key_of('file.save_as')}"
            )
            return False
        text = self.editor.text
        result = await self.workbench.save(text)
        if result.outcome == "changed_on_disk":
            return await self._settle(text)
        return self._tell(result.outcome == "saved", text, result.message)

    async def save_as(self) -> bool:
        """Ask for a path and write the text there; the flow goes on with that file."""
        path = self.workbench.path
        proposed = str(path) if path else f"./{self.untitled or 'flow'}.toml"
        target = await TargetFile(self.screen.app, "SAVE AS", proposed).ask()
        if target is None:
            return False
        old_path, text, old_draft = self.workbench.path, self.editor.text, self.draft
        was_refused = self.workbench.is_refused
        self.workbench.open(target)
        self.workbench.check(text)
        result = await self.workbench.save(text, force=True)
        if result.outcome != "saved" and old_path is not None:
            self.workbench.open(old_path)
            self.workbench.check(text)
        if result.outcome == "saved":
            if was_refused:
                self.editor.show_text(text, draft=self.draft)
            else:
                old_draft.discard()
            self.editor.draft = self.draft
            self._begin_to_watch()
        return self._tell(result.outcome == "saved", text, result.message)

    async def _settle(self, text: str) -> bool:
        path = self.workbench.path
        if path is None:
            return False
        on_disk = await asyncio.to_thread(_text_of, path)
        answer = await self._asked_which(path, Difference(text, on_disk))
        if answer == "elsewhere":
            return await self.save_as()
        if answer == "overwrite":
            result = await self.workbench.save(text, force=True)
            return self._tell(result.outcome == "saved", text, result.message)
        if answer == "reload":
            self._take_in(path)
        return False

    def _take_in(self, path: Path) -> bool:
        text = self.editor.text
        self.workbench.open(path)
        if self.workbench.is_refused:
            problem = self.workbench.checked.problems[0]
            self.workbench.check(text)
            self._warn(f"{problem.message}; what you typed stays")
            return False
        self.is_outdated = False
        # As one change, so that undo still gives back what was typed here.
        self.editor.replace_text(self.workbench.text)
        self.editor.mark_saved(self.editor.text)
        return True

    def _begin_to_watch(self) -> None:
        self.screen.run_worker(
            self.watch(),
            group="watch",
            description="watching the flow's file",
            exit_on_error=False,
            exclusive=True,
        )

    async def _asked_which(self, path: Path, difference: Difference) -> str | None:
        """Ask until one of the two versions was chosen, or neither; what differs can be looked at first."""
        lines = [*islice(difference.unified(), _FIRST_LINES + 1)]
        if len(lines) > _FIRST_LINES:
            lines[_FIRST_LINES:] = [Content.styled("⋯ v shows all", "$muted")]
        body = Content.assemble(
            (one_line(path.name, _NAME), "bold"),
            " was changed by another program since it was opened here.\n\n",
            Content("\n").join([difference.summary(), Content(""), *lines]),
        )
        choices = (
            Choice("c", "cancel", "cancel"),
            *((Choice("v", "view", "view"),) if difference.can_be_shown else ()),
            Choice("e", "elsewhere", "elsewhere"),
            Choice("o", "overwrite", "overwrite", is_destructive=True),
            Choice("r", "reload", "reload", is_destructive=True),
        )
        show, title = self.screen.app.push_screen_wait, "CHANGED ON DISK"
        while (answer := await show(ChoiceDialog(title, body, choices))) == "view":
            await show(DifferenceDialog(f"{path.name}: here and on disk", difference))
        return answer

    def _warn(self, text: str) -> None:
        self._say(text, "Not saved")

    def _say(self, text: str, title: str) -> None:
        self.screen.app.notify(one_line(text, 300), title=clean(title), severity="warning", markup=False)

    def _tell(self, is_saved: bool, text: str, message: str) -> bool:
        app = self.screen.app
        if not is_saved:
            app.notify(one_line(message, 300), title="Not saved", severity="error", markup=False)
            return False
        self.editor.mark_saved(text)
        self.is_outdated = False
        self.changed()
        app.notify(one_line(message or f"saved {self.title}", 300), markup=False, timeout=2)
        if self.workbench.path is not None:
            try:
                self.settings.keep_recent(self.workbench.path)
            except OSError as error:
                app.notify(one_line(str(error), 300), severity="warning", markup=False)
        return True


def _text_of(path: Path) -> str | None:
    try:
        return FlowFile(path).read()
    except UnreadableFileError:
        return None
