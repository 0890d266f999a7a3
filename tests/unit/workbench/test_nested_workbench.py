"""Flows inside flows, and what agents' policies remember, seen from the workbench."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from agentflow_tui.agents.trust import content_hash
from agentflow_tui.engine import Event
from agentflow_tui.history.event import ModelCallStarted
from agentflow_tui.workbench import Workbench
from agentflow_tui.workbench.not_ready import NotReadyError

OUTER = """
[llm]
provider = "scripted"
[orchestration]
mode = "sequential"
sequential_agents = ["ask", "whole"]
[agents.ask]
prompt = "{topic}"
[agents.whole]
flow = "parts/inner.toml"
[providers.scripted]
answers = ["from outside"]
"""
INNER = """
[llm]
provider = "scripted"
model = "inner-script"
[orchestration]
mode = "sequential"
sequential_agents = ["ask", "step"]
[agents.ask]
prompt = "{ask_response} and {more}"
[agents.step]
handler = "nested_steps:run"
[providers.scripted]
answers = ["from inside"]
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project"
    (folder / "parts").mkdir(parents=True)
    (folder / "flow.toml").write_text(OUTER)
    # What a run imports is looked for in its folder from then on; not so in the next test.
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delitem(sys.modules, "nested_steps", raising=False)
    monkeypatch.delitem(sys.modules, "guarded_steps", raising=False)
    (folder / "parts" / "inner.toml").write_text(INNER)
    (folder / "nested_steps.py").write_text("async def run(event, state):\n    return {'stepped': True}\n")
    return folder


async def test_agents_of_a_nested_file_use_that_files_prompts_models_and_handlers(
    bench: Workbench, project: Path
) -> None:
    bench.open(project / "flow.toml")
    assert bench.input_keys() == ("topic", "more")
    with pytest.raises(NotReadyError, match="nested_steps.py"):
        await bench.start(Event.make({"topic": "t", "more": "m"}))
    assert [file.name for file in bench.grant_trust()] == ["nested_steps.py"]
    run = await bench.start(Event.make({"topic": "t", "more": "m"}))
    result = await run.wait()
    assert (result.status, result.data["stepped"]) == ("completed", True)
    assert result.data["ask_response"] == "from inside"
    calls = [event for event in run.history if isinstance(event, ModelCallStarted)]
    assert [(call.agent, call.model) for call in calls] == [("ask", "script"), ("ask", "inner-script")]
    assert calls[1].messages[-1]["content"] == "from outside and m"
    assert "sequential/whole/sequential/ask" in run.plan.nodes


async def test_a_nested_file_that_went_away_or_broke_since_the_check_stops_the_start(
    bench: Workbench, project: Path
) -> None:
    bench.open(project / "flow.toml")
    inner = project / "parts" / "inner.toml"
    inner.write_text("[agents\n")
    with pytest.raises(NotReadyError, match="parts/inner.toml"):
        await bench.start(Event.make())
    inner.unlink()
    with pytest.raises(NotReadyError, match="does not exist"):
        await bench.start(Event.make())
    inner.write_text(INNER)
    (project / "nested_steps.py").write_text("async def run(event, state):\n    return {'stepped': 2}\n")
    bench._trust.grant(project, content_hash(project))
    run = await bench.start(Event.make({"topic": "t", "more": "m"}))
    assert (await run.wait()).data["stepped"] == 2


GUARDED = """
[orchestration]
mode = "sequential"
sequential_agents = ["step"]
[agents.step]
handler = "guarded_steps:run"
[agents.step.circuit_breaker]
failure_threshold = 1
"""


async def test_an_open_breaker_stays_open_for_the_next_run_of_the_same_file(
    bench: Workbench, project: Path
) -> None:
    (project / "flow.toml").write_text(GUARDED)
    (project / "guarded_steps.py").write_text("async def run(event, state):\n    raise OSError('down')\n")
    bench.open(project / "flow.toml")
    bench.grant_trust()
    errors = [(await (await bench.start(Event.make())).wait()).error for _ in range(2)]
    assert errors[0] == "agent 'step' failed: OSError: down (guarded_steps.py:2)"
    assert errors[1] == "agent 'step' failed: circuit breaker for 'step' is open (30 s left)"
    bench.open(project / "flow.toml")
    assert (await (await bench.start(Event.make())).wait()).error == errors[0]


async def test_an_inner_flow_without_a_model_is_named_with_its_agent_and_line(
    bench: Workbench, project: Path
) -> None:
    inner = project / "parts" / "inner.toml"
    inner.write_text(INNER.replace('[llm]\nprovider = "scripted"\nmodel = "inner-script"\n', ""))
    line = inner.read_text().splitlines().index("[agents.ask]") + 1
    bench.open(project / "flow.toml")
    with pytest.raises(NotReadyError) as caught:
        await bench.start(Event.make({"topic": "tea"}))
    assert caught.value.message.startswith(f"agent 'ask' of parts/inner.toml, line {line}: no model to run:")
    assert f"see parts/inner.toml, line {line}" in caught.value.hints[-1]
    assert any("[llm] model =" in hint for hint in caught.value.hints)
