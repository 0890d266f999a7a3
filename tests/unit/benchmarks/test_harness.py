from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from agentflow_tui.history.event import HistoryEvent, RunEnded
from benchmarks import growth
from benchmarks.adapters.adapter import Adapter
from benchmarks.adapters.agentflow import AgentFlow
from benchmarks.adapters.bare import Bare, BareEngine
from benchmarks.engine import PROMISES, SLEEPERS, EngineReport
from benchmarks.pty_process import seconds_until
from benchmarks.race import Race
from benchmarks.verdict import Verdict
from benchmarks.workload import Flow, Run, State, Workload

SMALL = (
    Workload("route", Flow("route"), runs=2),
    Workload("chain", Flow("chain", length=3)),
    Workload("fan", Flow("fan", width=3)),
    Workload("loop", Flow("loop", length=3)),
    Workload("mixed", Flow("mixed", width=2, length=2)),
    Workload("at once", Flow("chain", length=2), runs=3, at_once=True),
    Workload("nested", Flow("loop", length=2), size=5000, is_nested=True),
)


@pytest.mark.parametrize("engine", [Bare(), BareEngine(), AgentFlow()], ids=lambda engine: str(engine.name))
@pytest.mark.parametrize("work", SMALL, ids=lambda work: str(work.name))
async def test_every_engine_does_every_workload(engine: Adapter, work: Workload) -> None:
    await work.prove(engine.build(work.flow))


class _Lazy(Bare):
    """Leaves an agent out."""

    def build(self, flow: Flow) -> Run:
        honest = super().build(Flow(flow.shape, max(0, flow.width - 1), max(0, flow.length - 1)))

        async def run(state: State) -> State:
            last = await honest(state)
            return last | {"count": flow.length, "results": list(range(flow.width))}

        return run


@pytest.mark.parametrize("work", SMALL[1:], ids=lambda work: str(work.name))
async def test_an_engine_that_leaves_an_agent_out_is_found(work: Workload) -> None:
    with pytest.raises(AssertionError, match="agents ran"):
        await work.prove(_Lazy().build(work.flow))


class _Forgetful(Bare):
    async def together(self, agents: Any, state: Mapping[str, Any]) -> State:
        last = await super().together(agents, dict(state))
        return last | {"results": last["results"][1:]}


async def test_an_engine_that_loses_a_result_is_found() -> None:
    with pytest.raises(AssertionError, match="merge lost results"):
        await SMALL[2].prove(_Forgetful().build(SMALL[2].flow))


async def test_our_engine_is_measured_with_its_history() -> None:
    history: list[HistoryEvent] = []
    await SMALL[1].perform(AgentFlow(history.append).build(SMALL[1].flow))
    assert isinstance(history[-1], RunEnded) and len(history) > 2 * SMALL[1].steps


async def test_a_race_times_every_engine_on_every_workload() -> None:
    engines: list[Adapter] = [Bare(), AgentFlow()]
    race = await Race.between(engines, SMALL[:2], 3)
    for work in SMALL[:2]:
        for engine in engines:
            assert race.cpu(work.name, engine.name) > 0
            assert race.wall(work.name, engine.name) > 0


def test_a_bound_is_met_up_to_itself() -> None:
    assert Verdict("x", 1.5, "", 1.5).holds and not Verdict("x", 1.51, "", 1.5).holds
    assert Verdict("x", 2, "", 2, is_least=True).holds and not Verdict("x", 1.9, "", 2, is_least=True).holds
    assert "MISSED" in Verdict("x", 1.51, "µs", 1.5).line()
    assert Verdict("x", 1.51, "µs", 1.5).facts()["holds"] is False


def test_the_exponent_of_growth() -> None:
    assert growth.exponent(10.0, 10.0, 100) == 0
    assert growth.exponent(10.0, 1000.0, 100) == pytest.approx(1)
    assert growth.exponent(1000.0, 10.0, 100) == pytest.approx(-1)


def test_a_report_names_what_is_missed_and_who_is_not_there() -> None:
    engines: list[Adapter] = [Bare(), BareEngine(), AgentFlow()]
    report = EngineReport([engine.name for engine in engines], ["burr", "langgraph"], 1)
    costs = {"bare": 1.0, "bare+engine": 10.0, "agentflow": 16.0}
    report.judge(PROMISES[0], costs)
    report.judge_sleepers({"bare": 11.0, "bare+engine": 12.0, "agentflow": 14.0})
    text = "\n".join(report.lines())
    assert report.missed == ["chain of 10 × bare+engine"]
    assert "1.60 ≤ 1.5 MISSED" in text
    assert "burr is not installed" in text and "langgraph is not installed" in text
    assert "1 of 2 hold" in text
    assert report.facts()["missed"] == report.missed


def test_no_peer_may_be_faster_than_we_with_sleepers() -> None:
    report = EngineReport(["bare", "bare+engine", "agentflow", "burr"], [], 1)
    report.judge_sleepers({"bare": 11.0, "bare+engine": 12.0, "agentflow": 14.0, "burr": 13.0})
    assert report.missed == ["the best of the others: burr"]
    assert SLEEPERS.flow.sleep == 0.01


def test_a_program_that_ends_before_it_paints_is_no_measurement() -> None:
    command = [sys.executable, "-c", "print('no such thing')"]
    with pytest.raises(RuntimeError, match="no such thing"):
        seconds_until(command, [b"GRAPH"], env=os.environ)
    assert seconds_until([sys.executable, "-c", "print('GRAPH')"], [b"GRAPH"], env=os.environ) > 0
