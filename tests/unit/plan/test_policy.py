"""Which retries, breakers and rate limits an agent gets (semantics §5, §9)."""

from __future__ import annotations

from typing import Any

import pytest

from agentflow_tui.config import check_text
from agentflow_tui.config.flow import Flow
from agentflow_tui.plan.policy import BreakerPolicy, Policies, RateLimit, RetryPolicy, policies_of

OWN = {"max_retries": 2, "base_delay_ms": 500.0, "backoff_multiplier": 3.0, "enable_jitter": False}
OWN_POLICY = RetryPolicy(2, 0.5, 30.0, 3.0, jitter=False)


def _flow(agent: dict[str, Any], *, attempts: int | None = None, **routing: Any) -> Flow:
    orchestration = {} if attempts is None else {"retry_attempts": attempts}
    return Flow.model_validate(
        {"orchestration": orchestration, "agents": {"a": agent}, "error_routing": routing}
    )


@pytest.mark.parametrize(
    ("flow", "expected"),
    [
        (_flow({}), None),
        (_flow({}, attempts=0), None),
        (_flow({}, attempts=4), RetryPolicy(4)),
        (_flow({"retry_policy": OWN}, attempts=4), OWN_POLICY),
        (_flow({"retry_policy": {"max_retries": 0}}, attempts=4), None),
        (_flow({}, enabled=True, retry=OWN), OWN_POLICY),
        (_flow({}, enabled=False, retry=OWN, max_retries=5), None),
        (_flow({}, enabled=True, max_retries=2, retry_delay_ms=250.0), RetryPolicy(2, 0.25)),
        (_flow({}, attempts=0, enabled=True, max_retries=2), None),
    ],
)
def test_an_agents_own_retries_come_first_then_the_short_form_then_error_routing(
    flow: Flow, expected: RetryPolicy | None
) -> None:
    assert policies_of(flow, "a") == (None if expected is None else Policies(retry=expected))


def test_breakers_come_from_the_agent_or_for_all_from_error_routing() -> None:
    own = {"circuit_breaker": {"failure_threshold": 1, "timeout_ms": 1500.0}}
    assert policies_of(_flow(own), "a") == Policies(breaker=BreakerPolicy(1, open_seconds=1.5))
    everyone = {"enabled": True, "enable_circuit_breaker": True}
    assert policies_of(_flow({}, **everyone), "a") == Policies(breaker=BreakerPolicy())
    some = _flow({}, **everyone, circuit_breaker={"success_threshold": 7})
    assert policies_of(some, "a") == Policies(breaker=BreakerPolicy(success_threshold=7))
    assert policies_of(_flow({}, enabled=True, circuit_breaker={}), "a") is None


def test_a_rate_limit_is_the_agents_own() -> None:
    flow = _flow({"rate_limit": {"requests_per_second": 2.5, "burst_size": 4}})
    assert policies_of(flow, "a") == Policies(rate_limit=RateLimit(2.5, 4))
    assert policies_of(flow, "unknown") is None


def test_policies_of_an_agent_that_is_a_flow_are_said_to_do_nothing() -> None:
    text = '[agents.a]\nflow = "b.toml"\n[agents.a.rate_limit]\n[agents.b.rate_limit]\n'
    found = [problem for problem in check_text(text, env={}).problems if "does nothing" in problem.message]
    assert [(problem.path, problem.severity) for problem in found] == [("agents.a.rate_limit", "warning")]
