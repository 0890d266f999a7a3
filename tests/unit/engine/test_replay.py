"""What agents gave decides what happens: nothing else does (semantics §2, §3)."""

from __future__ import annotations

import asyncio
import itertools
from collections import defaultdict
from dataclasses import asdict
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from agentflow_tui.engine import Agent, AgentContext, AgentError, Event, State
from agentflow_tui.history.delta import Delta
from agentflow_tui.history.event import (
    AgentCancelled,
    AgentCompleted,
    AgentFailed,
    AgentStarted,
    HistoryEvent,
)
from agentflow_tui.history.fan_event import FanEnded, MergeConflict
from agentflow_tui.history.policy_event import AttemptFailed, AttemptStarted, Throttled
from agentflow_tui.plan.node import Chain, Fan, Node, Step
from agentflow_tui.plan.policy import Policies, RetryPolicy
from tests.unit.engine.probe import Doing, Probe
from tests.unit.engine.test_any_plan import AGENTS, agents_of_all_kinds, plans

Outcome = tuple[float, Delta | AgentFailed | AttemptFailed | None]
"""After how many seconds an attempt ended, and how; none when it was cancelled."""


def _outcomes(history: list[HistoryEvent]) -> dict[str, list[Outcome]]:
    """The ends of all calls by the path of their step, in order."""
    began: dict[str, float] = {}
    found: dict[str, list[Outcome]] = defaultdict(list)
    for event in history:
        match event:
            case AgentStarted() | AttemptStarted():
                began[event.path] = event.at
            case Throttled() | AgentCancelled() if event.path not in began:
                pass
            case Throttled():
                began.pop(event.path)
            case AgentCompleted():
                found[event.path].append((event.at - began.pop(event.path), event.delta))
            case AgentFailed() if event.path not in began or "circuit breaker" in event.error:
                began.pop(event.path, None)
            case AgentFailed() | AttemptFailed() if event.error.startswith("agent timeout"):
                # The limit's doing: it will do it again, in the same turn as what else is due then.
                began.pop(event.path)
                found[event.path].append((1e9, None))
            case AgentFailed() | AttemptFailed():
                found[event.path].append((event.at - began.pop(event.path), event))
            case AgentCancelled():
                began.pop(event.path)
                found[event.path].append((1e9, None))
    return found


class _Replayed:
    """An agent that does again what a history says it did."""

    def __init__(self, outcomes: dict[str, list[Outcome]]) -> None:
        self._outcomes = outcomes

    async def run(self, event: Event, state: State, context: AgentContext) -> Any:
        left = self._outcomes[context.path]
        seconds, end = left.pop(0) if left else (1e9, None)
        if seconds:
            await context.clock.sleep(seconds)
        if isinstance(end, AgentFailed | AttemptFailed):
            hint = end.hint if isinstance(end, AgentFailed) else ""
            raise AgentError(end.error, category=end.category, hint=hint)
        if end is not None:
            state.data.update(end.set)
            state.meta.update(end.meta_set)
            for key in end.removed:
                del state.data[key]
            for key in end.meta_removed:
                del state.meta[key]
        return state


def _comparable(history: list[HistoryEvent]) -> list[tuple[str, dict[str, Any]]]:
    rows = []
    for event in history:
        facts = asdict(event)
        if event.kind == "run_started":
            facts["event"] = {key: facts["event"][key] for key in ("data", "metadata")}
            facts.pop("session_id")
        for key in ("at", "duration", "wait", "retry_in"):
            if key in facts:
                facts[key] = round(facts[key], 6)
        rows.append((event.kind, facts))
    return rows


@settings(max_examples=150, deadline=None)
@given(plans(without=("deaf",)), st.sampled_from((4.0, 600.0)))
def test_the_histories_own_agent_results_give_the_same_history(root: Node, limit: float) -> None:
    asyncio.run(_replay(root, limit))


async def _replay(root: Node, limit: float) -> None:
    data = {"n": 0, "list": ["start"]}
    first = Probe(root, agents_of_all_kinds(), timeout=limit)
    await first.run(data, event_id="e", timestamp="t")
    replayed: Agent = _Replayed(_outcomes(first.history))
    second = Probe(root, dict.fromkeys(AGENTS, replayed), timeout=limit)
    await second.run(data, event_id="e", timestamp="t")
    assert _comparable(second.history) == _comparable(first.history)


async def test_an_attempt_and_a_limit_that_are_due_together_come_in_the_same_order_again() -> None:
    again = Policies(RetryPolicy(initial_delay=1.0, jitter=False))
    late = Chain("f/late", "sequential", (Step("f/late/slow", "slow", 3.0, again),), timeout=4.0)
    await _replay(Fan("f", "collaborative", (Step("f/flaky", "flaky"), late), 0.9, 1), 600.0)


KEYS = st.sampled_from(("a", "b", "c"))
WRITES = st.dictionaries(KEYS, st.integers(0, 2), max_size=3)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(WRITES, st.sets(KEYS, max_size=2), st.integers(0, 4)), min_size=1, max_size=5),
    st.randoms(use_true_random=False),
    st.integers(1, 5),
)
def test_the_merge_does_not_depend_on_the_order_of_completion(
    branches: list[tuple[dict[str, int], set[str], int]], rng: Any, limit: int
) -> None:
    others = [(writes, gone, rng.randrange(5)) for writes, gone, _ in branches]
    results = [asyncio.run(_merged(each, most)) for each in (branches, others) for most in (limit, 5)]
    assert all(result == results[0] for result in results)


async def _merged(branches: list[tuple[dict[str, int], set[str], int]], limit: int) -> Any:
    def branch(writes: dict[str, int], gone: set[str], seconds: int) -> Doing:
        async def work(event: Event, state: State, context: AgentContext) -> Any:
            await context.clock.sleep(seconds)
            for key in gone:
                state.data.pop(key, None)
            state.data.update(writes)
            return state

        return Doing(work)

    numbers = itertools.count()
    agents: dict[str, Agent] = {f"agent {next(numbers)}": branch(*each) for each in branches}
    steps = tuple(Step(f"flow/{name}", name) for name in agents)
    probe = Probe(Fan("flow", "collaborative", steps, max_concurrency=limit), agents)
    result = await probe.run({"a": 9, "b": 9})
    (ended,) = probe.of_kind(FanEnded)
    conflicts = [(event.key, event.branches, event.values) for event in probe.of_kind(MergeConflict)]
    return result.data, ended.delta, conflicts
