"""A task that stands by for agents, ready to be used at once."""

from __future__ import annotations

from agentflow_tui.engine import AgentContext, Engine, Event, State
from agentflow_tui.engine.standby import Standby
from agentflow_tui.plan.node import Plan, Step
from tests.fake_clock import FakeClock


class _Nothing:
    async def run(self, event: Event, state: State, context: AgentContext) -> None:
        """Wait for nothing and change nothing."""


async def standing_by() -> Standby:
    """One for runs on a `FakeClock`: the first run has its turns, the second one makes the task."""
    standby, root = Standby(), Step("root", "nothing")
    plan = Plan(root, "route", 60.0, False, {"root": root})
    agents = {"nothing": _Nothing()}
    for _ in range(2):
        engine = Engine(plan, agents, emit=lambda _: None, clock=FakeClock(), standby=standby)
        await engine.run(Event.make())
    return standby
