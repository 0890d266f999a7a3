"""The edited text and the run that is live: shown side by side, handed over, told when it came too late."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from textual.screen import Screen

from agentflow_tui.tui.dialogs.not_ready_dialog import NotReadyDialog
from agentflow_tui.tui.dialogs.swap_dialog import SwapDialog
from agentflow_tui.tui.keymap.named_keys import key_of, with_keys
from agentflow_tui.tui.run_desk import RunDesk
from agentflow_tui.tui.safe_text import one_line
from agentflow_tui.workbench.not_ready import NotReadyError, Refusal
from agentflow_tui.workbench.run import Run

_LONGEST = 200


@dataclass(eq=False)
class SwapDesk:
    """Asks before a live run takes over the text; its coroutine waits for dialogs, so it needs a worker."""

    screen: Screen[Any]
    """Shows the dialogs."""
    desk: RunDesk
    editor_text: Callable[[], str]
    """What the editor holds now."""

    async def propose(self) -> None:
        """Show what the text would change in the live run, and let it take it over if one wants that."""
        run, workbench = self.desk.run, self.desk.workbench
        if run is None or not self.desk.is_live:
            self._say(
                with_keys(
                    "No run is live: {run.toggle} runs the text as it is, {time.rerun} runs it again from "
                    "the cursor."
                )
            )
            return
        workbench.check(self.editor_text())
        try:
            proposal = workbench.propose_swap(run)
        except NotReadyError as error:
            await self._explain(error)
            return
        is_waiting = run.config is not None and run.config.waiting is not None
        if proposal.is_empty and not is_waiting:
            # From now on it is the text that runs.
            await workbench.swap(run, proposal)
        dialog = SwapDialog(proposal.forecast, self.moment, is_waiting=is_waiting)
        wish = await self.screen.app.push_screen_wait(dialog)
        if wish == "withdraw" and run.config is not None:
            run.config.withdraw(run)
        elif wish == "apply":
            while not await self._tried(run):
                pass
        self.desk.changed()

    @property
    def moment(self) -> str:
        """When a config would be taken over, in words."""
        number = self.desk.bridge.view.newest.next_iteration
        if number is None:
            return "before the next iteration of a loop"
        return f"before iteration {number}; iteration {number - 1} goes on as it began"

    def tell_unapplied(self) -> None:
        """Say so when the run has ended without the config that waited; once."""
        run = self.desk.run
        if run is not None and run.is_over and run.config is not None and run.config.withdraw(run):
            self._say(
                "The edited config was not applied: the run ended first. "
                f"{key_of('time.rerun')} runs it again from the cursor."
            )
            self.desk.changed()

    async def _tried(self, run: Run) -> bool:
        """Let it wait; false when it is to be tried again."""
        try:
            await self.desk.workbench.swap(run)
        except NotReadyError as error:
            if isinstance(error.__cause__, Refusal):
                return not await self.desk.ask_for_trust(error.__cause__)
            await self._explain(error)
        return True

    async def _explain(self, error: NotReadyError) -> None:
        dialog = NotReadyDialog.about(error, title="NOT APPLIED", can_retry=False)
        await self.screen.app.push_screen_wait(dialog)

    def _say(self, text: str) -> None:
        self.screen.app.notify(one_line(text, _LONGEST), markup=False, timeout=6)
