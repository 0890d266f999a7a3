"""The plans of the configs that a run went over to."""

from __future__ import annotations

from pathlib import Path

from agentflow_tui.history.run_state import RunState
from agentflow_tui.plan.compile import compile_plan
from agentflow_tui.plan.node import Plan
from agentflow_tui.plan.plan_error import PlanError
from agentflow_tui.workbench.live_edit import LiveEdit

_MOST = 50


class SwappedPlans:
    """Compiles each text once, so that scrubbing over a swap costs nothing."""

    def __init__(self, workbench: LiveEdit) -> None:
        """Check texts as if they stood in their run's file, else in the one that is open in `workbench`."""
        self._workbench = workbench
        self._known: dict[tuple[str, str, Path | None], Plan | None] = {}

    def at(self, state: RunState, first: Plan | None, file: Path | None = None) -> Plan | None:
        """Return the plan in force at a position of a run.

        `first` is the one that the run began with, and `file` that of its flow if it is not the open one.
        """
        if not state.swapped_text:
            return first
        key = state.swapped_text, state.mode, file
        if key not in self._known:
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[key] = self._compiled(*key)
        return self._known[key] or first

    def _compiled(self, text: str, mode: str, file: Path | None) -> Plan | None:
        flow = self._workbench.check_beside(text, file).flow
        try:
            return compile_plan(flow, mode) if flow is not None else None
        except PlanError:
            return None
