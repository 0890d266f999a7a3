"""A graph of many agents in a row."""

from __future__ import annotations

from agentflow_tui.plan.node import Chain, Plan
from tests.unit.plan.plans import plan_of, steps


def long_chain(count: int) -> Plan:
    return plan_of(Chain("s", "sequential", steps("s", *(f"agent-{place}" for place in range(count)))))
