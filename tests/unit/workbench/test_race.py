"""The same input through several modes at once: what each lane comes to, and what one does to another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agentflow_tui.engine import Event
from agentflow_tui.engine.breakpoints import Breakpoint
from agentflow_tui.history.store import RunStore
from agentflow_tui.workbench import Workbench
from agentflow_tui.workbench.lane_totals import NOT_STARTED, LaneTotals, best_of
from agentflow_tui.workbench.mode_fit import ModeFit
from agentflow_tui.workbench.not_ready import NotReadyError
from agentflow_tui.workbench.race import Race
from agentflow_tui.workbench.score_keys import score_keys
from tests.fake_clock import FakeClock

FLOW = """
[llm]
provider = "scripted"
[orchestration]
mode = "loop"
timeout_seconds = 300
loop_agent = "improver"
max_iterations = 3
sequential_agents = ["improver"]
collaborative_agents = ["improver", "critic"]
[orchestration.loop]
condition = "quality >= 9"
[agents.improver]
prompt = "Improve: {content}"
output = { content = "string", quality = "integer" }
[agents.critic]
prompt = "What is wrong with {content}?"
[providers.scripted]
seconds_per_word = 1

[providers.scripted.replies]
improver = ['{"content": "good", "quality": 4}', '{"content": "very good", "quality": 9}']
critic = ["it is too short"]
"""
ROUTE_ONLY = """
[orchestration]
mode = "route"
[agents.one]
"""
MODES = ("loop", "sequential", "collaborative")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def bench(tmp_path: Path, clock: FakeClock) -> AsyncIterator[Workbench]:
    bench = Workbench(env={}, clock=clock, store=RunStore(tmp_path / "runs.sqlite3"))
    yield bench
    await bench.aclose()


async def started(
    bench: Workbench,
    text: str = FLOW,
    modes: Sequence[str] = MODES,
    metadata: dict[str, str] | None = None,
    **more: Any,
) -> Race:
    assert not bench.check(text).errors
    event = Event.make({"content": "cats"}, metadata=metadata)
    return await bench.race(event, modes, score="quality", **more)


async def test_every_mode_gets_the_same_event_and_is_a_stored_run_of_its_own(bench: Workbench) -> None:
    race = await started(bench, metadata={"session_id": "s1", "orchestration_override": "mixed"})
    ended = {lane.mode: lane for lane in await race.wait()}
    assert list(ended) == list(MODES) and race.is_over
    assert {lane.status for lane in ended.values()} == {"completed"}
    assert [ended[mode].calls for mode in MODES] == [2, 1, 2]
    assert [ended[mode].score for mode in MODES] == [9, 4, 4]
    assert ended["loop"].output == '{"content": "very good", "quality": 9}'
    events = [lane.state().event for lane in race.lanes]
    assert {event["id"] for event in events} == {events[0]["id"]}
    assert [event["metadata"]["orchestration_override"] for event in events] == list(MODES)
    assert all(event["data"] == {"content": "cats"} for event in events)
    stored = {run.run_id: run for run in await bench.archive.runs()}
    assert set(stored) == {lane.run_id for lane in ended.values()}
    for lane in ended.values():
        run = stored[lane.run_id]
        assert (run.name, run.mode) == (f"race {race.race_id} {lane.mode}", lane.mode)
        # A tag would keep the run for ever.
        assert run.tags == ()
        assert run.prompt_tokens + run.completion_tokens == lane.tokens > 0


async def test_they_run_at_the_same_time(bench: Workbench, clock: FakeClock) -> None:
    before = clock.now()
    ended = await (await started(bench)).wait()
    longest = max(lane.seconds for lane in ended)
    assert clock.now() - before == pytest.approx(longest)
    assert sum(lane.seconds for lane in ended) > 1.5 * longest


async def test_a_fork_of_a_lane_stays_in_its_mode(bench: Workbench) -> None:
    race = await started(bench, modes=("sequential", "collaborative"))
    ended = await race.wait()
    run = await bench.rerun(ended[0].run_id, 0)
    await run.wait()
    assert run.plan.mode == "sequential"
    assert (await bench.replay(ended[1].run_id)).is_exact


async def test_what_goes_on_is_told_without_waiting(bench: Workbench) -> None:
    race = await started(bench)
    before = race.totals()
    assert {lane.status for lane in before} == {"running"} and not race.is_over
    await race.wait()
    assert race.totals() == await race.wait()
    assert all(after.seconds > then.seconds for after, then in zip(race.totals(), before, strict=True))


async def test_the_failure_of_one_leaves_the_others_alone(bench: Workbench) -> None:
    failing = FLOW.replace('"quality": 4}', '"quality": "bad"}')
    race = await started(bench, failing.replace("collaborative_agents", "#"), modes=("loop", "collaborative"))
    loop, together = await race.wait()
    assert (loop.status, together.status) == ("failed", "completed")
    assert "quality" in loop.error and loop.hint
    assert together.output == "it is too short"


async def test_a_breaker_that_opens_in_one_lane_stops_no_other(bench: Workbench) -> None:
    weak = FLOW.replace('"quality": 4}', '"quality": "bad"}').replace(
        "[agents.critic]",
        "[agents.improver.circuit_breaker]\nfailure_threshold = 1\ntimeout_seconds = 999\n[agents.critic]",
    )
    race = await started(bench, weak, modes=("loop", "sequential"))
    ended = await race.wait()
    assert [lane.status for lane in ended] == ["failed", "failed"]
    assert not any("circuit breaker" in lane.error for lane in ended)
    again = await started(bench, weak, modes=("loop", "sequential"))
    assert not any("circuit breaker" in lane.error for lane in await again.wait())


async def test_a_rate_limit_holds_for_all_lanes_together(bench: Workbench) -> None:
    limited = FLOW.replace(
        "[agents.critic]",
        "[agents.improver.rate_limit]\nrequests_per_second = 0.01\nburst_size = 1\n[agents.critic]",
    ).replace("max_iterations = 3", "max_iterations = 1")
    race = await started(bench, limited, modes=("loop", "sequential"))
    first, second = sorted(lane.seconds for lane in await race.wait())
    assert second - first == pytest.approx(100, abs=20)


async def test_breakpoints_do_not_stop_a_race(bench: Workbench) -> None:
    assert not bench.check(FLOW).errors
    bench.marks.breakpoints.set(Breakpoint("improver"))
    race = await started(bench)
    assert {lane.status for lane in await race.wait()} == {"completed"}


async def test_cancel_stops_all(bench: Workbench) -> None:
    race = await started(bench)
    assert race.cancel()
    ended = await race.wait()
    assert {lane.status for lane in ended} == {"cancelled"}
    assert {lane.error for lane in ended} == {"the race was cancelled"}
    assert not race.cancel()


async def test_answers_may_come_from_recordings(tmp_path: Path) -> None:
    # Looking for a recording takes real time, which a fake clock would take for a timeout.
    bench = Workbench(env={}, store=RunStore(tmp_path / "runs.sqlite3"))
    text = FLOW.replace("seconds_per_word = 1", "")
    await (await started(bench, text, modes=("loop", "sequential"))).wait()
    race = await started(bench, text, modes=("loop", "sequential"), mode="auto")
    ended = await race.wait()
    await bench.aclose()
    assert [(lane.calls, lane.from_recordings) for lane in ended] == [(2, 2), (1, 1)]
    assert [lane.rate for lane in ended] == [None, None]


@pytest.mark.parametrize(
    ("modes", "message"),
    [
        (("loop",), "two modes"),
        (("loop", "loop"), "two modes"),
        ((), "two modes"),
        (("loop", "mixed"), "every mode"),
        (("loop", "fast"), "every mode"),
    ],
)
async def test_what_is_no_race_is_refused_before_anything_runs(
    bench: Workbench, modes: Sequence[str], message: str
) -> None:
    text = FLOW.replace("sequential_agents", "#").replace("collaborative_agents", "#")
    with pytest.raises(NotReadyError, match=message) as refused:
        await started(bench, text, modes)
    assert any("set `orchestration." in hint or "no mode is called" in hint for hint in refused.value.hints)
    assert await bench.archive.runs() == []


async def test_a_race_whose_lanes_all_lack_the_same_is_refused_with_it(bench: Workbench) -> None:
    text = FLOW.replace('provider = "scripted"', 'provider = "openai"\nmodel = "m"')
    with pytest.raises(NotReadyError, match="OPENAI_API_KEY"):
        await started(bench, text)


async def test_a_lane_that_cannot_start_says_why_and_the_others_run(bench: Workbench) -> None:
    text = FLOW.replace("[agents.critic]", '[agents.critic]\nllm.provider = "openai"\nllm.model = "m"')
    race = await started(bench, text, modes=("loop", "collaborative"))
    loop, together = await race.wait()
    assert loop.status == "completed"
    assert (together.status, together.run_id) == (NOT_STARTED, "")
    assert "OPENAI_API_KEY" in together.error + together.hint
    assert race.is_over and not best_of((loop, together))


async def test_a_race_that_is_called_off_while_it_starts_leaves_nothing_running(bench: Workbench) -> None:
    assert not bench.check(FLOW).errors
    starting = asyncio.create_task(bench.race(Event.make({}), MODES))
    await asyncio.sleep(0)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    await bench.archive.runs()
    assert {run.status for run in await bench.archive.runs()} <= {"cancelled"}


def test_the_best_of_each_measure() -> None:
    lanes = [
        LaneTotals("a", "1", "completed", seconds=2.0, calls=3, tokens=10, rate=5.0, score=7),
        LaneTotals("b", "2", "completed", seconds=1.0, calls=3, tokens=10, rate=None, score=9.5),
        LaneTotals("c", "3", "completed", seconds=1.0, calls=3, tokens=20, rate=8.0, score="high"),
        LaneTotals("d", "4", "failed", seconds=0.1, calls=0, tokens=0, rate=99.0, score=100),
        LaneTotals("e", "5", "completed", seconds=3.0, calls=3, tokens=20, score=float("nan")),
        LaneTotals("f", "6", "completed", seconds=3.0, calls=3, tokens=20, score=True),
    ]
    assert best_of(lanes) == {
        "seconds": {"b", "c"},
        "tokens": {"a", "b"},
        "rate": {"c"},
        "score": {"b"},
    }
    assert best_of(lanes[:1]) == best_of(()) == {}
    huge = [LaneTotals("g", "7", "completed", score=10**400 + more) for more in range(2)]
    assert best_of([*lanes, huge[0], replace(huge[1], mode="h")])["score"] == {"h"}


def test_which_modes_fit_and_what_the_others_lack(bench: Workbench) -> None:
    flow = bench.check(ROUTE_ONLY).flow
    assert flow is not None
    fits = {fit.mode: fit for fit in ModeFit.all_of(flow)}
    assert list(fits) == ["route", "collaborative", "sequential", "loop", "mixed"]
    assert "orchestration.loop_agent" in fits["loop"].problem and fits["loop"].plan is None
    assert not fits["collaborative"].problem and not fits["collaborative"].caveat
    assert not fits["route"].problem and "target" in fits["route"].caveat


def test_the_likeliest_score_comes_first(bench: Workbench) -> None:
    flow = bench.check(FLOW.replace("output = {", 'output = { zeal = "number", title = "string",')).flow
    assert flow is not None
    plans = [fit.plan for fit in ModeFit.all_of(flow) if fit.plan]
    assert score_keys(plans) == ("quality", "zeal", "title", "content")
    assert score_keys(()) == ()
