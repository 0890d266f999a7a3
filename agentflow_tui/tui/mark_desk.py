"""What a person marks in a flow, and keeps for the next time: breakpoints, pins, watches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from textual.screen import Screen

from agentflow_tui.engine.breakpoints import Breakpoint
from agentflow_tui.history.delta import Delta
from agentflow_tui.history.run_state import RunState
from agentflow_tui.plan.node import Plan, Step
from agentflow_tui.tui.dialogs.breakpoints_dialog import BreakpointsDialog
from agentflow_tui.tui.dialogs.pin_dialog import PinDialog
from agentflow_tui.tui.dialogs.watches_dialog import WatchesDialog
from agentflow_tui.tui.keymap.named_keys import key_of, with_keys
from agentflow_tui.tui.safe_text import one_line
from agentflow_tui.workbench import Workbench
from agentflow_tui.workbench.flow_marks import FlowMarks

_LONGEST = 200
_SELECT = "Select a node in the graph first: {pane.graph}, then the arrows."
_SELECT_AGENT = "Select an agent in the graph first: only an agent has an output to pin."


@dataclass(eq=False)
class MarkDesk:
    """Sets marks; they hold for the live run at once, and for every later run of the flow."""

    screen: Screen[None]
    """Shows the dialogs."""
    workbench: Workbench
    changed: Callable[[], None]
    """Told when there are other marks."""
    plan: Callable[[], Plan | None]
    """What the graph shows now."""

    @property
    def marks(self) -> FlowMarks:
        """Of the open flow."""
        return self.workbench.marks

    def toggle(self, path: str | None) -> None:
        """Set a breakpoint before a node, or take it away."""
        if not path:
            self._say(with_keys(_SELECT))
            return
        points = self.marks.breakpoints
        point = Breakpoint(path)
        is_there = any(each.key == point.key for each in points)
        points.remove(point) if is_there else points.set(point)
        self._keep()
        self._say(
            f"no breakpoint before {path}"
            if is_there
            else f"◆ runs stop before {path}; {key_of('break.list')} lists breakpoints"
        )

    def list_breakpoints(self, selected: str | None) -> None:
        """Show all breakpoints; a new one is proposed for the selected node."""
        dialog = BreakpointsDialog(self.marks.breakpoints, self._keep, self.plan(), selected or "")
        self.screen.app.push_screen(dialog)

    def list_watches(self, state: RunState) -> None:
        """Show all watch expressions with their values in a state."""
        self.screen.app.push_screen(WatchesDialog(self.marks.watches, self._keep, state))

    def toggle_pin(self, path: str | None, state: RunState) -> None:
        """Pin an agent to its last output in a state, or unpin it."""
        step = self._step(path)
        if step is None:
            return
        if pinned := [who for who in (step.path, step.key) if who in self.marks.pins]:
            for who in pinned:
                self.marks.unpin(who)
            self._keep()
            self._say(f"{step.agent} is called again")
            return
        output = last_output(state, step.path)
        if output is None:
            self._say(
                f"{step.agent} has no output at the cursor yet. {key_of('pin.edit')} writes one by hand."
            )
            return
        self.marks.pin(step.path, output)
        self._keep()
        keys = ", ".join(output.set) or "no change"
        self._say(
            f"▣ {step.agent} is pinned ({keys}): it is not called until {key_of('pin.toggle')} unpins it"
        )

    def pin_of(self, path: str | None) -> Delta | None:
        """Return what the agent at a path is pinned to; none when it is not, or is no agent."""
        plan = self.plan()
        node = plan.nodes.get(path) if plan is not None and path else None
        if not isinstance(node, Step):
            return None
        return self.marks.pins.get(node.path) or self.marks.pins.get(node.key)

    def edit_pin(self, path: str | None, state: RunState) -> None:
        """Ask for the output that an agent is pinned to."""
        step = self._step(path)
        if step is None:
            return
        before = self.pin_of(path)
        output = before or last_output(state, step.path) or Delta()

        def answered(wanted: Delta | None) -> None:
            if wanted is not None:
                self.marks.unpin(step.key)
                self.marks.pin(step.path, wanted)
                self._keep()
                self._say(
                    f"▣ {step.agent} is pinned: it is not called until {key_of('pin.toggle')} unpins it"
                )

        self.screen.app.push_screen(PinDialog(step.agent, output, is_pinned=before is not None), answered)

    def _step(self, path: str | None) -> Step | None:
        plan = self.plan()
        node = plan.nodes.get(path) if plan is not None and path else None
        if isinstance(node, Step):
            return node
        self._say(_SELECT_AGENT)
        return None

    def _keep(self) -> None:
        self.changed()
        try:
            self.marks.save()
        except OSError as error:
            self.screen.app.notify(
                one_line(str(error), _LONGEST), title="Not kept", severity="warning", markup=False
            )

    def _say(self, text: str) -> None:
        self.screen.app.notify(one_line(text, _LONGEST), markup=False, timeout=3)


def last_output(state: RunState, path: str) -> Delta | None:
    """Return what the agent at a path changed when it was last done; none when it never was."""
    for run in reversed(state.agent_runs):
        if run.path == path and run.delta is not None and run.status == "completed":
            return run.delta
    return None
