from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from agentflow_tui.engine import Event
from agentflow_tui.history.event import (
    AgentCompleted,
    AgentStarted,
    HistoryEvent,
    IterationStarted,
    ModelCallStarted,
    RunEnded,
    RunPaused,
    RunStarted,
    Warned,
)
from agentflow_tui.history.store import RunStore
from agentflow_tui.workbench import Workbench
from agentflow_tui.workbench.not_ready import NotReadyError
from agentflow_tui.workbench.run import Run
from tests.unit.workbench.flows import LOOP

HANDLER = """
[orchestration]
mode = "sequential"
sequential_agents = ["counter"]
[agents.counter]
handler = "counting_steps:count"
"""


def opened(bench: Workbench, tmp_path: Path, text: str) -> Workbench:
    path = tmp_path / "flow.toml"
    path.write_text(text)
    bench.open(path)
    assert bench.checked.is_valid, bench.checked.problems
    return bench


async def over(run: Run) -> list[str]:
    await run.wait()
    assert run.is_over
    assert [event.seq for event in run.history] == list(range(len(run.history)))
    return [event.kind for event in run.history]


def count(run: Run, kind: type[HistoryEvent]) -> int:
    return sum(isinstance(event, kind) for event in run.history)


async def until(run: Run, holds: Callable[[], bool]) -> None:
    """Wait for history events until something holds."""
    news = asyncio.Event()
    run.on_event = news.set
    while not holds():
        news.clear()
        await news.wait()


async def test_a_loop_runs_on_real_events_and_is_stored(bench: Workbench, tmp_path: Path) -> None:
    opened(bench, tmp_path, LOOP)
    run = await bench.start(Event.make({"content": "draft", "threshold": 2}))
    calls: list[int] = []
    run.on_event = lambda: calls.append(len(run.history))
    result = await run.wait()
    assert (result.status, result.data["content"], result.meta["exit_reason"]) == (
        "completed",
        "two",
        "condition_met",
    )
    assert run.model_label == "scripted (no model)"
    assert calls == list(range(calls[0], len(run.history) + 1))
    prompts = [event.messages[1]["content"] for event in run.history if isinstance(event, ModelCallStarted)]
    assert prompts == ["Text: draft", "Text: one"]
    await bench.aclose()
    store = RunStore(tmp_path / "runs.sqlite3")
    assert await store.load(run.run_id) == run.history
    await store.aclose()


async def test_a_paused_start_waits_and_steps_one_iteration_each(bench: Workbench, tmp_path: Path) -> None:
    opened(bench, tmp_path, LOOP)
    run = await bench.start(Event.make({"content": "draft", "threshold": 9}), paused=True)

    for number in range(3):
        await until(run, lambda: count(run, RunPaused) > number)  # noqa: B023 - awaited at once
        assert count(run, AgentCompleted) == number
        run.control.step()
    await over(run)
    assert sum(isinstance(event, IterationStarted) for event in run.history) == 3


async def test_the_text_in_the_editor_runs_without_being_saved(bench: Workbench, tmp_path: Path) -> None:
    opened(bench, tmp_path, LOOP)
    bench.check(LOOP.replace('"polish"', '"edited"'))
    run = await bench.start(Event.make({"content": "x", "threshold": 0}))
    await over(run)
    assert isinstance(run.history[0], RunStarted)
    assert run.history[0].flow == "edited"
    assert (tmp_path / "flow.toml").read_text() == LOOP


async def test_errors_refuse_to_start_and_keep_the_last_valid_flow(bench: Workbench, tmp_path: Path) -> None:
    opened(bench, tmp_path, LOOP)
    plan = bench.plan
    bench.check(LOOP.replace('loop_agent = "writer"', 'loop_agent = "wroter"'))
    assert bench.plan is plan
    with pytest.raises(NotReadyError, match="line 11") as caught:
        await bench.start(Event.make({}))
    assert caught.value.problems
    assert any("writer" in hint for hint in caught.value.hints)


async def test_nothing_open_is_not_ready(bench: Workbench) -> None:
    with pytest.raises(NotReadyError):
        await bench.start(Event.make({}))


@pytest.mark.parametrize("kind", ["missing", "folder", "large", "binary", "empty"])
def test_any_file_opens_as_problems(bench: Workbench, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "flow.toml"
    match kind:
        case "folder":
            path.mkdir()
        case "large":
            path.write_bytes(b"#" * 5_000_000)
        case "binary":
            path.write_bytes(bytes(range(256)))
        case "empty":
            path.write_text("")
    bench.open(path)
    assert not bench.checked.is_valid
    [problem] = bench.checked.errors
    assert problem.hint
    assert bench.check("").problems == (problem,)


def test_input_keys_are_what_nothing_sets_first(bench: Workbench, tmp_path: Path) -> None:
    assert opened(bench, tmp_path, LOOP).input_keys() == ("content", "threshold")
    assert bench.example_input() == {"content": "draft"}


def test_keys_that_an_earlier_agent_sets_are_not_asked_for(bench: Workbench, tmp_path: Path) -> None:
    text = """
[orchestration]
mode = "mixed"
collaborative_agents = ["a", "b"]
sequential_agents = ["c", "d"]
[agents.a]
prompt = "{topic} {message}"
[agents.b]
[agents.c]
prompt = "{a_response} {b_response} {response} {late}"
output = { summary = "string" }
[agents.d]
prompt = "{summary} {d_response}"
"""
    assert opened(bench, tmp_path, text).input_keys() == ("message", "topic", "late", "d_response")


async def test_a_handler_runs_only_after_consent(bench: Workbench, tmp_path: Path) -> None:
    mark = tmp_path / "imported"
    source = f"open({str(mark)!r}, 'w').close()\nasync def count(event, state):\n    return {{'n': 1}}\n"
    (tmp_path / "counting_steps.py").write_text(source)
    opened(bench, tmp_path, HANDLER)
    with pytest.raises(NotReadyError, match="Python code") as caught:
        await bench.start(Event.make({}))
    assert f"agentflow-tui trust {tmp_path / 'flow.toml'}" in caught.value.hints
    assert not mark.exists()
    assert bench.grant_trust() == (tmp_path / "counting_steps.py",)
    assert not mark.exists()
    run = await bench.start(Event.make({}))
    assert (await run.wait()).data["n"] == 1
    assert run.model_label == "no model"
    (tmp_path / "counting_steps.py").write_text(source.replace("1", "2"))
    with pytest.raises(NotReadyError, match="Python code"):
        await bench.start(Event.make({}))


async def test_no_model_says_what_to_do(tmp_path: Path) -> None:
    bench = Workbench(env={"OLLAMA_HOST": "127.0.0.1:9"}, store=RunStore(tmp_path / "runs.sqlite3"))
    opened(
        bench,
        tmp_path,
        '[orchestration]\nmode="route"\n[orchestration.routing]\ndefault_agent="a"\n[agents.a]\n',
    )
    with pytest.raises(NotReadyError) as caught:
        await bench.start(Event.make({"message": "hi"}))
    assert any("agentflow-tui model get" in hint for hint in caught.value.hints)
    await bench.aclose()


async def test_an_override_chooses_the_mode(bench: Workbench, tmp_path: Path) -> None:
    text = LOOP.replace("[orchestration.loop]", 'sequential_agents = ["writer"]\n[orchestration.loop]')
    opened(bench, tmp_path, text)
    event = Event.make({"content": "x"}, metadata={"orchestration_override": "sequential"})
    run = await bench.start(event)
    await over(run)
    started = run.history[0]
    assert isinstance(started, RunStarted)
    assert (started.mode, started.chosen_by) == ("sequential", "override")
    assert run.plan.mode == "sequential"


async def test_a_store_that_fails_is_a_warning_and_the_run_goes_on(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    bench = Workbench(env={}, store=RunStore(blocked / "runs.sqlite3"))
    opened(bench, tmp_path, LOOP)
    run = await bench.start(Event.make({"content": "x", "threshold": 9}), paused=True)
    await until(run, lambda: count(run, Warned) > 0)
    run.control.resume()
    assert (await run.wait()).status == "completed"
    assert isinstance(run.history[-1], RunEnded)
    await bench.aclose()


async def test_closing_cancels_what_runs(bench: Workbench, tmp_path: Path) -> None:
    opened(bench, tmp_path, LOOP)
    run = await bench.start(Event.make({"content": "x", "threshold": 9}), paused=True)
    await bench.aclose()
    assert run.is_over
    ended = run.history[-1]
    assert isinstance(ended, RunEnded)
    assert ended.status == "cancelled"
    assert not any(isinstance(event, AgentStarted) for event in run.history)


async def test_secrets_never_enter_the_history(tmp_path: Path) -> None:
    env = {"OPENAI_API_KEY": "sk-very-secret-key"}
    bench = Workbench(env=env, store=RunStore(tmp_path / "runs.sqlite3"))
    opened(bench, tmp_path, LOOP)
    run = await bench.start(Event.make({"content": "my key is sk-very-secret-key", "threshold": 0}))
    await over(run)
    assert "sk-very-secret-key" not in repr(run.history)
    await bench.aclose()
    assert b"sk-very-secret-key" not in (tmp_path / "runs.sqlite3").read_bytes()
