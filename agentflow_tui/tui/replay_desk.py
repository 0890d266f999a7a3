"""Living the run that is seen again without calling anybody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from textual.screen import Screen

from agentflow_tui.tui.dialogs.replay_dialog import ReplayDialog, Whose
from agentflow_tui.tui.run_desk import RunDesk
from agentflow_tui.workbench.archive import StoredRun
from agentflow_tui.workbench.aside import aside
from agentflow_tui.workbench.not_ready import NotReadyError
from agentflow_tui.workbench.replay import Replay


@dataclass(eq=False)
class ReplayDesk:
    """Replays and reports; its coroutine waits for dialogs, so it needs a worker."""

    screen: Screen[None]
    """Shows the report."""
    desk: RunDesk
    editor_text: Callable[[], str]
    """What the editor holds now."""

    async def replay(self) -> None:
        """Replay the run that is seen with its own text, and tell how it came out until that is enough."""
        desk = self.desk
        stored = await self._seen()
        whose: Whose = "own" if stored.flow_text else "editor"
        while True:
            text = self.editor_text() if whose == "editor" else None
            try:
                found = await self._replayed(stored, text)
            except NotReadyError as error:
                if await desk.explain(error):
                    return
                continue
            wish = await self.screen.app.push_screen_wait(ReplayDialog(found, whose))
            if wish is None:
                return
            if wish.seq is not None:
                desk.bridge.look_at(wish.seq)
                return
            whose = "editor" if whose == "own" else "own"

    async def _replayed(self, stored: StoredRun, text: str | None) -> Replay:
        """Replay beside: a long history takes seconds, in which the screen has to answer."""
        desk = self.desk
        desk.is_starting = True
        desk.changed()
        try:
            return await aside(lambda: desk.workbench.replay(stored, text=text))
        finally:
            desk.is_starting = False
            desk.changed()

    async def _seen(self) -> StoredRun:
        """The run as it is seen: what is live has more events than the store, and one may not be stored."""
        desk, view = self.desk, self.desk.bridge.view
        try:
            inherited = (await desk.workbench.archive.find(desk.run_id)).parent_seq + 1
        except NotReadyError:
            inherited = 0
        history = list(view.history[: view.length])
        return StoredRun(desk.run_id, history, desk.flow_text, inherited=inherited)
