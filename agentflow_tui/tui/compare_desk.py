"""Marks the run on the screen, and compares another with it."""

from __future__ import annotations

from dataclasses import dataclass

from textual.screen import Screen

from agentflow_tui.tui.keymap.named_keys import key_of, with_keys
from agentflow_tui.tui.run_mark import RunMark
from agentflow_tui.tui.runs_desk import RunsDesk
from agentflow_tui.tui.safe_text import one_line
from agentflow_tui.tui.screens.compare_screen import CompareScreen
from agentflow_tui.workbench.archive import Archive

_LONGEST = 200
_NO_RUN = "There is no run yet: {run.toggle} runs the flow, {time.runs} lists the stored runs."
_NO_MARK = "Mark a run first, with {mark.run}; then look at another one. A fork is compared with its parent."
_IS_MARKED = "This run is the marked one: look at another one, {time.runs} lists them; then compare."


@dataclass(eq=False)
class CompareDesk:
    """Holds two runs against each other; `compare` waits for the store, so it needs a worker."""

    screen: Screen[None]
    """Shows what is found."""
    archive: Archive
    mark: RunMark

    def toggle_mark(self, run_id: str) -> None:
        """Mark the run that is seen, or take its mark away."""
        if not run_id:
            self._say(with_keys(_NO_RUN))
        elif self.mark.toggle(run_id):
            self._say(f"A: run {run_id[:8]} is marked; {key_of('mark.compare')} compares another with it")
        else:
            self._say("No run is marked any more.")

    async def compare(self, run_id: str) -> None:
        """Compare the marked run with the one that is seen; without a mark, a fork with its parent."""
        if not run_id:
            self._say(with_keys(_NO_RUN))
            return
        desk = RunsDesk(self.screen, self.archive)
        right = await desk.tried(self.archive.find(run_id))
        if right is None:
            return
        other = self.mark.run_id if self.mark.run_id != run_id else ""
        other = other or right.parent_run
        if not other:
            self._say(with_keys(_IS_MARKED if self.mark.run_id else _NO_MARK))
            return
        left = await desk.tried(self.archive.find(other))
        found = None if left is None else await desk.tried(self.archive.compare(other, run_id))
        if left is not None and found is not None:
            self.screen.app.push_screen(CompareScreen(found, left, right))

    def _say(self, text: str) -> None:
        self.screen.app.notify(one_line(text, _LONGEST), markup=False, timeout=4)
