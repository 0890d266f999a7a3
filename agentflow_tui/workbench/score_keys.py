"""Which data keys may tell how good the result of a flow is."""

from __future__ import annotations

from collections.abc import Iterable

from agentflow_tui.plan.node import Loop, Plan, Stage, walk

_NUMBERS = ("number", "integer")


def score_keys(plans: Iterable[Plan]) -> tuple[str, ...]:
    """Return the keys that agents of these plans promise by their structured output, the likely scores first.

    Numbers that the end of a loop or the success of a stage hangs on come first, then other numbers.
    """
    promised: dict[str, str] = {}
    read: set[str] = set()
    for plan in plans:
        for step in plan.steps():
            settings = plan.flows[step.flow].agents.get(step.agent)
            promised |= settings.output if settings is not None else {}
        for node in walk(plan.root):
            goal = node.condition if isinstance(node, Loop) else None
            goal = node.success_condition if isinstance(node, Stage) else goal
            read |= set(goal.names) if goal is not None else set()
    return tuple(sorted(promised, key=lambda key: (promised[key] not in _NUMBERS, key not in read)))
