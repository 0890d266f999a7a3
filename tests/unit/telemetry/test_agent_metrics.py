from __future__ import annotations

import statistics
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentflow_tui.history import event as ev
from agentflow_tui.history import policy_event as pol
from agentflow_tui.telemetry import AgentMetrics, MetricsFold, ModeMetrics
from agentflow_tui.telemetry.agent_metrics import LAST_DURATIONS, percentile
from tests.unit.telemetry.script import Script

_SECONDS = st.floats(0, 1e6)


def folded(*scripts: Script) -> MetricsFold:
    fold = MetricsFold()
    for script in scripts:
        for event in script.events:
            fold.apply(event)
    return fold


def test_nothing_happened() -> None:
    metrics = MetricsFold().snapshot()
    assert (dict(metrics.agents), dict(metrics.modes), dict(metrics.errors)) == ({}, {}, {})


def test_the_numbers_of_one_agent_counted_by_hand() -> None:
    script = Script()
    for number, seconds in enumerate([1.0, 3.0, 2.0]):
        script.starts(number, "s/a").completes(number, "s/a", seconds)
    script.asks(3, "s/a", "c1").answers(3, "s/a", "c1", 10, 20)
    script.asks(3, "s/a", "c2").answers(3, "s/a", "c2", None, 5)
    script.asks(3, "s/a", "c3").breaks(3, "s/a", "c3")
    script.asks(3, "s/a", "c4").answers(3, "s/a", "c4", 100, 100, source="recording")
    script.starts(3, "s/a").retries(3, "s/a", 1).retries(3, "s/a", 2).fails(4, "s/a", 6.0, "timeout")
    script.starts(4, "s/a").cancels(5, "s/a", 100.0)
    script.add(5, pol.Throttled, path="s/a", agent="a", wait=2.0)
    script.add(5, pol.BreakerChanged, path="s/a", agent="a", state="open")
    script.starts(5, "s/a")
    metrics = folded(script).snapshot()
    agent = metrics.agents["a"]
    assert agent == AgentMetrics(
        "a",
        running=1,
        successes=3,
        failures=1,
        cancelled=1,
        retries=2,
        throttled=1,
        breaker="open",
        mean=3.0,
        p50=2.5,
        p95=pytest.approx(5.55),  # type: ignore[arg-type]
        last=(1.0, 3.0, 2.0, 6.0),
        calls=2,
        prompt_tokens=10,
        completion_tokens=25,
    )
    assert (agent.runs, agent.success_rate) == (5, 0.75)
    assert dict(metrics.errors) == {"timeout": 1}


def test_an_agent_without_a_judged_run_has_no_rate_and_no_times() -> None:
    agent = folded(Script().starts(0, "a").cancels(1, "a", 1.0)).snapshot().agents["a"]
    assert (agent.runs, agent.success_rate, agent.mean, agent.p50, agent.p95) == (1, None, None, None, None)


def test_runs_of_each_mode() -> None:
    fold = folded(
        Script("loop").ends(10),
        Script("loop").ends(20, "failed", "timeout"),
        Script("route").ends(3, "cancelled"),
        Script("route"),
    )
    modes = fold.snapshot().modes
    assert modes["loop"] == ModeMetrics("loop", completed=1, failed=1, seconds=30.0)
    assert (modes["loop"].runs, modes["loop"].mean) == (2, 15.0)
    assert modes["route"] == ModeMetrics("route", running=1, cancelled=1, seconds=3.0)


def test_the_sparkline_shows_the_newest_last() -> None:
    script = Script()
    for number in range(LAST_DURATIONS + 8):
        script.starts(number, "a").completes(number, "a", float(number))
    last = folded(script).snapshot().agents["a"].last
    assert last == tuple(float(number) for number in range(8, LAST_DURATIONS + 8))


def test_a_snapshot_makes_anew_only_what_changed() -> None:
    script = Script().starts(0, "a").completes(1, "a", 1.0).starts(1, "b").completes(2, "b", 1.0)
    fold = folded(script)
    first = fold.snapshot()
    assert fold.snapshot() is first
    fold.apply(ev.TokensReceived(seq=9, at=2, path="b", call="c", text="x"))
    assert fold.snapshot() is first
    fold.apply(ev.AgentStarted(seq=9, at=2, path="b", agent="b"))
    second = fold.snapshot()
    assert second.agents["a"] is first.agents["a"]
    assert (first.agents["b"].running, second.agents["b"].running) == (0, 1)


def test_a_history_from_its_middle_is_counted_too() -> None:
    script = Script().completes(1, "a", 1.0).ends(2)
    fold = MetricsFold()
    for event in script.events[1:]:
        fold.apply(event)
    agent = fold.snapshot().agents["a"]
    assert (agent.running, agent.successes) == (0, 1)


@given(st.lists(_SECONDS, min_size=2, max_size=200))
def test_percentiles_and_mean_equal_the_statistics_of_the_raw_list(durations: list[float]) -> None:
    script = Script()
    for seconds in durations:
        script.starts(0, "a").completes(0, "a", seconds)
    agent = folded(script).snapshot().agents["a"]
    assert agent.p50 == pytest.approx(statistics.median(durations))
    assert agent.p95 == pytest.approx(statistics.quantiles(durations, n=100, method="inclusive")[94])
    assert agent.mean == pytest.approx(statistics.fmean(durations))


@given(_SECONDS, st.integers(0, 100))
def test_one_value_is_every_percentile(value: float, percent: int) -> None:
    assert percentile(array("d", [value]), percent) == value
    assert percentile(array("d"), percent) is None
