"""What can be done with stored runs beside looking at them: name, tag, take along, delete."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from textual.content import Content
from textual.screen import Screen

from agentflow_tui.history.run_summary import RunSummary
from agentflow_tui.tui.dialogs.choice_dialog import Choice, ChoiceDialog
from agentflow_tui.tui.dialogs.not_ready_dialog import NotReadyDialog
from agentflow_tui.tui.dialogs.target_file import TargetFile, path_of
from agentflow_tui.tui.dialogs.text_dialog import TextDialog
from agentflow_tui.tui.safe_text import one_line
from agentflow_tui.workbench.archive import Archive
from agentflow_tui.workbench.not_ready import NotReadyError

_LONGEST = 300
_T = TypeVar("_T")


@dataclass(eq=False)
class RunsDesk:
    """Asks, does it, and says what came of it; its coroutines need a worker."""

    screen: Screen[Any]
    """Shows the dialogs."""
    archive: Archive

    async def tried(self, work: Coroutine[Any, Any, _T]) -> _T | None:
        """Return what came of the work; none when it could not be done, which is shown with the way out."""
        try:
            return await work
        except NotReadyError as error:
            dialog = NotReadyDialog(error.message, error.hints, title="NOT POSSIBLE", can_retry=False)
            await self.screen.app.push_screen_wait(dialog)
            return None

    async def rename(self, run: RunSummary) -> None:
        """Ask for the run's name."""
        dialog = TextDialog("NAME THE RUN", value=run.name, note="empty takes the name away")
        answer = await self.screen.app.push_screen_wait(dialog)
        if answer is not None:
            await self.tried(self.archive.rename(run.run_id, answer.strip()))

    async def tag(self, run: RunSummary) -> None:
        """Ask for the run's tags."""
        dialog = TextDialog(
            "TAGS", value=" ".join(run.tags), note="words with a space between; tagged runs are kept"
        )
        answer = await self.screen.app.push_screen_wait(dialog)
        if answer is not None:
            wanted = [word.lstrip("#") for word in answer.replace(",", " ").split() if word.lstrip("#")]
            gone = [tag for tag in run.tags if tag not in wanted]
            await self.tried(self.archive.tag(run.run_id, *wanted, remove=gone))

    async def export(self, run: RunSummary) -> None:
        """Ask for a file and write the run into it."""
        path = await TargetFile(self.screen.app, "EXPORT THE RUN", f"./{run.run_id[:8]}.jsonl").ask()
        if path is None:
            return
        count = await self.tried(self.archive.export(run.run_id, path))
        if count is not None:
            self._tell(f"{count} events written to {path}")

    async def take_in(self) -> str:
        """Ask for a file and store the run in it; return its id, empty when nothing was stored."""
        dialog = TextDialog("IMPORT A RUN", note="path of a file that was exported", complaint=_wrong_source)
        answer = await self.screen.app.push_screen_wait(dialog)
        if not answer:
            return ""
        stored = await self.tried(self.archive.take_in(path_of(answer)))
        if stored is None:
            return ""
        lost = f"; {'; '.join(stored.problems)}" if stored.problems else ""
        self._tell(f"{len(stored.history)} events stored{lost}")
        return stored.run_id

    async def delete(self, run: RunSummary) -> bool:
        """Ask, and delete the run; true when it is gone."""
        body = Content.assemble(
            (one_line(run.name or run.flow or run.run_id, 80), "bold"),
            f" with its {run.events:d} events is gone for good then. Forks of it stay.",
        )
        choices = (Choice("c", "keep it", "keep"), Choice("x", "delete it", "delete", is_destructive=True))
        if await self.screen.app.push_screen_wait(ChoiceDialog("DELETE THE RUN?", body, choices)) != "delete":
            return False
        await self.tried(self.archive.delete(run.run_id))
        return True

    def _tell(self, text: str) -> None:
        self.screen.app.notify(one_line(text, _LONGEST), markup=False, timeout=4)


def _wrong_source(answer: str) -> str:
    try:
        return "" if answer.strip() and path_of(answer).is_file() else "there is no such file"
    except (OSError, ValueError, RuntimeError) as error:
        return str(error)
