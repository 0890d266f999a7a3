"""Flows inside flows (semantics §3, §9 nesting)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from agentflow_tui.config import check_text
from agentflow_tui.engine import Agent, AgentContext, Control, Engine, Event, RunResult, State
from agentflow_tui.history.event import AgentStarted, HistoryEvent, IterationStarted, NodeEnded
from agentflow_tui.history.fold import fold
from agentflow_tui.plan.compile import compile_plan
from agentflow_tui.plan.layout import lay_out
from agentflow_tui.plan.node import Chain, Plan
from agentflow_tui.plan.plan_error import PlanError
from tests.fake_clock import FakeClock
from tests.unit.engine.probe import PLACE, Doing, counting, raising, returning, sleeping

STAGES = """
[orchestration]
mode = "mixed"
timeout_seconds = 600
[[orchestration.mixed.stages]]
name = "first"
mode = "sequential"
agents = ["a"]
[[orchestration.mixed.stages]]
name = "inner"
mode = "flow"
flow = "inner.toml"
[agents.a]
"""
INNER = """
[orchestration]
mode = "mixed"
[[orchestration.mixed.stages]]
name = "deep one"
mode = "sequential"
agents = ["a"]
[[orchestration.mixed.stages]]
name = "deep two"
mode = "sequential"
agents = ["b"]
[[orchestration.mixed.stages]]
name = "deep three"
mode = "sequential"
agents = ["b"]
[agents.a]
[agents.b]
"""


class Ran:
    """A flow of several files, run once."""

    def __init__(self, folder: Path, text: str, **files: str) -> None:
        for name, inner in files.items():
            (folder / f"{name}.toml").write_text(inner)
        checked = check_text(text, folder=folder, env={})
        assert checked.flow is not None, checked.problems
        self.plan: Plan = compile_plan(checked.flow)
        self.history: list[HistoryEvent] = []
        self.clock, self.control = FakeClock(), Control()

    async def go(self, agents: Mapping[str, Agent], **event: Any) -> RunResult:
        assert {step.key for step in self.plan.steps()} >= agents.keys()
        engine = Engine(self.plan, agents, emit=self.history.append, clock=self.clock, control=self.control)
        result = await engine.run(Event.make({"q": 0}, **event))
        state = fold(self.history)
        assert (dict(state.state.data), dict(state.state.meta)) == (result.data, result.meta)
        assert {event.path for event in self.history if hasattr(event, "path")} <= self.plan.nodes.keys() | {
            ""
        }
        return result


async def test_a_nested_flow_keeps_its_own_stage_keys_and_its_own_agents(tmp_path: Path) -> None:
    seen: list[dict[str, Any]] = []

    async def look(event: Event, state: State, context: AgentContext) -> Any:
        seen.append(dict(state.data))
        return {"b": len(seen)}

    run = Ran(tmp_path, STAGES, inner=INNER)
    agents = {
        "a": returning({"a": "outer"}),
        "inner.toml:a": returning({"c": "inner"}),
        "inner.toml:b": Doing(look),
    }
    result = await run.go(agents)
    assert result.status == "completed"
    assert seen[0]["stage_1_name"] == "deep one" and seen[0]["a"] == "outer"
    assert result.data == {
        "q": 0,
        "a": "outer",
        "b": 2,
        "c": "inner",
        "stage_1_complete": True,
        "stage_1_name": "first",
        "stage_2_complete": True,
        "stage_2_name": "inner",
        "workflow_complete": True,
        "total_stages": 2,
    }
    assert [event.agent for event in run.history if isinstance(event, AgentStarted)] == ["a", "a", "b", "b"]


async def test_a_failing_nested_flow_names_agent_stage_and_file_and_keeps_what_was_done(
    tmp_path: Path,
) -> None:
    run = Ran(tmp_path, STAGES, inner=INNER)
    agents: dict[str, Agent] = {"a": returning({"x": 1}), "inner.toml:a": returning({"y": 2})}
    agents["inner.toml:b"] = raising(ConnectionError("no line"))
    result = await run.go(agents)
    assert result.error == (
        "stage 'inner' failed: flow 'inner.toml' failed: stage 'deep two' failed: "
        f"agent 'b' failed: ConnectionError: no line ({PLACE})"
    )
    assert (result.status, result.category) == ("failed", "network")
    assert (result.data["x"], result.data["y"]) == (1, 2)
    assert (result.data["stage_1_name"], result.data["failed_stage"]) == ("first", "b")


AGENT = """
[orchestration]
mode = "{mode}"
sequential_agents = ["whole", "last"]
collaborative_agents = ["whole", "last"]
loop_agent = "whole"
max_iterations = 3
timeout_seconds = 600
[orchestration.routing]
default_agent = "whole"
[agents.whole]
flow = "inner.toml"
{more}
[agents.last]
"""
PAIR = """
[orchestration]
mode = "sequential"
sequential_agents = ["one", "two"]
[agents.one]
[agents.two]
"""


@pytest.mark.parametrize("mode", ["sequential", "collaborative", "loop", "route", "mixed"])
async def test_an_agent_can_be_a_whole_flow_in_every_mode(tmp_path: Path, mode: str) -> None:
    run = Ran(tmp_path, AGENT.format(mode=mode, more=""), inner=PAIR)
    agents: dict[str, Agent] = {"inner.toml:one": returning({"x": 1}), "inner.toml:two": counting()}
    if mode not in ("loop",):
        agents["last"] = returning({"z": 1})
    result = await run.go(agents)
    assert result.status == "completed"
    assert (result.data["x"], result.data["n"]) == (1, {"loop": 3, "mixed": 2}.get(mode, 1))
    nested = [node for node in run.plan.nodes.values() if isinstance(node, Chain) and node.flow]
    assert {(node.agent, node.flow) for node in nested} == {("whole", "inner.toml")}
    layout = lay_out(run.plan)
    assert {step.path for step in run.plan.steps()} <= layout.boxes.keys()


async def test_a_nested_agent_hands_over_and_fails_under_its_own_name(tmp_path: Path) -> None:
    async def pass_on(event: Event, state: State, context: AgentContext) -> Any:
        state.meta["route"] = "last"
        return state

    run = Ran(tmp_path, AGENT.format(mode="route", more=""), inner=PAIR)
    agents = {"inner.toml:one": returning(None), "inner.toml:two": Doing(pass_on), "last": counting()}
    assert (await run.go(agents)).data["n"] == 1
    run = Ran(tmp_path, AGENT.format(mode="collaborative", more=""), inner=PAIR)
    bad: dict[str, Agent] = {
        "inner.toml:one": returning({"lost": 1}),
        "inner.toml:two": raising(ValueError("bad")),
    }
    result = await run.go({**bad, "last": counting()})
    assert (result.status, result.data) == ("completed", {"q": 0, "n": 1})
    told = f"flow 'inner.toml' failed: agent 'two' failed: ValueError: bad ({PLACE})"
    assert result.meta["whole_error"] == told
    run = Ran(tmp_path, AGENT.format(mode="sequential", more=""), inner=PAIR)
    result = await run.go({**bad, "last": counting()})
    assert result.error == f"agent 'whole' failed: {told}"
    assert (result.data["failed_stage"], result.data["lost"]) == ("whole", 1)


async def test_the_shorter_of_both_time_limits_ends_a_nested_flow(tmp_path: Path) -> None:
    inner = PAIR.replace('mode = "sequential"', 'mode = "sequential"\ntimeout_seconds = 9')
    for more, seconds in (("", 9), ("timeout_seconds = 4", 4), ("timeout_seconds = 20", 9)):
        run = Ran(tmp_path, AGENT.format(mode="sequential", more=more), inner=inner)
        agents = {"inner.toml:one": returning({"kept": 1}), "inner.toml:two": sleeping(60)}
        result = await run.go(agents)
        assert result.error == f"agent 'whole' failed: flow 'inner.toml' failed: timeout after {seconds} s"
        assert (result.category, run.history[-1].at, result.data["kept"]) == ("timeout", seconds, 1)


async def test_cancelling_ends_a_nested_flow_in_order(tmp_path: Path) -> None:
    run = Ran(tmp_path, AGENT.format(mode="sequential", more=""), inner=PAIR)
    run.clock.call_later(1.0, run.control.cancel)
    result = await run.go({"inner.toml:one": returning({"kept": 1}), "inner.toml:two": sleeping(60)})
    assert (result.status, result.data) == ("cancelled", {"q": 0, "kept": 1})
    ended = [event for event in run.history if isinstance(event, NodeEnded)]
    assert {event.status for event in ended} == {"cancelled"} and len(ended) == 3


async def test_a_stop_flag_of_an_inner_loop_does_not_end_the_outer_one(tmp_path: Path) -> None:
    inner = '[orchestration]\nmode = "loop"\nloop_agent = "i"\n[agents.i]\n'
    run = Ran(tmp_path, AGENT.format(mode="loop", more=""), inner=inner)
    result = await run.go({"inner.toml:i": returning({"loop_completed": True})})
    rounds = [(e.path, e.iteration) for e in run.history if isinstance(e, IterationStarted)]
    outer, deep = "loop", "loop/whole/loop"
    assert rounds == [(outer, 1), (deep, 1), (outer, 2), (deep, 1), (outer, 3), (deep, 1)]
    assert "loop_completed" not in result.data
    # An agent that is no loop of its own does end the loop around it.
    run = Ran(tmp_path, AGENT.format(mode="loop", more=""), inner=PAIR)
    agents = {"inner.toml:one": returning(None), "inner.toml:two": returning({"loop_completed": True})}
    assert (await run.go(agents)).meta["total_iterations"] == "1"


async def test_a_nested_flow_brings_its_own_retries_and_error_handlers(tmp_path: Path) -> None:
    inner = PAIR.replace('mode = "sequential"', 'mode = "sequential"\nretry_attempts = 2')
    inner += '[agents.fix]\n[error_routing]\nenabled = true\nerror_handler_name = "fix"\n'
    run = Ran(tmp_path, AGENT.format(mode="sequential", more=""), inner=inner)
    bad = raising(ConnectionError("gone"))
    agents: dict[str, Agent] = {"inner.toml:one": returning(None), "inner.toml:two": bad}
    agents["inner.toml:fix"] = counting("fixed")
    paths = run.plan.nodes.keys()
    assert all("on error" not in path for path in paths)
    engine = Engine(run.plan, agents, emit=run.history.append, clock=run.clock)
    result = await engine.run(Event.make())
    assert (result.status, bad.runs, result.data["fixed"]) == ("failed", 3, 1)
    assert result.meta["handled_by"] == "fix"


async def test_a_nested_route_does_not_take_the_events_target_for_its_own(tmp_path: Path) -> None:
    inner = '[orchestration]\nmode = "route"\nrouting.default_agent = "y"\n[agents.x]\n[agents.y]\n'
    run = Ran(tmp_path, AGENT.format(mode="route", more=""), inner=inner)
    agents = {"inner.toml:x": returning({"by": "x"}), "inner.toml:y": returning({"by": "y"})}
    result = await run.go(agents, target="whole", metadata={"route": "whole"})
    assert (result.status, result.data["by"]) == ("completed", "y")


async def test_the_limit_of_a_branch_ends_all_of_its_agents(tmp_path: Path) -> None:
    text = """
[orchestration]
mode = "mixed"
timeout_seconds = 600
[[orchestration.mixed.stages]]
name = "split"
mode = "parallel"
[[orchestration.mixed.stages.branches]]
name = "slow"
mode = "collaborative"
agents = ["a", "b"]
timeout = "2s"
required = false
[[orchestration.mixed.stages.branches]]
name = "other"
flow = "inner.toml"
[agents.a]
[agents.b]
"""
    run = Ran(tmp_path, text, inner=PAIR)
    agents: dict[str, Agent] = {"a": sleeping(60), "b": sleeping(60)}
    agents |= {"inner.toml:one": returning({"x": 1}), "inner.toml:two": sleeping(5, {"y": 1})}
    result = await run.go(agents)
    assert (result.status, run.history[-1].at) == ("completed", 5.0)
    assert (result.data["x"], result.data["y"]) == (1, 1)
    failed = [
        event.reason for event in run.history if isinstance(event, NodeEnded) and event.status == "failed"
    ]
    assert "'slow' failed: timeout after 2 s" in failed


@pytest.mark.parametrize(
    ("inner", "said"),
    [
        (None, "does not exist"),
        ("[orchestration\n", "has an error"),
        ('[orchestration]\nmode="sequential"\nsequential_agents=["x"]\n', "unknown agent"),
        ('[agents.y]\nflow="inner.toml"\n', "in a circle"),
        ('[agents.y]\nflow="../secret.toml"\n', "leads out of the project folder"),
        ('[agents.y]\nflow="/etc/passwd"\n', "is an absolute path"),
        ('[agents.y]\nflow="."\n', "is a folder"),
    ],
)
def test_a_nested_flow_that_cannot_be_used_is_an_error_of_the_file(
    tmp_path: Path, inner: str | None, said: str
) -> None:
    if inner is not None:
        (tmp_path / "inner.toml").write_text(inner)
    checked = check_text(AGENT.format(mode="sequential", more=""), folder=tmp_path, env={})
    assert checked.flow is None
    (error,) = checked.errors
    assert error.path == "agents.whole.flow" and said in error.message


def test_flows_nest_eight_deep_and_not_deeper(tmp_path: Path) -> None:
    for depth in range(10):
        text = AGENT.format(mode="sequential", more="").replace("inner.toml", f"f{depth + 1}.toml")
        (tmp_path / f"f{depth}.toml").write_text(text if depth < 9 else PAIR)
    top = AGENT.format(mode="sequential", more="").replace("inner.toml", "f1.toml")
    checked = check_text(top, folder=tmp_path, env={})
    assert [error.message for error in checked.errors] == [
        "agent 'whole': in f8.toml, agent 'whole': flows are nested deeper than 8"
    ]
    (tmp_path / "f8.toml").write_text(PAIR)
    flow = check_text(top, folder=tmp_path, env={}).flow
    assert flow is not None
    depths = [step.path.count("/whole") for step in compile_plan(flow).steps()]
    assert max(depths) == 8


def test_flows_that_multiply_are_refused_before_they_fill_the_memory(tmp_path: Path) -> None:
    for depth in range(8):
        agents = "".join(f'[agents.a{n}]\nflow = "f{depth + 1}.toml"\n' for n in range(9))
        (tmp_path / f"f{depth}.toml").write_text(f'[orchestration]\nmode = "collaborative"\n{agents}')
    (tmp_path / "f8.toml").write_text(PAIR)
    checked = check_text((tmp_path / "f0.toml").read_text(), folder=tmp_path, env={}, name="f0.toml")
    assert checked.flow is None
    assert checked.draft is not None
    with pytest.raises(PlanError, match="more than 10000 steps"):
        compile_plan(checked.draft)


def test_a_flow_without_a_folder_says_that_it_has_to_be_saved() -> None:
    flow = check_text(AGENT.format(mode="sequential", more=""), env={}).flow
    assert flow is not None
    with pytest.raises(PlanError, match=r"agent 'whole': the flow 'inner.toml' was not read; save"):
        compile_plan(flow)
