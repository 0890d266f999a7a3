"""Beginning runs that leave another behind."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from textual.content import Content
from textual.screen import Screen

from agentflow_tui.tui.dialogs.choice_dialog import Choice, ChoiceDialog
from agentflow_tui.tui.keymap.named_keys import key_of
from agentflow_tui.tui.run_desk import RunDesk
from agentflow_tui.tui.safe_text import clean, one_line
from agentflow_tui.workbench.departure import Departure
from agentflow_tui.workbench.not_ready import NotReadyError
from agentflow_tui.workbench.redaction import MASK
from agentflow_tui.workbench.run import Run

_LONGEST = 60
_MOST = 8
"""Keys that the question names; it says of how many more."""


@dataclass(eq=False)
class DepartureDesk:
    """Asks what has to be asked first, and hands the new run over; needs a worker, because it waits."""

    screen: Screen[None]
    """Shows the dialogs."""
    desk: RunDesk
    editor_text: Callable[[], str]
    """What the editor holds now."""

    async def depart(
        self,
        text: str,
        begin: Callable[[], Awaitable[Run]],
        leaving: Callable[[], Departure],
        kept_with: str = "",
    ) -> None:
        """Begin a run of another text than the editor's, which comes back; what was live ends.

        `leaving` says where it begins; what cannot be there, `begin` says. `kept_with` is the id of the run
        that the text was kept with, if it was.
        """
        desk = self.desk
        before = desk.run if desk.is_live else None
        # A long history takes a while, in which the screen has to answer.
        masked = await asyncio.to_thread(_masked, leaving)
        if masked and not await self._goes_on_without(masked):
            return
        while True:
            error = await self._tried(text, begin, before, kept_with)
            if error is None or await desk.settle(error):
                return

    async def _tried(
        self, text: str, begin: Callable[[], Awaitable[Run]], before: Run | None, kept_with: str
    ) -> NotReadyError | None:
        desk = self.desk
        desk.is_starting = True
        desk.changed()
        try:
            if text and kept_with:
                place = (await desk.workbench.archive.find(kept_with)).flow_path
                desk.workbench.check_kept(text, Path(place) if place else None)
            else:
                desk.workbench.check(text or self.editor_text())
            run = await begin()
        except NotReadyError as error:
            return error
        finally:
            desk.is_starting = False
            desk.workbench.check(self.editor_text())
            desk.changed()
        if before is not None:
            before.control.cancel("left for a fork")
        desk.take(run)
        return None

    async def _goes_on_without(self, keys: tuple[str, ...]) -> bool:
        more = f"\n  and {len(keys) - _MOST:d} more" if len(keys) > _MOST else ""
        named = [part for key in keys[:_MOST] for part in ("\n  ", (one_line(key, _LONGEST), "bold"))]
        body = Content.assemble(
            "Secrets are not kept with runs. The state that this one goes on with lacks those in",
            *named,
            f"{more}\n\nAgents get {MASK} in their place. ",
            clean(f"{key_of('time.edit')} on the timeline sets them anew."),
        )
        choices = (Choice("n", "stay", "no"), Choice("g", "go on without them", "go"))
        dialog = ChoiceDialog("SECRETS ARE MISSING", body, choices)
        return await self.screen.app.push_screen_wait(dialog) == "go"


def _masked(leaving: Callable[[], Departure]) -> tuple[str, ...]:
    try:
        return leaving().masked
    except NotReadyError:
        return ()
