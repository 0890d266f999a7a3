"""Into a flow and out of it: which file is open, and what would be lost by leaving it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from agentflow_tui.engine.clock import Clock
from agentflow_tui.tui.safe_text import one_line

# Imported when it is needed, so that the first picture is there at once.
if TYPE_CHECKING:
    from agentflow_tui.tui.app import AgentflowApp
    from agentflow_tui.tui.screens.workbench_screen import WorkbenchScreen
    from agentflow_tui.workbench import Workbench

_LONGEST = 300


class FlowDoor:
    """Opens a flow on a workbench of its own, in place of the one before; asks before that one is left."""

    def __init__(
        self,
        app: AgentflowApp,
        clock: Clock,
        make_workbench: Callable[[], Workbench] | None,
    ) -> None:
        """Take the app that shows it, its clock, and what makes a workbench if not the usual one."""
        self._app = app
        self._clock = clock
        self._make_workbench = make_workbench

    @property
    def bench(self) -> WorkbenchScreen | None:
        """The screen of the open flow, also when another screen is over it."""
        from agentflow_tui.tui.screens.workbench_screen import WorkbenchScreen

        found = (screen for screen in reversed(self._app.screen_stack) if isinstance(screen, WorkbenchScreen))
        return next(found, None)

    async def open(self, path: Path, *, is_sample: bool) -> None:
        """Show a flow; of a sample only the text is taken, so that saving it asks for a name."""
        from agentflow_tui.tui.screens.flow_entry import read_entry
        from agentflow_tui.tui.screens.workbench_screen import WorkbenchScreen
        from agentflow_tui.workbench import Workbench

        workbench = (self._make_workbench or Workbench)()
        entry = read_entry("sample", path) if is_sample else None
        if entry is not None:
            workbench.check(entry.text)
        else:
            workbench.open(path)
            self._remember(path)
        screen = WorkbenchScreen(
            workbench,
            self._app.settings,
            self._clock,
            untitled=path.stem if entry else "",
            preferences=self._app.preferences,
        )
        while len(self._app.screen_stack) > 2:  # noqa: PLR2004 - the last one is replaced, without a gap
            await self._app.pop_screen()
        has_other = len(self._app.screen_stack) > 1
        await (self._app.switch_screen(screen) if has_other else self._app.push_screen(screen))

    def _remember(self, path: Path) -> None:
        try:
            self._app.settings.keep_recent(path)
        except OSError as error:
            self._app.notify(one_line(f"recent files: {error}", _LONGEST), severity="warning", markup=False)

    def leave(self, leave: Callable[[], object]) -> None:
        """Go through with `leave`; asks first when something would be lost."""
        from agentflow_tui.tui.dialogs.leave_dialog import LeaveDialog

        bench = self.bench
        reasons = bench.reasons_to_stay if bench is not None else ()
        if not reasons and self._app.preferences.confirm_quit:
            reasons = ("You asked to be asked.",)
        if not reasons:
            leave()
        elif not isinstance(self._app.screen, LeaveDialog):

            def answered(answer: str | None) -> None:
                if answer == "leave":
                    if bench is not None:
                        bench.editor.mark_saved(bench.editor.text)
                    leave()
                elif answer == "save" and bench is not None:
                    bench.save_then(leave)

            can_save = bench is not None and bench.editor.is_modified
            self._app.push_screen(LeaveDialog(reasons, can_save=can_save), answered)
