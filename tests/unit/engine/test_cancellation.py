"""Cancelling at every point of every mode, from inside and from outside (semantics §5)."""

from __future__ import annotations

import asyncio
import gc

import anyio
import pytest

from agentflow_tui.conditions import parse_condition
from agentflow_tui.engine import AgentContext, AgentError, Engine, Event, Hooks, State
from agentflow_tui.engine.hooks import HookCall
from agentflow_tui.history.event import (
    AgentCancelled,
    AgentCompleted,
    AgentFailed,
    AgentStarted,
    HistoryEvent,
    RunEnded,
    Warned,
)
from agentflow_tui.history.fan_event import FanStarted
from agentflow_tui.plan.node import Chain, Choice, Node, Option, Plan, Routing, Stage
from tests.fake_clock import FakeClock
from tests.unit.engine.probe import Doing, Probe, chain, fan, loop, raising, sleeping, step

PLANS: dict[str, Node] = {
    "route": Choice("flow", "route", (Option("a", step("a")),), Routing(default_agent="a")),
    "collaborative": fan("a", "b", "c", max_concurrency=2),
    "sequential": chain("a", "b", "c"),
    "loop": loop("a", 3),
    "mixed": Chain("flow", "mixed", (fan("a", "b"), Chain("flow/s", "sequential", (step("c"),)))),
    "stage": Stage("flow/s", "S", 1, chain("a", "b"), timeout=100.0),
    "branches": fan("a"),
}
PLANS["branches"] = type(fan("a"))(
    "flow", "parallel", (chain("a", "b"), loop("c", 2)), is_parallel=True, optional=frozenset({"flow"})
)
LEFT_OUT = Stage("flow/s", "S", 1, chain("a"), when=parse_condition("false"))


@pytest.mark.parametrize("at", [0.0, 0.5, 1.0, 1.5, 2.0, 2.5])
@pytest.mark.parametrize("mode", PLANS)
async def test_a_cancelled_run_ends_once_and_at_once(mode: str, at: float) -> None:
    probe = Probe(PLANS[mode], {name: sleeping(1, {name: 1}) for name in "abc"})
    run = probe.start()
    if at:
        await probe.clock.sleep(at)
    probe.control.cancel("enough")
    result = await run
    if result.status == "completed":
        assert at >= 1
    else:
        assert (result.status, result.error, probe.history[-1].at) == ("cancelled", "enough", at)
    started, ended = probe.of_kind(AgentStarted), probe.of_kind(AgentCompleted, AgentCancelled, AgentFailed)
    assert sorted(event.path for event in started) == sorted(event.path for event in ended)
    assert len(asyncio.all_tasks()) == 1


@pytest.mark.parametrize("root", [step("a"), LEFT_OUT, *PLANS.values()], ids=["agent", "left out", *PLANS])
async def test_a_run_that_is_cancelled_before_it_begins_starts_nothing(root: Node) -> None:
    probe = Probe(root, {name: sleeping(1) for name in "abc"})
    probe.control.cancel("enough")
    await probe.run()
    assert probe.names() == ["run_started", "run_ended"]


@pytest.mark.parametrize("mode", PLANS)
async def test_nothing_begins_after_an_agent_at_whose_end_the_run_was_cancelled(mode: str) -> None:
    first = step("a", "flow/first")
    probe = Probe(Chain("flow", "mixed", (first, PLANS[mode])), {name: sleeping(1) for name in "abc"})

    def tell(event: HistoryEvent) -> None:
        probe.history.append(event)
        if isinstance(event, AgentCompleted):
            probe.control.cancel("enough")

    probe.check(await probe.engine.run(Event.make({}), emit=tell))
    assert probe.names()[-3:] == ["agent_completed", "node_ended", "run_ended"]


@pytest.mark.parametrize("mode", PLANS)
async def test_a_run_whose_task_is_cancelled_ends_in_order(mode: str) -> None:
    probe = Probe(PLANS[mode], {name: sleeping(1, {name: 1}) for name in "abc"})
    run = probe.start()
    await probe.clock.sleep(0.5)
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    ended = [event for event in probe.history if isinstance(event, RunEnded)]
    assert [event.status for event in ended] == ["cancelled"]
    assert probe.history[-1] is ended[0]
    assert len(asyncio.all_tasks()) == 1


async def test_an_agent_that_ends_as_it_cancels_the_task_of_its_run_has_ended() -> None:
    async def work(event: Event, state: State, context: AgentContext) -> None:
        await context.clock.sleep(1)
        run.cancel()

    faults: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, fault: faults.append(fault))
    probe = Probe(chain("a"), {"a": Doing(work)})
    run = probe.start()
    with pytest.raises(asyncio.CancelledError):
        await run
    gc.collect()
    assert (faults, len(asyncio.all_tasks())) == ([], 1)
    assert probe.names()[-1] == "run_ended"
    assert len(probe.of_kind(AgentStarted)) == len(probe.of_kind(AgentCompleted, AgentCancelled)) > 0


async def test_a_run_under_a_timeout_of_the_caller_ends_in_order() -> None:
    probe = Probe(chain("a"), {"a": sleeping(100)})
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await probe.run()
    assert probe.history[-1].kind == "run_ended"


@pytest.mark.parametrize("mode", PLANS)
async def test_a_run_in_a_scope_of_anyio_leaves_no_more_than_that(mode: str) -> None:
    probe = Probe(PLANS[mode], {name: sleeping(100) for name in "abc"})
    with anyio.CancelScope() as scope:
        scope.cancel()
        await probe.run()
    assert scope.cancelled_caught
    assert probe.history[-1].kind == "run_ended"


async def test_a_run_that_is_cancelled_twice_says_why_it_was_at_first() -> None:
    probe = Probe(chain("a"), {"a": sleeping(100)})
    run = probe.start()
    await probe.clock.sleep(0.5)
    run.cancel("the first")
    asyncio.get_running_loop().call_soon(run.cancel, "the second")
    with pytest.raises(asyncio.CancelledError, match="the first"):
        await run


async def test_cancelling_inside_a_hook_ends_the_run() -> None:
    hooks = Hooks()
    probe = Probe(chain("a", "a"), {"a": sleeping(1)}, hooks=hooks)

    async def slow(call: HookCall) -> None:
        probe.control.cancel()
        await probe.clock.sleep(1000)

    hooks.register("AfterAgentRun", "slow", slow)
    result = await probe.run()
    assert (result.status, probe.history[-1].at) == ("cancelled", 1.0)


@pytest.mark.parametrize("hook", ["BeforeEventHandling", "AfterEventHandling"])
async def test_a_hook_around_the_event_that_never_ends_does_not_hold_the_run(hook: str) -> None:
    hooks = Hooks()
    probe = Probe(chain("a"), {"a": sleeping(1)}, hooks=hooks, timeout=20.0)

    async def deaf(call: HookCall) -> None:
        while probe.clock.now() < 1000:
            try:
                await probe.clock.sleep(10_000)
            except asyncio.CancelledError:
                continue

    hooks.register(hook, "deaf", deaf)  # type: ignore[arg-type]
    await probe.run()
    assert probe.history[-1].at < 30
    assert "warned" in probe.names()


async def test_callbacks_around_the_event_that_are_out_of_time_leave_a_word() -> None:
    hooks = Hooks()
    probe = Probe(chain("a"), {"a": sleeping(1)}, hooks=hooks, timeout=20.0)

    async def slow(call: HookCall) -> None:
        await probe.clock.sleep(10_000)

    hooks.register("AfterEventHandling", "slow", slow)
    assert ((await probe.run()).status, probe.history[-1].at) == ("completed", 20.0)
    (warned,) = probe.of_kind(Warned)
    assert warned.message == "the callbacks on 'AfterEventHandling' took too long and were stopped"


async def test_siblings_that_are_no_longer_needed_are_cancelled_not_failed() -> None:
    async def fail(event: Event, state: State, context: AgentContext) -> None:
        await context.clock.sleep(1)
        raise AgentError("no")

    agents = {"bad": Doing(fail), "slow": sleeping(100), "late": sleeping(1)}
    probe = Probe(fan("bad", "slow", "late", failure_threshold=0.0, max_concurrency=2), agents)
    result = await probe.run()
    assert (result.status, probe.history[-1].at) == ("failed", 1.0)
    assert [event.agent for event in probe.of_kind(AgentCancelled)] == ["slow"]
    assert agents["late"].runs == 0
    assert result.error == "collaborative phase failed: 1 of 3 agents failed: agent 'bad' failed: no"


async def test_a_sibling_that_had_not_begun_leaves_no_trace() -> None:
    agents = {"bad": raising(ValueError("no")), "next": sleeping(100)}
    probe = Probe(fan("bad", "next", failure_threshold=0.0), agents)
    assert (await probe.run()).status == "failed"
    assert [event.agent for event in probe.of_kind(AgentStarted)] == ["bad"]
    assert agents["next"].runs == 0


async def test_agents_that_are_stopped_before_their_first_turn_are_not_waited_for() -> None:
    agents = {name: sleeping(1) for name in "ab"}
    probe = Probe(fan("a", "b"), agents)

    def stop(event: HistoryEvent) -> None:
        probe.history.append(event)
        if isinstance(event, FanStarted):
            # Comes before the tasks that begin right after this.
            asyncio.get_running_loop().call_soon(probe.control.cancel)

    result = await probe.engine.run(Event.make({}), emit=stop)
    assert (result.status, probe.history[-1].at) == ("cancelled", 0.0)
    assert probe.of_kind(Warned) == []
    assert [agent.runs for agent in agents.values()] == [0, 0]


class _Odd(BaseException):
    """As `pytest.fail` raises one."""


REFUSALS = [OSError, _Odd, asyncio.CancelledError, GeneratorExit]
"""What is no `Exception` would end the task of an agent and leave the run waiting for it."""


@pytest.mark.parametrize("refusal", REFUSALS)
@pytest.mark.parametrize("number", range(12))
async def test_a_history_that_cannot_be_written_stops_the_run(
    number: int, refusal: type[BaseException]
) -> None:
    taken: list[int] = []

    def emit(event: HistoryEvent) -> None:
        taken.append(event.seq)
        if event.seq == number:
            raise refusal("disk full")

    plan, agents = Plan(PLANS["mixed"], "mixed", 60.0), {name: sleeping(1) for name in "abc"}
    engine = Engine(plan, agents, emit=emit, clock=FakeClock())
    with pytest.raises(refusal, match="disk full"):
        await engine.run(Event.make({}))
    assert taken == list(range(number + 1))
    assert len(asyncio.all_tasks()) == 1
