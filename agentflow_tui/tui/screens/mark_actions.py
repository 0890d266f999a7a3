"""What the keys for marks, and for parts of a live run, do in the workbench."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Coroutine
from typing import Any

from textual import on
from textual.screen import Screen

from agentflow_tui.tui.bridge import Bridge
from agentflow_tui.tui.compare_desk import CompareDesk
from agentflow_tui.tui.control_desk import ControlDesk
from agentflow_tui.tui.guard import guarded
from agentflow_tui.tui.mark_desk import MarkDesk
from agentflow_tui.tui.pane_layout import PaneLayout
from agentflow_tui.tui.panes.graph.graph_pane import GraphPane
from agentflow_tui.tui.panes.inspector.inspector_pane import InspectorPane
from agentflow_tui.tui.run_desk import RunDesk, Until


class MarkActions(Screen[None]):
    """One action per key; each asks a desk, and shows nothing itself."""

    bridge: Bridge
    compares: CompareDesk
    controls: ControlDesk
    desk: RunDesk
    layout_of_panes: PaneLayout
    marks: MarkDesk

    @property
    def chosen_node(self) -> str:
        """Path of the node that is selected in the graph at this moment; empty for none."""
        graph = self.query_one("#graph", GraphPane)
        return graph.drawing.origin(graph.selected).path

    @abstractmethod
    def _go(self, until: Until) -> None:
        """Let a run go so far; a new one where none is live."""

    @abstractmethod
    def _work(self, work: Coroutine[Any, Any, Any], group: str, doing: str) -> None:
        """Do what waits, beside."""

    # How far

    def action_step_over(self) -> None:
        """Run one agent, or a parallel phase."""
        self._go("over")

    def action_step_stage(self) -> None:
        """Run to the end of a stage."""
        if self.controls.can_step_stage():
            self._go("stage")

    def action_run_to_here(self) -> None:
        """Run until the selected node, or the event under the cursor, comes next."""
        is_in_timeline = self.layout_of_panes.current == "timeline"
        place = self.controls.place(self.chosen_node, is_in_timeline=is_in_timeline)
        if place is not None:
            self._go(place)

    # Parts of a run

    def action_hold(self) -> None:
        """Hold the selected branch, or release it."""
        self.controls.hold(self.chosen_node)

    def action_cancel_agent(self) -> None:
        """Stop the selected agent."""
        self.controls.cancel_agent(self.chosen_node)

    # Marks

    def action_toggle_breakpoint(self) -> None:
        """Stop before the selected node, or no longer."""
        self.marks.toggle(self.chosen_node)

    def action_list_breakpoints(self) -> None:
        """Show all breakpoints."""
        self.marks.list_breakpoints(self.chosen_node)

    def action_toggle_pin(self) -> None:
        """Pin the selected agent to its output, or unpin it."""
        self.marks.toggle_pin(self.chosen_node, self.bridge.view.state)

    def action_edit_pin(self) -> None:
        """Edit the output of the selected agent, and pin it."""
        self.marks.edit_pin(self.chosen_node, self.bridge.view.state)

    def action_list_watches(self) -> None:
        """Show all watch expressions."""
        self.marks.list_watches(self.bridge.view.state)

    def action_mark_run(self) -> None:
        """Mark this run, or take its mark away."""
        self.compares.toggle_mark(self.desk.run_id)

    def action_compare_runs(self) -> None:
        """Compare the marked run with this one."""
        self._work(self.compares.compare(self.desk.run_id), "compare", "comparing two runs")

    @on(GraphPane.BreakpointWanted)
    @guarded
    def _breakpoint_wanted(self, event: GraphPane.BreakpointWanted) -> None:
        self.marks.toggle(event.path)

    @on(InspectorPane.MarkChosen)
    @guarded
    def _mark_chosen(self, event: InspectorPane.MarkChosen) -> None:
        if event.is_pin:
            self.action_edit_pin()
        else:
            self.action_list_watches()
