"""A replay renders what models would be asked now: only a changed prompt is a drift."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentflow_tui.agents.trust import Trust, content_hash
from agentflow_tui.engine import Event
from agentflow_tui.history import event as ev
from agentflow_tui.history.store import RunStore
from agentflow_tui.workbench import Workbench
from agentflow_tui.workbench.replay import Replay
from tests.unit.workbench.flows import LOOP, TEAM
from tests.unit.workbench.test_time_travel import INPUT, ran, seq_of


def told(replay: Replay) -> list[tuple[str, object, object]]:
    return [(change.key, change.old, change.new) for change in replay.changes]


async def test_a_changed_prompt_is_the_first_difference(bench: Workbench) -> None:
    run = await ran(bench)
    replay = await bench.replay(run.run_id, text=LOOP.replace("Text: {content}", "Words: {content}"))
    assert replay.divergence is not None
    assert replay.divergence.left is not None
    assert replay.divergence.left.seq == seq_of(run, ev.ModelCallStarted)
    assert "messages differ" in replay.text
    assert told(replay) == [("messages[1].content", "Text: draft", "Words: draft")]
    assert len(replay.history) == len(run.history)


@pytest.mark.parametrize("text", [LOOP, TEAM])
async def test_the_runs_own_text_renders_what_was_asked(bench: Workbench, text: str) -> None:
    run = await ran(bench, text, {**INPUT, "message": "tea"})
    for replay in (await bench.replay(run.run_id), await bench.replay(run.run_id, text=text)):
        assert replay.is_exact, replay.text
        assert replay.changes == ()


async def test_another_model_and_another_setting_are_differences_too(bench: Workbench) -> None:
    run = await ran(bench)
    other = LOOP.replace('model = "script"', 'model = "other"\ntemperature = 0.5')
    replay = await bench.replay(run.run_id, text=other)
    assert told(replay) == [("model", "script", "other"), ("parameters.temperature", None, 0.5)]


async def test_a_prompt_that_cannot_be_rendered_any_more_is_its_agents_failure(bench: Workbench) -> None:
    run = await ran(bench)
    replay = await bench.replay(run.run_id, text=LOOP.replace("{content}", "{contents}"))
    assert replay.divergence is not None
    assert isinstance(replay.divergence.left, ev.ModelCallStarted)
    assert isinstance(replay.divergence.right, ev.AgentFailed)
    assert "'contents'" in replay.divergence.right.error


async def test_what_the_environment_chose_then_is_no_drift_of_the_runs_own_text(tmp_path: Path) -> None:
    env = {"AGENTFLOW_LLM_MODEL": "of the day"}
    bench = Workbench(env=env, store=RunStore(tmp_path / "runs.sqlite3"))
    run = await ran(bench)
    await bench.aclose()
    later = Workbench(env={}, store=RunStore(tmp_path / "runs.sqlite3"))
    assert (await later.replay(run.run_id)).is_exact
    await later.aclose()


async def test_a_fork_with_another_prompt_is_exact_where_it_is_its_own(bench: Workbench) -> None:
    run = await ran(bench)
    at = seq_of(run, ev.IterationEnded)
    fork = await bench.fork(run.run_id, at, text=LOOP.replace("Text:", "Words:"), mode="record")
    await fork.wait()
    replay = await bench.replay(fork.run_id)
    assert replay.is_exact, replay.text
    drift = await bench.replay(fork.run_id, text=LOOP)
    assert drift.divergence is not None
    assert drift.divergence.left is not None
    assert drift.divergence.left.seq > at


async def test_a_secret_that_was_taken_out_is_no_drift(tmp_path: Path) -> None:
    env = {"THEIR_TOKEN": "sk-very-secret"}
    bench = Workbench(env=env, store=RunStore(tmp_path / "runs.sqlite3"))
    run = await ran(bench, LOOP.replace("Text: ", "Text sk-very-secret: "))
    assert "[secret]" in repr(run.history)
    assert (await bench.replay(run.run_id)).is_exact
    await bench.aclose()


async def test_callbacks_that_change_what_agents_get_are_told_of(bench: Workbench, tmp_path: Path) -> None:
    folder = tmp_path / "flow"
    folder.mkdir()
    (folder / "watching_prompts.py").write_text(
        "def longer(call):\n    call.state.data['content'] += '!'\n    return call.state\n"
    )
    hook = '[[hooks]]\nhook = "BeforeAgentRun"\nname = "longer"\nhandler = "watching_prompts:longer"\n'
    (folder / "flow.toml").write_text(LOOP + hook)
    Trust(tmp_path / "trust.json").grant(folder, content_hash(folder))
    bench.open(folder / "flow.toml")
    run = await bench.start(Event.make(INPUT))
    await run.wait()
    replay = await bench.replay(run.run_id)
    assert replay.is_exact, replay.text
    assert "callbacks" in replay.note


async def test_the_place_of_a_drift_counts_what_a_crash_cut_off(tmp_path: Path) -> None:
    first = Workbench(env={}, store=RunStore(tmp_path / "first.sqlite3"))
    run = await ran(first)
    await first.aclose()
    dead = RunStore(tmp_path / "dead.sqlite3")
    dead.append(run.run_id, run.history[: seq_of(run, ev.ModelCallStarted) + 1])
    await dead.aclose()
    bench = Workbench(env={}, store=RunStore(tmp_path / "dead.sqlite3"))
    bench.check(LOOP)
    resumed = await bench.resume(run.run_id)
    await resumed.wait()
    replay = await bench.replay(run.run_id, text=LOOP.replace("Text:", "Words:"))
    assert replay.divergence is not None
    left = replay.divergence.left
    assert left is not None
    assert resumed.history[left.seq] == left
    assert left.seq == seq_of(resumed, ev.ModelCallStarted, 1)
    await bench.aclose()
