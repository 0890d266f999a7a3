from __future__ import annotations

from pathlib import Path

import pytest

from agentflow_tui.engine import Event
from agentflow_tui.flow_notes import FlowNotes
from agentflow_tui.history.event import AgentCompleted, AgentStarted, IterationStarted
from agentflow_tui.history.store import RunStore
from agentflow_tui.resources import resource_folder
from agentflow_tui.run import Run
from agentflow_tui.workbench import Workbench

SAMPLES = sorted(resource_folder("sample_configs").glob("*.toml"))


async def run_scripted(path: Path, folder: Path, data: dict[str, object] | None = None) -> Run:
    """Run a sample unchanged but for the model, which answers every question with all keys."""
    bench = Workbench(env={"AGENTFLOW_LLM_PROVIDER": "scripted"}, store=RunStore(folder / "runs.sqlite3"))
    bench.open(path)
    script = (
        '\n[providers.scripted]\nanswers = [\'\'\'{"quality_score": 5, "content": "better", "product": "p",'
    )
    script += ' "opinion": "o", "problem": "q", "severity": 2, "is_complete": true}\'\'\']\n'
    assert bench.check(bench.text + script).is_valid
    run = await bench.start(Event.make(data or bench.example_input()))
    await run.wait()
    await bench.aclose()
    return run


def test_there_is_one_for_each_pattern() -> None:
    assert [path.stem.partition("_")[0] for path in SAMPLES] == [
        "collaborative",
        "loop",
        "mixed",
        "route",
        "sequential",
    ]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_has_no_problem_and_says_what_it_is_for(path: Path) -> None:
    bench = Workbench(env={})
    bench.open(path)
    assert bench.checked.problems == ()
    notes = FlowNotes.read(bench.text)
    assert bench.text.startswith("# When to choose it: ")
    assert 30 < len(notes.when_to_choose) < 110
    assert set(bench.input_keys()) <= set(notes.example_input)
    assert path.stem.startswith(bench.flow.orchestration.mode if bench.flow else "?")
    assert max(map(len, bench.text.splitlines())) <= 120


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
async def test_a_sample_runs_to_its_end_with_its_own_example(path: Path, tmp_path: Path) -> None:
    run = await run_scripted(path, tmp_path)
    result = await run.wait()
    assert result.status == "completed", result.error


async def test_the_loop_iterates_at_least_three_times_whatever_the_score(tmp_path: Path) -> None:
    path = next(path for path in SAMPLES if path.stem.startswith("loop"))
    run = await run_scripted(path, tmp_path)
    assert sum(isinstance(event, IterationStarted) for event in run.history) == 5
    bench = Workbench(env={})
    bench.open(path)
    assert bench.flow is not None
    condition = bench.flow.orchestration.loop.condition
    assert condition is not None
    assert "iteration >= 3" in condition.text


@pytest.mark.parametrize(
    ("message", "agent"),
    [
        ("I want a REFUND", "billing_desk"),
        ("You charged me twice", "billing_desk"),
        ("It shows an error", "technical_desk"),
        ("Where is my parcel?", "general_desk"),
    ],
)
async def test_the_support_desk_sends_each_to_its_desk(tmp_path: Path, message: str, agent: str) -> None:
    path = next(path for path in SAMPLES if path.stem.startswith("route"))
    run = await run_scripted(path, tmp_path, {"message": message})
    assert [event.agent for event in run.history if isinstance(event, AgentStarted)] == [agent]


async def test_the_pipeline_hands_values_on(tmp_path: Path) -> None:
    path = next(path for path in SAMPLES if path.stem.startswith("sequential"))
    run = await run_scripted(path, tmp_path)
    set_keys = [set(event.delta.set) for event in run.history if isinstance(event, AgentCompleted)]
    assert [{"product", "opinion", "problem"} <= set_keys[0], "severity" in set_keys[1]] == [True, True]
