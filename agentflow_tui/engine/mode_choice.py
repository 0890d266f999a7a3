"""Which mode runs for an event."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from agentflow_tui.conditions import ConditionError, Scope
from agentflow_tui.config import Flow
from agentflow_tui.engine.event import Event, facts_of
from agentflow_tui.history.quick_init import quick
from agentflow_tui.plan.compile import compile_plan
from agentflow_tui.plan.node import Plan
from agentflow_tui.plan.plan_error import PlanError

Compile = Callable[[Flow, str | None], Plan]


@quick
@dataclass(frozen=True, slots=True)
class ModeChoice:
    """A plan for one event, and why this one (semantics §3 switching)."""

    plan: Plan
    by: str
    """`override`, `switch` or `default`."""
    reason: str
    """The same in words, for a person."""
    problem: str = ""
    """Why the run has to fail: a switch's condition has no answer (semantics §9)."""

    @classmethod
    def make(cls, flow: Flow, event: Event, compiled: Compile = compile_plan) -> ModeChoice:
        """Metadata `orchestration_override` first, then the first true switch, then the file's own mode.

        A mode that the file does not configure does not count; the reason says so. A switch whose condition
        cannot be answered is the choice's `problem`. `compiled` gives the plan of a mode. Raises
        `PlanError` when the file's own mode cannot be compiled.
        """
        notes: list[str] = []
        wanted = event.metadata.get("orchestration_override")
        if wanted:
            plan = _plan(flow, wanted, notes, compiled)
            if plan is not None:
                return cls(plan, "override", f"metadata orchestration_override = '{wanted}'")
        mode, problem = flow.orchestration.mode, ""
        scope = _scope(event) if flow.orchestration.switch else Scope({})
        for switch in flow.orchestration.switch:
            try:
                holds = switch.when.holds(scope)
            except ConditionError as error:
                problem = f"the switch to '{switch.mode}' cannot be decided: {error}"
                notes.append(problem)
                break
            plan = _plan(flow, switch.mode, notes, compiled) if holds else None
            if plan is not None:
                return cls(plan, "switch", f"{switch.when.text} is true")
        return cls(compiled(flow, None), "default", "; ".join([f"mode = '{mode}'", *notes]), problem)


def _plan(flow: Flow, mode: str, notes: list[str], compiled: Compile) -> Plan | None:
    try:
        return compiled(flow, mode)
    except PlanError as error:
        notes.append(f"'{mode}' does not count: {error}")
        return None


def _scope(event: Event) -> Scope:
    return Scope(event.data, event.metadata, facts_of(event))
