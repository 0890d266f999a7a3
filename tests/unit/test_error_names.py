"""A failing agent is named once in whatever a person reads about it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agentflow_tui import FlowRunner
from agentflow_tui.cli.event_line import event_line
from agentflow_tui.cli.plain_lines import PlainLines
from agentflow_tui.history.event import AgentFailed
from agentflow_tui.history.fold import fold
from agentflow_tui.tui.panes.timeline.entry import entry_of
from agentflow_tui.tui.run_headline import outcome

NAME = "judge"
CODE = """
import asyncio
async def fail(event, state):
    raise ValueError("odd")
async def odd(event, state):
    return 3
async def slow(event, state):
    await asyncio.sleep(60)
"""
AGENTS = {
    "answer that is no JSON": 'output = { fair = "boolean" }',
    "prompt without its key": 'prompt = "{gone}"',
    "error of a function": 'handler = "steps:fail"',
    "odd value of a function": 'handler = "steps:odd"',
    "too slow": 'handler = "steps:slow"\ntimeout_seconds = 0.01',
}
MODES = {
    "sequential": f'mode = "sequential"\nsequential_agents = ["{NAME}"]',
    "collaborative": f'mode = "collaborative"\ncollaborative_agents = ["{NAME}", "other"]',
    "loop": f'mode = "loop"\nloop_agent = "{NAME}"',
    "route": f'mode = "route"\nrouting.default_agent = "{NAME}"',
    "stage": f"""mode = "mixed"
[[orchestration.mixed.stages]]
name = "s"
mode = "route"
agents = ["{NAME}"]""",
}


@pytest.mark.parametrize("agent", AGENTS)
@pytest.mark.parametrize("mode", MODES)
async def test_who_failed_is_said_once(tmp_path: Path, mode: str, agent: str) -> None:
    (tmp_path / "steps.py").write_text(CODE)
    text = f"[orchestration]\n{MODES[mode]}\n[agents.{NAME}]\n{AGENTS[agent]}\n[agents.other]\n"
    text += '[providers.scripted]\nanswers = ["no"]\n'
    env = {"AGENTFLOW_LLM_PROVIDER": "scripted"}
    result = await FlowRunner.from_text(text, folder=tmp_path, trust=True, env=env).run({"message": "go"})
    assert [event.agent for event in result.history if isinstance(event, AgentFailed)] == [NAME]
    told = [result.error, str(outcome(fold(result.history)))]
    for event in result.history:
        entry, plain = entry_of(event), PlainLines()
        told += [event_line(event) or "", f"{entry.where} {entry.detail}", *plain.of(event)]
    failing = [line for line in told if "failed" in line or "left out" in line]
    assert failing
    # Keys, as the one that the way out says to set, are no names.
    assert [line for line in told if len(re.findall(rf"(?<![.]){NAME}\b", line)) > 1] == []
