"""The plan of a config that a run went over to."""

from __future__ import annotations

from pathlib import Path

from agentflow_tui.history.run_state import RunState
from agentflow_tui.plan.node import Plan
from agentflow_tui.tui.swapped_plans import SwappedPlans
from agentflow_tui.workbench import Workbench

INNER = """
[llm]
provider = "scripted"
[orchestration]
mode = "sequential"
sequential_agents = ["inside"]
[agents.inside]
[providers.scripted]
answers = ["done"]
"""
OUTER = """
[llm]
provider = "scripted"
[orchestration]
mode = "loop"
loop_agent = "nested"
[agents.nested]
flow = "inner.toml"
[providers.scripted]
answers = ["done"]
"""


def paths(plan: Plan | None) -> set[str]:
    return {step.agent for step in plan.steps()} if plan is not None else set()


def test_flows_inside_it_are_looked_for_beside_the_runs_own_file(tmp_path: Path) -> None:
    for folder in ("here", "there"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "flow.toml").write_text(OUTER)
    (tmp_path / "there" / "inner.toml").write_text(INNER)
    workbench = Workbench(env={})
    workbench.open(tmp_path / "here" / "flow.toml")
    plans, state = SwappedPlans(workbench), RunState(swapped_text=OUTER, mode="loop")
    assert plans.at(state, None) is None
    assert paths(plans.at(state, None, tmp_path / "there" / "flow.toml")) == {"inside"}
    assert plans.at(RunState(), None) is None
