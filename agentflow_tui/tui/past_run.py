"""A stored run that is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from agentflow_tui.config import check_text
from agentflow_tui.history.event import HistoryEvent, RunStarted
from agentflow_tui.history.run_summary import RunSummary
from agentflow_tui.plan.compile import compile_plan
from agentflow_tui.plan.node import Plan
from agentflow_tui.plan.plan_error import PlanError
from agentflow_tui.workbench.archive import StoredRun


@dataclass(frozen=True, slots=True)
class PastRun:
    """Its events, and the plan that they went through."""

    run_id: str
    title: str
    """The flow's name and the run's; not yet cleaned."""
    history: Sequence[HistoryEvent]
    flow_text: str
    plan: Plan | None
    """None when the flow's text was not kept or is not valid any more."""
    file: Path | None = None
    """Of the flow, if it had one: flows inside it are beside it."""

    @classmethod
    def make(cls, stored: StoredRun, summary: RunSummary, folder: Path | None) -> PastRun:
        """Take a run from the store; flows inside its flow are looked for beside it, else in `folder`."""
        name = summary.name or stored.run_id[:8]
        folder = stored.flow_path.parent if stored.flow_path is not None else folder
        return cls(
            stored.run_id,
            f"{summary.flow or 'run'} · {name}",
            stored.history,
            stored.flow_text,
            _plan(stored, folder),
            stored.flow_path,
        )


def _plan(stored: StoredRun, folder: Path | None) -> Plan | None:
    flow = check_text(stored.flow_text, folder=folder).flow if stored.flow_text else None
    first = stored.history[0] if stored.history else None
    if flow is None or not isinstance(first, RunStarted):
        return None
    try:
        return compile_plan(flow, first.mode or None)
    except PlanError:
        return None
