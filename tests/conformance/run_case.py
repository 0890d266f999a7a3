"""Runs one case of kind `run` on the engine, with scripted agents and without real time."""

from __future__ import annotations

import asyncio
import copy
from pathlib import Path
from typing import Any

from agentflow_tui.config import check_text
from agentflow_tui.engine import Control, Engine, Event, ModeChoice, RunResult
from agentflow_tui.engine.standby import Standby
from agentflow_tui.history.event import HistoryEvent, RunEnded, RunStarted
from agentflow_tui.history.fold import fold
from tests.conformance.cases import Case
from tests.conformance.scripted_agent import ScriptedAgent, ScriptedHooks, Watch
from tests.fake_clock import FakeClock

A_LONG_TIME = 10.0


class CaseRun:
    """What came of a case."""

    def __init__(self) -> None:
        self.history: list[HistoryEvent] = []
        self.watch = Watch()
        self.hooks = ScriptedHooks([])
        self.result = RunResult("", "")

    @classmethod
    async def of(cls, case: Case, folder: Path, standby: Standby | None = None) -> CaseRun:
        """Run the case and check what must hold for every run (README, "Independent of the case").

        With a `standby` the agents that it can take on begin in its task.
        """
        run = cls()
        given = case.given
        case.write_project(folder)
        checked = check_text(given["flow"], folder=folder, env=case.env)
        assert checked.flow is not None and checked.is_valid, checked.problems
        event = _event(given["event"])
        before = copy.deepcopy(event)
        chosen = ModeChoice.make(checked.flow, event)
        run.hooks = ScriptedHooks(given.get("hooks", []))
        clock, control = FakeClock(), Control()
        scripted = {name: ScriptedAgent(name, does, run.watch) for name, does in given["agents"].items()}
        agents = {step.key: scripted[step.agent] for step in chosen.plan.steps() if step.agent in scripted}
        engine = Engine(
            chosen.plan,
            agents,
            emit=run.history.append,
            clock=clock,
            hooks=run.hooks.hooks,
            control=control,
            standby=standby,
        )
        if "cancel_at_ms" in given:
            clock.call_later(given["cancel_at_ms"] / 1000, control.cancel)
        tasks = asyncio.all_tasks()
        run.result = await engine.run(
            event, chosen_by=chosen.by, reason=chosen.reason, problem=chosen.problem
        )
        await _check_always(run, clock, tasks)
        assert event == before
        return run

    def of_kind(self, *kinds: type[HistoryEvent]) -> list[Any]:
        """The history events of these kinds."""
        return [event for event in self.history if isinstance(event, kinds)]


async def _check_always(run: CaseRun, clock: FakeClock, tasks: set[asyncio.Task[Any]]) -> None:
    length = len(run.history)
    await clock.sleep(A_LONG_TIME)
    assert len(run.history) == length
    assert [event.seq for event in run.history] == list(range(length))
    assert isinstance(run.history[0], RunStarted)
    assert [isinstance(event, RunEnded) for event in run.history] == [False] * (length - 1) + [True]
    assert run.of_kind(RunEnded)[0].status == run.result.status
    folded = fold(run.history)
    assert (dict(folded.state.data), dict(folded.state.meta)) == (run.result.data, run.result.meta)
    assert run.watch.running == 0
    assert asyncio.all_tasks() == tasks


def _event(given: dict[str, Any]) -> Event:
    return Event.make(
        given.get("data"),
        metadata=given.get("metadata"),
        target=given.get("target", ""),
        event_id=given.get("id"),
        timestamp="2026-01-01T00:00:00+00:00",
    )
