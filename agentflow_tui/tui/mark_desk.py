"""What a person marks in a flow, and keeps for the next time."""

from __future__ import annotations

from dataclasses import dataclass

from textual.screen import Screen

from agentflow_tui.engine.breakpoints import Breakpoint
from agentflow_tui.tui.dialogs.breakpoints_dialog import BreakpointsDialog
from agentflow_tui.tui.safe_text import one_line
from agentflow_tui.workbench import Workbench

_LONGEST = 200


@dataclass(eq=False)
class MarkDesk:
    """Sets breakpoints; they hold for the live run at once, and for every later run of the flow."""

    screen: Screen[None]
    """Shows the dialogs."""
    workbench: Workbench

    def toggle(self, path: str | None) -> None:
        """Set a breakpoint before a node, or take it away."""
        if not path:
            self._say("Select a node in the graph first: 2, then the arrows.")
            return
        points = self.workbench.marks.breakpoints
        point = Breakpoint(path)
        is_there = any(each.key == point.key for each in points)
        points.remove(point) if is_there else points.set(point)
        self._keep()
        self._say(
            f"no breakpoint before {path}" if is_there else f"◆ runs stop before {path}; B lists breakpoints"
        )

    def list(self) -> None:
        """Show all breakpoints."""
        self.screen.app.push_screen(BreakpointsDialog(self.workbench.marks.breakpoints, self._keep))

    def _keep(self) -> None:
        try:
            self.workbench.marks.save()
        except OSError as error:
            self.screen.app.notify(
                one_line(str(error), _LONGEST), title="Not kept", severity="warning", markup=False
            )

    def _say(self, text: str) -> None:
        self.screen.app.notify(one_line(text, _LONGEST), markup=False, timeout=3)
