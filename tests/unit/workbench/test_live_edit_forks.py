"""Forks and crashes of a run that went on with an edited text."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentflow_tui.history import event as ev
from agentflow_tui.history import fold
from agentflow_tui.history.resume import EDIT_PATH
from agentflow_tui.history.store import RunStore
from agentflow_tui.workbench import Workbench
from agentflow_tui.workbench.not_ready import NotReadyError
from agentflow_tui.workbench.run import Run
from tests.unit.workbench.test_live_edit import LOOP, WARMER, prompts, swapped, swaps


async def forked(bench: Workbench, run: Run, at: int, text: str) -> Run:
    new = await bench.fork(run.run_id, at, text=text)
    await new.wait()
    return new


async def test_a_fork_behind_it_goes_on_with_the_swapped_text(bench: Workbench) -> None:
    run = await swapped(bench)
    at = swaps(run)[0].seq + 1
    fork = await forked(bench, run, at, WARMER)
    assert prompts(fork.history) == prompts(run.history)
    assert len(swaps(fork)) == 1
    stored = await bench.archive.load(fork.run_id)
    assert (stored.flow_text, stored.text_at(at)) == (LOOP, WARMER)
    assert fold(fork.history).state.data == fold(run.history).state.data
    assert (await bench.replay(fork.run_id)).is_exact


async def test_a_fork_before_it_knows_nothing_of_it(bench: Workbench) -> None:
    run = await swapped(bench)
    fork = await forked(bench, run, swaps(run)[0].seq - 1, LOOP)
    assert swaps(fork) == []
    assert prompts(fork.history) == ["Improve"] * 3


async def test_a_fork_behind_it_with_a_third_text_says_so_and_replays(bench: Workbench) -> None:
    run = await swapped(bench)
    third = WARMER.replace("Polish this", "Shine")
    at = next(e.seq for e in run.history if e.seq > swaps(run)[0].seq and isinstance(e, ev.IterationEnded))
    fork = await forked(bench, run, at, third)
    assert prompts(fork.history) == ["Improve", "Improve", "Polish this", "Shine"]
    first, second = swaps(fork)
    assert (first.text, second.text, second.path) == (WARMER, third, EDIT_PATH)
    assert second.changes == ("agent writer: prompt 3 → 2 words (+1 −2)",)
    stored = await bench.archive.load(fork.run_id)
    assert stored.text_at(at + 1) == third
    assert fold(fork.history).swapped_text == third
    again = await forked(bench, fork, len(fork.history) - 3, third)
    assert len(swaps(again)) == 2
    assert prompts(again.history) == prompts(fork.history)
    for each in (fork, again):
        replay = await bench.replay(each.run_id)
        assert replay.is_exact, replay.text


async def test_a_crash_behind_it_is_resumed_with_the_swapped_text(bench: Workbench, tmp_path: Path) -> None:
    run = await swapped(bench)
    cut = next(e.seq for e in run.history if e.seq > swaps(run)[0].seq + 4)
    other = Workbench(env={}, store=RunStore(tmp_path / "other" / "runs.sqlite3"))
    try:
        run_id = await other._store.add(run.history[: cut + 1], flow_text=LOOP)
        other.check(LOOP)
        resumed = await other.resume(run_id)
        await resumed.wait()
        assert prompts(resumed.history)[-1] == "Polish this"
        assert len(swaps(resumed)) == 1
        stored = await other.archive.load(run_id)
        assert stored.flow_text == LOOP
        assert (await other.replay(run_id)).is_exact
    finally:
        await other.aclose()


async def test_a_text_that_was_not_kept_is_told_when_it_is_needed(bench: Workbench) -> None:
    run = await swapped(bench)
    other = await bench._store.add(run.history, flow_text="")
    bench.check(WARMER)
    with pytest.raises(NotReadyError, match="was not kept"):
        await bench.fork(other, len(run.history) - 2)


async def test_a_fork_behind_it_takes_the_secrets_of_the_open_text_for_those_that_were_kept_out(
    bench: Workbench,
) -> None:
    text = WARMER.replace("[providers.scripted]", '[providers.scripted]\napi_key = "sk-0123456789abcdef"')
    run = await swapped(bench, text)
    fork = await forked(bench, run, swaps(run)[0].seq + 1, text)
    assert [event.path for event in swaps(fork)] == ["loop"]
    assert fork.config is not None
    assert fork.config.version.text == text
