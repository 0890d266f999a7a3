"""Whether a flow can be run in a mode."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from agentflow_tui.config import Flow
from agentflow_tui.config.orchestration import Mode
from agentflow_tui.engine.event import Event
from agentflow_tui.plan.compile import compile_plan
from agentflow_tui.plan.node import Plan
from agentflow_tui.plan.plan_error import PlanError

_ROUTE_CAVEAT = "needs a target: there are no rules"


@dataclass(frozen=True, slots=True)
class ModeFit:
    """One mode, with its plan or the reason why there is none."""

    mode: str
    plan: Plan | None = None
    problem: str = ""
    """Why the flow cannot run in it, and which key changes that; empty when it can."""
    caveat: str = ""
    """What an event needs to get anywhere in it; empty when any will do."""

    @classmethod
    def of(cls, flow: Flow, mode: str) -> ModeFit:
        """Compile the flow in that mode."""
        try:
            plan = compile_plan(flow, mode)
        except PlanError as error:
            return cls(mode, problem=str(error))
        return cls(mode, plan, caveat=_ROUTE_CAVEAT if mode == "route" and _has_no_way(flow) else "")

    @classmethod
    def all_of(cls, flow: Flow) -> tuple[ModeFit, ...]:
        """Compile the flow in each of the five modes (semantics §1)."""
        return tuple(cls.of(flow, mode) for mode in get_args(Mode))

    def reason_against(self, event: Event) -> str:
        """Return why this mode would be no use for an event; empty when it may be."""
        goes_somewhere = event.target or event.metadata.get("route")
        return self.problem or ("" if goes_somewhere else self.caveat)


def _has_no_way(flow: Flow) -> bool:
    routing = flow.orchestration.routing
    return not routing.rules and routing.default_agent is None
