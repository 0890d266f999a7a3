"""Conformance, kind `retry`: one agent under a policy, with a prepared outcome per attempt."""

from __future__ import annotations

import random
from typing import Any

import pytest

from agentflow_tui.config.failure import RetryConfig
from agentflow_tui.config.flow import Flow
from agentflow_tui.engine import AgentContext, Engine, Event, RunResult, State
from agentflow_tui.history.event import HistoryEvent
from agentflow_tui.history.policy_event import AttemptFailed
from agentflow_tui.plan.compile import compile_plan
from tests.conformance.cases import Case, later_ids, load_cases
from tests.conformance.scripted_agent import scripted_error
from tests.fake_clock import FakeClock

CASES = [case for case in load_cases("retry") if case.id not in later_ids()]
SEEDS = 200


class _Call:
    """The agent of a case: when it was called, and what comes of each attempt."""

    def __init__(self, outcomes: list[Any]) -> None:
        self._outcomes = outcomes
        self.times: list[float] = []
        self.attempts: list[int] = []

    async def run(self, event: Event, state: State, context: AgentContext) -> None:
        self.times.append(context.clock.now())
        self.attempts.append(context.attempt)
        outcome = self._outcomes[len(self.times) - 1]
        if outcome == "ok":
            return
        facts = {"type": outcome} if isinstance(outcome, str) else outcome
        error = scripted_error({"type": facts["type"], "message": "prepared"})
        if "retry_after_s" in facts:
            error.retry_after = facts["retry_after_s"]  # type: ignore[attr-defined]
        raise error

    @property
    def delays_ms(self) -> list[float]:
        pairs = zip(self.times, self.times[1:], strict=False)
        return [round((after - before) * 1000, 6) for before, after in pairs]


async def _play(case: Case, seed: int) -> tuple[_Call, RunResult]:
    policy = RetryConfig.model_validate(case.given["policy"]).model_dump(exclude_none=True)
    flow = Flow.model_validate(
        {
            "orchestration": {
                "mode": "sequential",
                "sequential_agents": ["call"],
                "timeout_seconds": 86_400.0,
            },
            "agents": {"call": {"retry_policy": policy}},
        }
    )
    call, history = _Call(case.given["outcomes"]), list[HistoryEvent]()
    rng = random.Random(seed).random
    engine = Engine(compile_plan(flow), {"call": call}, emit=history.append, clock=FakeClock(), rng=rng)
    result = await engine.run(Event.make())
    waits = [event.retry_in for event in history if isinstance(event, AttemptFailed)]
    assert [round(wait * 1000, 6) for wait in waits] == call.delays_ms
    assert call.attempts == list(range(1, len(call.times) + 1))
    return call, result


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
async def test_retry(case: Case) -> None:
    bounds = case.expect.get("delay_bounds_ms")
    seen = set()
    for seed in range(SEEDS if bounds else 1):
        call, result = await _play(case, seed)
        assert result.status == case.expect["status"]
        assert len(call.times) == case.expect["attempts"]["call"]
        assert call.delays_ms == case.expect.get("delays_ms", call.delays_ms)
        seen.add(tuple(call.delays_ms))
        for delay, (least, most) in zip(call.delays_ms, bounds or [], strict=False):
            assert least <= delay <= most
    assert len(seen) == (SEEDS if bounds else 1)
    assert case.expect.keys() <= {"status", "attempts", "delays_ms", "delay_bounds_ms"}
