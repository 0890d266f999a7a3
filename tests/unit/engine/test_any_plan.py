"""Any plan, any agents, any hand on the controls: every run ends once, in order, and adds up."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from agentflow_tui.conditions import parse_condition
from agentflow_tui.engine import Agent, AgentContext, Event, State
from agentflow_tui.engine.call import GRACE_SECONDS
from agentflow_tui.history.event import AgentCancelled, AgentCompleted, AgentFailed, AgentStarted
from agentflow_tui.plan.node import Chain, Choice, ErrorRoutes, Fan, Loop, Node, Option, Routing, Stage, Step
from agentflow_tui.plan.policy import BreakerPolicy, Policies, RateLimit, RetryPolicy
from tests.fake_clock import FakeClock
from tests.standing_by import standing_by
from tests.unit.engine.probe import Doing, Probe, counting, raising, returning, sleeping, stubborn

AGENTS = ("ok", "slow", "bad", "flaky", "count", "flag", "clash", "deaf", "rubbish", "hand", "exit", "heavy")
CONDITIONS = tuple(map(parse_condition, ("n > 1", "has(v)", "1 / n > 0", "true", "not flag")))
POLICIES = (
    None,
    Policies(retry=RetryPolicy(3, initial_delay=1.0)),
    Policies(retry=RetryPolicy(2, retryable=frozenset({"network", "timeout", "validation"}))),
    Policies(breaker=BreakerPolicy(2, 1, 1, 5.0), rate_limit=RateLimit(0.5, 2)),
    Policies(RetryPolicy(9, jitter=False), BreakerPolicy(failure_threshold=2), RateLimit(1.0)),
)
# Made once: Hypothesis examines every strategy that it has not met, and a plan draws from dozens.
KIND = st.sampled_from(("step", "chain", "fan", "parallel", "loop", "choice", "route", "stage"))
STEP_TIMEOUT = st.sampled_from((None, None, 3.0))
CHAIN_TIMEOUT = st.sampled_from((None, 4.0))
STAGE_TIMEOUT = st.sampled_from((None, 5.0))
POLICY = st.sampled_from(POLICIES)
CONDITION = st.sampled_from((None, *CONDITIONS))
INNER_FLOW = st.sampled_from(("", "inner.toml"))
THRESHOLD = st.sampled_from((0.0, 0.5, 1.0))
ONE_TO_THREE = st.integers(1, 3)
IS_OPTIONAL = st.booleans()
Names = st.SearchStrategy[str]
BLOCKS = 6.0
"""Seconds for which an agent lets nothing else run."""
VERBS = ("pause", "resume", "step", "step_iteration", "cancel")


def agents_of_all_kinds(clock: FakeClock | None = None) -> dict[str, Agent]:
    """One of each name; the one that blocks everything does so where it is given the clock."""

    async def clash(event: Event, state: State, context: AgentContext) -> Any:
        state.data["v"] = context.path
        state.data.setdefault("list", []).append(context.scope)
        return state

    async def flaky(event: Event, state: State, context: AgentContext) -> Any:
        state.data["attempt"] = context.attempt
        await context.clock.sleep(1)
        if context.attempt < 3:
            raise ConnectionError("gone")
        return state

    async def hand(event: Event, state: State, context: AgentContext) -> Any:
        state.meta["route"] = "ok"
        state.data.pop("v", None)
        return state

    async def heavy(event: Event, state: State, context: AgentContext) -> Any:
        if clock is not None:
            clock._now += BLOCKS
        return {"heavy": True}

    return {
        "ok": returning({"v": 1}),
        "slow": sleeping(7, {"slow": True}),
        "bad": raising(ValueError("bad")),
        "flaky": Doing(flaky),
        "count": counting(),
        "flag": returning({"loop_completed": True}),
        "clash": Doing(clash),
        "deaf": stubborn(50),
        "rubbish": returning(42),
        "hand": Doing(hand),
        "exit": raising(SystemExit(3)),
        "heavy": Doing(heavy),
    }


def _node(draw: st.DrawFn, path: str, depth: int, numbers: itertools.count[int], name: Names) -> Node:  # noqa: PLR0911
    path = f"{path}/{next(numbers)}"
    kind = draw(KIND)
    if depth == 0 or kind == "step":
        timeout = draw(STEP_TIMEOUT)
        return Step(path, draw(name), timeout, draw(POLICY))
    children = tuple(_node(draw, path, depth - 1, numbers, name) for _ in range(draw(ONE_TO_THREE)))
    condition = draw(CONDITION)
    match kind:
        case "chain":
            timeout, flow = draw(CHAIN_TIMEOUT), draw(INNER_FLOW)
            routes = ErrorRoutes(default=Step(f"{path}/on error", draw(name)))
            return Chain(path, "sequential", children, timeout, flow, "", routes if flow else None)
        case "fan":
            threshold, limit = draw(THRESHOLD), draw(ONE_TO_THREE)
            return Fan(path, "collaborative", children, threshold, limit)
        case "parallel":
            optional = frozenset(child.path for child in children if draw(IS_OPTIONAL))
            return Fan(path, "parallel", children, optional=optional, is_parallel=True)
        case "loop":
            return Loop(path, "loop", children[0], draw(ONE_TO_THREE), condition)
        case "choice":
            return Choice(path, "pick", tuple(Option("", child, condition) for child in children))
        case "route":
            steps = tuple(Option(agent, Step(f"{path}/{agent}", agent)) for agent in ("hand", "ok"))
            return Choice(path, "route", steps, Routing(default_agent="hand"))
        case _:
            timeout = draw(STAGE_TIMEOUT)
            return Stage(path, path, 1, children[0], timeout=timeout, success_condition=condition)


@st.composite
def _plans(draw: st.DrawFn, name: Names) -> Node:
    return _node(draw, "flow", 3, itertools.count(), name)


def plans(without: tuple[str, ...] = ()) -> st.SearchStrategy[Node]:
    """Plans of all kinds of node, of agents that do all kinds of things."""
    return _plans(st.sampled_from(tuple(name for name in AGENTS if name not in without)))


ACTS = st.lists(st.tuples(st.floats(0, 30), st.sampled_from(VERBS)), max_size=4)


@settings(max_examples=300, deadline=None)
@given(plans(), ACTS, st.booleans(), st.sampled_from((4.0, 600.0)), st.booleans())
def test_every_run_ends_in_order(
    root: Node, acts: list[tuple[float, str]], paused: bool, timeout: float, at_once: bool
) -> None:
    asyncio.run(_run(root, acts, paused, timeout, at_once))


async def _run(root: Node, acts: list[tuple[float, str]], paused: bool, limit: float, at_once: bool) -> None:
    routes = ErrorRoutes(default=Step("on error/flaky", "flaky"))
    clock = FakeClock()
    agents = agents_of_all_kinds(clock)
    standby = await standing_by() if at_once else None
    probe = Probe(root, agents, paused=paused, timeout=limit, routes=routes, clock=clock, standby=standby)
    for at, verb in acts:
        probe.clock.call_later(at, getattr(probe.control, verb))
    for at in range(1000, 1003):
        probe.clock.call_later(at, probe.control.resume)
    await probe.run({"n": 0, "list": ["start"]})
    started, ended = probe.of_kind(AgentStarted), probe.of_kind(AgentCompleted, AgentFailed, AgentCancelled)
    assert sorted(event.path for event in started) == sorted(event.path for event in ended)
    is_free = not paused and all(verb in ("resume", "cancel") for _, verb in acts)
    blocked = BLOCKS * sum(event.agent == "heavy" for event in started)
    # What blocks everything cannot be stopped; what swallows a stop is given a moment, and so is the end.
    assert probe.history[-1].at <= limit + 2 * GRACE_SECONDS + blocked + (0 if is_free else 1003)
    length = len(probe.history)
    await probe.clock.sleep(5000)
    assert len(probe.history) == length
    assert len(asyncio.all_tasks()) == 1
