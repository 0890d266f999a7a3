from __future__ import annotations

from pathlib import Path

import pytest

from agentflow_tui.config.flow_notes import FlowNotes
from agentflow_tui.engine import Event
from agentflow_tui.history.event import AgentCompleted, AgentStarted, IterationStarted
from agentflow_tui.history.store import RunStore
from agentflow_tui.resources import resource_folder
from agentflow_tui.workbench import Workbench
from agentflow_tui.workbench.run import Run

SAMPLES = sorted(resource_folder("sample_configs").glob("*.toml"))
PATTERNS = {"route", "collaborative", "sequential", "loop", "mixed"}
PRACTICAL = [path for path in SAMPLES if path.stem.partition("_")[0] not in PATTERNS]


async def run_scripted(path: Path, folder: Path, data: dict[str, object] | None = None) -> Run:
    """Run a sample unchanged but for the model, which answers every question with all keys."""
    bench = Workbench(env={"AGENTFLOW_LLM_PROVIDER": "scripted"}, store=RunStore(folder / "runs.sqlite3"))
    bench.open(path)
    script = (
        '\n[providers.scripted]\nanswers = [\'\'\'{"quality_score": 5, "content": "better", "product": "p",'
    )
    script += ' "opinion": "o", "problem": "q", "severity": 2, "is_complete": true, "research_scope": "r",'
    script += ' "facts": "f", "report": "t", "outline": "l", "draft": "d", "summary": "s", "answer": "a",'
    script += " \"issue_resolved\": false}''']\n"
    assert bench.check(bench.text + script).is_valid
    run = await bench.start(Event.make(data or bench.example_input()))
    await run.wait()
    await bench.aclose()
    return run


def test_there_is_one_for_each_pattern_and_three_practical_ones() -> None:
    assert {path.stem.partition("_")[0]: path for path in SAMPLES}.keys() >= PATTERNS
    assert {path.stem for path in PRACTICAL} == {
        "content_pipeline",
        "customer_support_desk",
        "research_and_analysis",
    }


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_has_no_problem_and_says_what_it_is_for(path: Path) -> None:
    bench = Workbench(env={})
    bench.open(path)
    assert bench.checked.problems == ()
    notes = FlowNotes.read(bench.text)
    assert bench.text.startswith("# When to choose it: ")
    assert 30 < len(notes.when_to_choose) < 110
    assert set(bench.input_keys()) <= set(notes.example_input)
    assert bench.flow is not None
    assert bench.flow.orchestration.mode == ("mixed" if path in PRACTICAL else path.stem.partition("_")[0])
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


def started(run: Run) -> list[str]:
    return [event.agent for event in run.history if isinstance(event, AgentStarted)]


def sample(name: str) -> Path:
    return next(path for path in SAMPLES if path.stem == name)


async def test_research_goes_from_one_planner_over_branches_to_a_loop(tmp_path: Path) -> None:
    run = await run_scripted(sample("research_and_analysis"), tmp_path)
    names = started(run)
    assert names[:3] == ["technology_planner", "fact_collector", "gap_finder"]
    assert set(names[3:6]) == {"data_analyst", "trend_analyst", "sceptic"}
    assert names[6:] == ["report_writer"] * 3
    assert (await run.wait()).meta["exit_reason"] == "max_iterations"
    other = await run_scripted(sample("research_and_analysis"), tmp_path, {"message": "Why do birds sing?"})
    assert started(other)[0] == "general_planner"


@pytest.mark.parametrize(
    ("kind", "writer"),
    [("Blog post", "blog_writer"), ("newsletter", "newsletter_writer"), ("speech", "plain_writer")],
)
async def test_the_content_pipeline_chooses_its_writer(tmp_path: Path, kind: str, writer: str) -> None:
    data: dict[str, object] = {"topic": "t", "audience": "a", "content_type": kind}
    run = await run_scripted(sample("content_pipeline"), tmp_path, data)
    assert [name for name in started(run) if name.endswith("_writer")] == [writer]


async def test_the_content_pipeline_says_what_it_lacks(tmp_path: Path) -> None:
    run = await run_scripted(sample("content_pipeline"), tmp_path, {"topic": "t"})
    assert "'preparation' prerequisites not met" in (await run.wait()).error


@pytest.mark.parametrize(
    ("message", "priority", "names"),
    [
        ("an ERROR", "high", ["triage", "technical_desk", *["solver", "checker"] * 3, "escalation"]),
        ("I was charged twice", "low", ["triage", "billing_desk", "farewell"]),
        ("Hello", "low", ["triage", "general_desk", "farewell"]),
    ],
)
async def test_the_customer_desk_works_only_on_what_is_urgent(
    tmp_path: Path, message: str, priority: str, names: list[str]
) -> None:
    data: dict[str, object] = {"message": message, "priority": priority}
    assert started(await run_scripted(sample("customer_support_desk"), tmp_path, data)) == names
