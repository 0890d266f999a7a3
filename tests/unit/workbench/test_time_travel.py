"""Replay, re-run, fork and resume of stored runs, on real SQLite files."""

from __future__ import annotations

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentflow_tui.engine import Event
from agentflow_tui.history import event as ev
from agentflow_tui.history import fold
from agentflow_tui.history.compare import compare, first_divergence
from agentflow_tui.history.fan_event import FanEnded
from agentflow_tui.history.resume import UNKNOWN_OUTCOME
from agentflow_tui.history.store import RunStore
from agentflow_tui.workbench import Workbench
from agentflow_tui.workbench.departure import REMOVED
from agentflow_tui.workbench.not_ready import NotReadyError
from agentflow_tui.workbench.run import Run
from tests.fake_clock import FakeClock
from tests.unit.workbench.flows import LOOP, TEAM

INPUT = {"content": "draft", "threshold": 9}


async def ran(bench: Workbench, text: str = LOOP, data: dict[str, Any] | None = None) -> Run:
    assert not bench.check(text).errors
    run = await bench.start(Event.make(data or INPUT))
    await run.wait()
    return run


def seq_of(run: Run, kind: type[ev.HistoryEvent], number: int = 0) -> int:
    return [event.seq for event in run.history if isinstance(event, kind)][number]


async def test_a_replay_is_exact_and_asks_nobody(bench: Workbench) -> None:
    run = await ran(bench)
    bench.check("")
    replay = await bench.replay(run.run_id[:8])
    assert replay.is_exact, replay.text
    assert len(replay.history) == len([e for e in run.history if not isinstance(e, ev.RunPaused)])


async def test_a_replay_on_another_flow_names_the_first_difference(bench: Workbench) -> None:
    run = await ran(bench)
    replay = await bench.replay(run.run_id, text=LOOP.replace("max_iterations = 3", "max_iterations = 2"))
    assert replay.divergence is not None
    assert "iteration_started" in replay.text


async def test_a_rerun_takes_what_did_not_change_from_recordings(bench: Workbench) -> None:
    run = await ran(bench)
    again = await bench.rerun(run.run_id, seq_of(run, ev.AgentStarted, 1))
    result = await again.wait()
    assert (result.status, result.calls, result.calls_from_recordings) == ("completed", 3, 2)
    state = fold(again.history)
    assert (state.answered_calls, state.calls_from_recordings) == (3, 2)
    assert first_divergence(run.history, again.history) is None
    summary = await bench.archive.find(again.run_id)
    assert (summary.origin, summary.parent_run) == ("fork", run.run_id)


async def test_asked_to_a_rerun_asks_the_model_again(bench: Workbench) -> None:
    run = await ran(bench)
    again = await bench.rerun(run.run_id, 0, mode="record")
    assert (await again.wait()).calls_from_recordings == 0


async def test_a_run_may_be_answered_from_recordings_alone(bench: Workbench) -> None:
    run = await ran(bench)
    again = await bench.rerun(run.run_id, 0, mode="replay")
    assert (await again.wait()).calls_from_recordings == 3
    other = await bench.fork(
        run.run_id, -1, mode="replay", event=Event.make({"content": "drafts", "threshold": 9})
    )
    result = await other.wait()
    assert result.status == "failed"
    assert "no recording of this call" in result.error
    assert "'drafts' instead of 'draft'" in result.error


async def test_a_fork_changes_the_state_and_never_the_original(bench: Workbench) -> None:
    run = await ran(bench)
    before = list(run.history)
    at = seq_of(run, ev.AgentCompleted, 0)
    fork = await bench.fork(
        run.run_id, at, name="good enough", edits={"score": 10, "content": REMOVED}, meta_edits={"why": "x"}
    )
    result = await fork.wait()
    assert result.data["score"] == 10
    assert "content" not in result.data
    assert result.meta["why"] == "x"
    assert (result.status, result.calls) == ("completed", 1)
    await bench.aclose()
    store = RunStore(bench._store.path)
    assert await store.load(run.run_id) == before
    assert await store.load(fork.run_id) == fork.history
    assert [event.seq for event in fork.history] == list(range(len(fork.history)))
    names = {summary.run_id: summary.name for summary in await store.runs()}
    await store.aclose()
    assert names[fork.run_id] == "good enough"
    assert compare(run.history, fork.history).divergence is not None


async def test_a_fork_with_another_prompt_asks_only_for_what_changed(bench: Workbench) -> None:
    run = await ran(bench, TEAM, {"message": "tea"})
    fork = await bench.fork(run.run_id, -1, text=TEAM.replace("right of", "far right of"))
    result = await fork.wait()
    assert (result.calls, result.calls_from_recordings) == (2, 1)


async def test_a_fork_whose_past_does_not_hold_is_refused_and_leaves_nothing(bench: Workbench) -> None:
    run = await ran(bench)
    at = seq_of(run, ev.AgentStarted, 2)
    with pytest.raises(NotReadyError, match="goes another way"):
        await bench.fork(run.run_id, at, text=LOOP.replace('mode = "loop"', 'mode = "route"'))
    assert [each.run_id for each in await bench.archive.runs()] == [run.run_id]


@pytest.mark.parametrize("edits", [{"a": object()}, {1: 2}])
async def test_an_edit_that_is_no_json_is_refused(bench: Workbench, edits: Any) -> None:
    run = await ran(bench)
    with pytest.raises(NotReadyError, match="edit"):
        await bench.fork(run.run_id, 3, edits=edits)
    with pytest.raises(NotReadyError, match="no event 999"):
        await bench.fork(run.run_id, 999)


async def test_the_state_of_a_parallel_phase_cannot_be_edited_in_its_middle(bench: Workbench) -> None:
    run = await ran(bench, TEAM, {"message": "tea"})
    with pytest.raises(NotReadyError, match="inside the parallel phase"):
        await bench.fork(run.run_id, seq_of(run, ev.AgentStarted), edits={"k": 1})
    fork = await bench.fork(run.run_id, seq_of(run, FanEnded), edits={"k": 1})
    assert (await fork.wait()).data["k"] == 1


async def test_a_run_whose_process_died_is_resumed_and_says_what_is_unknown(tmp_path: Path) -> None:
    first = Workbench(env={}, store=RunStore(tmp_path / "first.sqlite3"))
    run = await ran(first)
    await first.aclose()
    at = seq_of(run, ev.ModelCallStarted, 1)
    dead = RunStore(tmp_path / "dead.sqlite3")
    dead.append(run.run_id, run.history[: at + 1])
    await dead.flush()
    dead._queue.release()

    bench = Workbench(env={}, store=RunStore(tmp_path / "dead.sqlite3"))
    bench.check(LOOP)
    assert [each.run_id for each in await bench.archive.interrupted()] == [run.run_id]
    resumed = await bench.resume(run.run_id)
    result = await resumed.wait()
    assert (resumed.run_id, result.status) == (run.run_id, "completed")
    assert result.data["content"] in {"two", "three"}
    kinds = [event for event in resumed.history if isinstance(event, ev.ModelCallFailed)]
    assert [event.error for event in kinds] == [UNKNOWN_OUTCOME]
    assert any("nobody knows" in event.message for event in resumed.history if isinstance(event, ev.Warned))
    await bench.aclose()
    again = Workbench(env={}, store=RunStore(tmp_path / "dead.sqlite3"))
    again.check(LOOP)
    assert (await again.archive.load(run.run_id)).history == resumed.history
    assert await again.archive.interrupted() == []
    with pytest.raises(NotReadyError, match="nothing to resume"):
        await again.resume(run.run_id)
    replay = await again.replay(run.run_id)
    assert replay.is_exact, replay.text
    await again.aclose()
    await dead.aclose()


async def test_two_cannot_drive_one_run(tmp_path: Path) -> None:
    one = Workbench(env={}, store=RunStore(tmp_path / "runs.sqlite3"))
    one.check(LOOP)
    run = await one.start(Event.make(INPUT), paused=True)
    begun = asyncio.Event()
    run.on_event = begun.set
    await begun.wait()
    await one._store.flush()
    other = Workbench(env={}, store=RunStore(tmp_path / "runs.sqlite3"))
    other.check(LOOP)
    assert await other.archive.interrupted() == []
    with pytest.raises(NotReadyError, match="is driven by process"):
        await other.resume(run.run_id)
    fork = await other.fork(run.run_id, 1)
    assert (await fork.wait()).status == "completed"
    await other.aclose()
    await one.aclose()


async def test_part_of_an_id_is_enough_while_it_is_the_only_one(bench: Workbench) -> None:
    run = await ran(bench)
    assert (await bench.archive.find(run.run_id[:6])).run_id == run.run_id
    for name in ("", "nothing"):
        with pytest.raises(NotReadyError, match="there is no stored run"):
            await bench.archive.find(name)


async def test_a_run_travels_as_a_file(bench: Workbench, tmp_path: Path) -> None:
    run = await ran(bench)
    path = tmp_path / "run.jsonl"
    assert await bench.archive.export(run.run_id, path) == len(run.history)
    taken = await bench.archive.take_in(path, "theirs")
    assert taken.run_id != run.run_id
    assert (await bench.replay(taken.run_id)).is_exact
    assert (await bench.replay(await bench.archive.read_file(path))).is_exact
    path.write_text("no run")
    with pytest.raises(NotReadyError, match="no run file"):
        await bench.archive.take_in(path)


async def test_a_fork_that_travels_as_a_file_still_knows_what_another_text_asked(
    bench: Workbench, tmp_path: Path
) -> None:
    run = await ran(bench)
    fork = await bench.fork(
        run.run_id, seq_of(run, ev.IterationEnded, 1), text=LOOP.replace("Text:", "Words:")
    )
    await fork.wait()
    path = tmp_path / "fork.jsonl"
    await bench.archive.export(fork.run_id, path)
    taken = await bench.archive.take_in(path)
    assert taken.inherited == (await bench.archive.load(taken.run_id)).inherited > 0
    assert (await bench.replay(taken.run_id)).is_exact
    for told, meant in ((-7, 0), (10**400, len(fork.history))):
        header, *events = path.read_text().splitlines()
        path.write_text("\n".join([json.dumps(json.loads(header) | {"inherited": told}), *events]))
        assert (await bench.archive.take_in(path)).inherited == meant


@settings(max_examples=12, deadline=None)
@given(st.sampled_from((LOOP, TEAM)), st.data())
def test_a_fork_without_edits_from_recordings_is_the_original(text: str, data: Any) -> None:
    async def check() -> None:
        with tempfile.TemporaryDirectory() as folder:
            bench = Workbench(env={}, store=RunStore(Path(folder) / "runs.sqlite3"))
            run = await ran(bench, text, {**INPUT, "message": "tea"})
            at = data.draw(st.integers(-1, len(run.history) - 1))
            fork = await bench.fork(run.run_id, at, mode="replay")
            await fork.wait()
            await bench.aclose()
            in_flight = fold(run.history[: at + 1])
            is_between = not any(each.status == "running" for each in in_flight.agent_runs)
            if is_between:
                assert first_divergence(run.history, fork.history) is None
            assert fold(fork.history).state == fold(run.history).state

    asyncio.run(check())


@settings(max_examples=12, deadline=None)
@given(st.integers(1, 3))
def test_scrubbing_to_an_event_shows_the_run_that_was_stopped_there(steps: int) -> None:
    async def check() -> None:
        with tempfile.TemporaryDirectory() as folder:
            bench = Workbench(env={}, store=RunStore(Path(folder) / "runs.sqlite3"), clock=FakeClock())
            whole = await ran(bench)
            bench.check(LOOP)
            run = await bench.start(Event.make(INPUT), paused=True)
            news = asyncio.Event()
            run.on_event = news.set
            for number in range(1, steps + 1):
                run.control.step()
                while sum(isinstance(event, ev.AgentCompleted) for event in run.history) < number:
                    news.clear()
                    await news.wait()
            stopped = fold(run.history)
            at = seq_of(whole, ev.AgentCompleted, steps - 1)
            scrubbed = fold(whole.history[: at + 1])
            assert dict(scrubbed.state.data) == dict(stopped.state.data)
            assert [each.status for each in scrubbed.agent_runs] == [
                each.status for each in stopped.agent_runs
            ]
            await bench.aclose()

    asyncio.run(check())
