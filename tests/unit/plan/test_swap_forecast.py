"""What a changed config means for a run that goes on."""

from __future__ import annotations

import pytest

from agentflow_tui.config import Flow, check_text
from agentflow_tui.config.flow_diff import flow_diff
from agentflow_tui.plan.compile import compile_plan
from agentflow_tui.plan.node import Plan
from agentflow_tui.plan.swap_forecast import SwapForecast, swap_points

FLOW = """\
[llm]
provider = "ollama"
model = "gemma3:1b"
[orchestration]
mode = "mixed"
collaborative_agents = ["reader"]
[[orchestration.mixed.stages]]
name = "read"
mode = "collaborative"
agents = ["reader"]
[[orchestration.mixed.stages]]
name = "polish"
mode = "loop"
agents = ["writer", "critic"]
config = { max_iterations = 4 }
[agents.reader]
llm = { model = "qwen3:4b" }
[agents.writer]
prompt = "Write {message}"
[agents.critic]
output = { score = "integer" }
description = "strict"
[telemetry]
exporter = "file"
"""


def flow_of(text: str) -> Flow:
    flow = check_text(text, env={}).flow
    assert flow is not None
    return flow


def forecast(before: str, after: str, *, ended: tuple[str, ...] = (), old: str = FLOW) -> SwapForecast:
    new = old.replace(before, after)
    first, second = (flow_of(text) for text in (old, new))
    plans = [compile_plan(flow) for flow in (first, second)]
    changes = flow_diff(first, second, new)
    return SwapForecast.make((first, plans[0]), (second, plans[1]), changes, ended)


@pytest.mark.parametrize(
    ("before", "after", "effect", "agents"),
    [
        ("Write {message}", "Improve {message}", "calls", ("writer",)),
        ('"gemma3:1b"', '"qwen3:4b"', "calls", ("writer", "critic")),
        ("qwen3:4b", "qwen3:8b", "calls", ("reader",)),
        ('"integer"', '"number"', "calls", ("critic",)),
        ("[agents.critic]", "[agents.critic]\nllm.temperature = 0.0", "calls", ("critic",)),
        ("[agents.critic]", "[agents.critic]\nllm.timeout_seconds = 9", "course", ()),
        ("[agents.critic]", "[agents.critic]\nretry_policy = { max_retries = 9 }", "course", ()),
        ("max_iterations = 4", "max_iterations = 9", "course", ()),
        ('"strict"', '"kind"', "nothing", ()),
        ('collaborative_agents = ["reader"]', 'collaborative_agents = ["critic"]', "nothing", ()),
        ("[agents.critic]", "[agents.judge]\n[agents.critic]", "nothing", ()),
        ('["writer", "critic"]', '["critic", "writer"]', "shape", ()),
        ('exporter = "file"', 'exporter = "otlp"', "later", ()),
        ("[telemetry]", '[agent_flow]\nname = "other"\n[telemetry]', "later", ()),
    ],
)
def test_each_change_says_what_comes_of_it(
    before: str, after: str, effect: str, agents: tuple[str, ...]
) -> None:
    found = forecast(before, after)
    assert [(each.effect, each.agents) for each in found.changes] == [(effect, agents)]
    assert found.agents == agents
    assert found.refusal == ""


def test_another_shape_is_told_from_its_first_node_on() -> None:
    found = forecast('["writer", "critic"]', '["writer", "critic", "reader"]')
    assert found.shape_from.startswith("mixed/polish/")
    assert found.shape_from.endswith("/reader")
    assert any(found.shape_from in line for line in found.summary)


def test_nothing_changed_is_nothing_to_do() -> None:
    found = forecast("[agents.writer]", "# a remark\n[agents.writer]")
    assert found.is_empty
    assert found.summary == ("nothing that was recorded is invalidated",)


LOOP = '[orchestration]\nmode = "loop"\nloop_agent = "a"\nsequential_agents = ["a"]\n[agents.a]\n[agents.b]\n'


def test_a_run_keeps_its_mode() -> None:
    found = forecast('mode = "loop"', 'mode = "sequential"', old=LOOP)
    assert "from loop to sequential" in found.refusal
    assert "(R)" in found.way_out


def test_without_a_loop_to_come_there_is_no_moment_for_it() -> None:
    path = next(iter(swap_points(_plan(LOOP))))
    over = forecast('loop_agent = "a"', 'loop_agent = "b"', old=LOOP, ended=(path,))
    assert "the last loop of this run is over" in over.refusal
    chain = LOOP.replace('mode = "loop"', 'mode = "sequential"')
    never = forecast("[agents.a]", "[agents.a]\nllm.seed = 1", old=chain)
    assert "no loop to wait for" in never.refusal


def test_a_stage_that_loops_no_longer_is_refused() -> None:
    found = forecast(
        'mode = "loop"\nagents = ["writer", "critic"]\nconfig = { max_iterations = 4 }',
        'mode = "sequential"\nagents = ["writer", "critic"]',
    )
    assert "has no loop at" in found.refusal


def test_a_loop_inside_a_parallel_phase_is_no_place_for_it() -> None:
    text = """\
[orchestration]
mode = "mixed"
[[orchestration.mixed.stages]]
name = "both"
mode = "parallel"
[[orchestration.mixed.stages.branches]]
name = "one"
mode = "loop"
agents = ["a"]
[agents.a]
"""
    assert swap_points(_plan(text)) == ()


def _plan(text: str) -> Plan:
    return compile_plan(flow_of(text))
