"""What a fork leaves behind when it does not begin, and what it begins without."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from agentflow_tui.engine import Event
from agentflow_tui.history import event as ev
from agentflow_tui.history.fan_event import FanStarted
from agentflow_tui.history.store import RunStore
from agentflow_tui.history.store_error import StoreError
from agentflow_tui.llm.chosen_provider import ChosenProvider
from agentflow_tui.llm.scripted_provider import ScriptedProvider
from agentflow_tui.workbench import Workbench
from agentflow_tui.workbench.departure import REMOVED, Departure
from agentflow_tui.workbench.not_ready import NotReadyError
from agentflow_tui.workbench.redaction import MASK
from agentflow_tui.workbench.run import Run
from tests.fake_clock import FakeClock
from tests.unit.workbench.flows import LOOP, TEAM
from tests.unit.workbench.test_time_travel import INPUT, ran


class ForgetfulStore(RunStore):
    """Cannot say what a run was forked from."""

    async def ancestry(self, run_id: str) -> tuple[str, ...]:
        raise StoreError(f"where {run_id} comes from cannot be read")


class SlowProviders:
    """Finds a model only once it may."""

    def __init__(self) -> None:
        self.may_find = asyncio.Event()
        self.is_asked = asyncio.Event()

    async def provider_for(self, provider: str | None, model: str | None, agent: str) -> ChosenProvider:
        self.is_asked.set()
        await self.may_find.wait()
        return ChosenProvider(ScriptedProvider(["{}"]), model="script", label="script", reason="a test")

    async def aclose(self) -> None:
        """Nothing to close."""


async def test_a_fork_begins_when_the_clock_of_the_workbench_says(tmp_path: Path) -> None:
    bench = Workbench(env={}, store=RunStore(tmp_path / "runs.sqlite3"), clock=FakeClock())
    run = await ran(bench)
    await (await bench.fork(run.run_id, 3)).wait()
    began = [each.started_at for each in await bench.archive.runs() if each.parent_run]
    assert [text[:10] for text in began] == ["2026-01-01"]
    await bench.aclose()


async def test_a_fork_that_cannot_be_read_on_leaves_no_row(tmp_path: Path) -> None:
    bench = Workbench(env={}, store=ForgetfulStore(tmp_path / "runs.sqlite3"))
    run = await ran(bench)
    with pytest.raises(NotReadyError, match="cannot be read"):
        await bench.fork(run.run_id, 3)
    assert [each.run_id for each in await bench.archive.runs()] == [run.run_id]
    await bench.aclose()


async def test_a_fork_that_is_given_up_while_its_model_is_looked_for_leaves_no_row(tmp_path: Path) -> None:
    providers = SlowProviders()
    bench = Workbench(env={}, store=RunStore(tmp_path / "runs.sqlite3"), providers=providers)
    providers.may_find.set()
    run = await ran(bench)
    providers.may_find.clear()
    providers.is_asked.clear()
    fork = asyncio.create_task(bench.fork(run.run_id, 3))
    await providers.is_asked.wait()
    fork.cancel()
    with pytest.raises(asyncio.CancelledError):
        await fork
    assert [each.run_id for each in await bench.archive.runs()] == [run.run_id]
    await bench.aclose()


@pytest.mark.parametrize("turns", [0, 1, 2, 4, 8, 16, 32, 64])
async def test_a_fork_that_is_given_up_anywhere_is_there_whole_or_not_at_all(
    tmp_path: Path, turns: int
) -> None:
    bench = Workbench(env={}, store=RunStore(tmp_path / "runs.sqlite3"))
    run = await ran(bench)
    fork = asyncio.create_task(bench.fork(run.run_id, len(run.history) // 2))
    while len(await bench.archive.runs()) == 1:
        assert not fork.done()
    for _ in range(turns):
        await asyncio.sleep(0)
    fork.cancel()
    (given,) = await asyncio.gather(fork, return_exceptions=True)
    await bench.aclose()
    again = RunStore(tmp_path / "runs.sqlite3")
    forks = [each.run_id for each in await again.runs() if each.parent_run]
    assert forks == ([given.run_id] if isinstance(given, Run) else [])
    await again.aclose()


async def test_what_was_not_kept_of_the_state_is_named(bench: Workbench) -> None:
    run = await ran(bench, LOOP, {**INPUT, "token": f"Bearer {MASK}", "user": {"keys": ["a", MASK]}})
    history = run.history
    assert Departure.make(history, 3).masked == ("token", "user.keys.1")
    assert Departure.make(history, -1).masked == ("token", "user.keys.1")
    edits = {"token": "anew", "user": REMOVED}
    assert Departure.make(history, 3, edits=edits).masked == ()
    assert Departure.make(history, 3, edits={"user": {"keys": [MASK]}}).masked == ("token", "user.keys.0")
    assert Departure.make(history, 3, meta_edits={"pass": MASK}).masked[-1] == "metadata.pass"
    assert Departure.make(history, -1, event=Event.make(INPUT)).masked == ()


async def test_what_was_not_kept_of_a_branch_is_named(bench: Workbench) -> None:
    run = await ran(bench, TEAM, {"message": MASK})
    fan = next(event for event in run.history if isinstance(event, FanStarted))
    inside = next(event.seq for event in run.history if isinstance(event, ev.ModelCallStarted))
    departure = Departure.make(run.history, inside, edits={"message": "x"}, branch=fan.branches[0])
    assert departure.masked == ("message",)
