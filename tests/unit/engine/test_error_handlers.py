"""A failure goes to its handler, once (semantics §5, §9 error routing)."""

from __future__ import annotations

from typing import Any

import pytest

from agentflow_tui.config.flow import Flow
from agentflow_tui.engine import Agent, AgentError, Engine, Event, RunResult
from agentflow_tui.engine.errors import CATEGORIES
from agentflow_tui.history.event import AgentFailed, HistoryEvent, RunEnded
from agentflow_tui.history.fold import fold
from agentflow_tui.history.policy_event import ErrorRouted
from agentflow_tui.plan.compile import compile_plan
from agentflow_tui.plan.node import Chain, ErrorRoutes, Node, Stage, Step
from tests.fake_clock import FakeClock
from tests.unit.engine.probe import PLACE, Probe, chain, counting, raising, returning, sleeping

FIXERS = {name: returning({"fixed_by": name}) for name in ("by_category", "by_severity", "by_default")}


def _step(name: str) -> Step:
    return Step(f"on error/{name}", name)


def _flow(**routing: Any) -> Flow:
    agents: dict[str, Any] = {name: {} for name in ("work", "fix", "other", "off")}
    agents["off"]["enabled"] = False
    return Flow.model_validate(
        {
            "orchestration": {"mode": "sequential", "sequential_agents": ["work"]},
            "agents": agents,
            "error_routing": {"enabled": True, **routing},
        }
    )


async def _run(flow: Flow, agents: dict[str, Agent]) -> tuple[RunResult, list[HistoryEvent]]:
    history: list[HistoryEvent] = []
    engine = Engine(compile_plan(flow), agents, emit=history.append, clock=FakeClock())
    result = await engine.run(Event.make({"given": 1}))
    assert dict(fold(history).state.data) == result.data
    return result, history


@pytest.mark.parametrize("category", CATEGORIES)
async def test_category_comes_before_severity_before_default(category: str) -> None:
    severity = {"auth": "critical", "resource": "critical", "timeout": "high", "network": "high"}
    named = severity.get(category, "medium")
    for routes, expected in (
        (ErrorRoutes({category: _step("by_category")}, {named: _step("by_severity")}), "by_category"),
        (ErrorRoutes({}, {named: _step("by_severity")}, _step("by_default")), "by_severity"),
        (ErrorRoutes({}, {"low": _step("by_severity")}, _step("by_default")), "by_default"),
        (ErrorRoutes(), None),
    ):
        agents = {"bad": raising(AgentError("broken", category=category)), **FIXERS}
        probe = Probe(chain("bad"), agents, routes=routes)
        result = await probe.run()
        assert (result.status, result.category) == ("failed", category)
        assert result.data.get("fixed_by") == result.meta.get("handled_by") == expected
        routed = [(event.handler, event.severity) for event in probe.of_kind(ErrorRouted)]
        assert routed == ([(expected, named)] if expected else [])


async def test_a_handler_sees_what_went_wrong_and_its_changes_stay() -> None:
    result, history = await _run(
        _flow(error_handler_name="fix"), {"work": raising(ValueError("odd")), "fix": counting("handled")}
    )
    assert (result.status, result.error) == ("failed", f"agent 'work' failed: ValueError: odd ({PLACE})")
    assert result.data["handled"] == 1 and result.data["given"] == 1
    assert result.data["error_message"] == f"agent 'work' failed: ValueError: odd ({PLACE})"
    assert (result.data["error_category"], result.data["error_agent"]) == ("validation", "work")
    assert isinstance(history[-1], RunEnded)


async def test_a_handler_that_fails_is_tried_once_and_the_first_error_stays() -> None:
    fixer = raising(AgentError("cannot", category="network"))
    flow = _flow(error_handler_name="fix", max_retries=5)
    result, history = await _run(flow, {"work": raising(ValueError("odd")), "fix": fixer})
    assert (result.error, fixer.runs) == (f"agent 'work' failed: ValueError: odd ({PLACE})", 1)
    assert "handled_by" not in result.meta
    assert [event.agent for event in history if isinstance(event, AgentFailed)] == ["work", "fix"]


async def test_the_references_spelling_of_a_category_counts() -> None:
    result, _ = await _run(
        _flow(category_handlers={"VALIDATION_ERROR": "fix"}, error_handler_name="other"),
        {"work": raising(ValueError("odd")), "fix": counting(), "other": counting()},
    )
    assert result.meta["handled_by"] == "fix"


def test_a_handler_that_is_unknown_or_disabled_is_left_out() -> None:
    plan = compile_plan(_flow(category_handlers={"auth": "off"}, error_handler_name="nobody"))
    assert plan.error_routes == ErrorRoutes()
    assert sorted(step.agent for step in plan.steps()) == ["work"]
    assert sorted(step.agent for step in compile_plan(_flow(error_handler_name="fix")).steps()) == [
        "fix",
        "work",
    ]


SLOW: dict[str, Node] = {
    "agent": Chain("flow", "sequential", (Step("flow/slow", "slow", timeout=3.0),)),
    "stage": Chain("flow", "mixed", (Stage("flow/s", "S", 1, chain("slow"), timeout=3.0),)),
    "branch": Chain("flow", "mixed", (Chain("flow/b", "B", (Step("flow/b/slow", "slow"),), timeout=3.0),)),
}


@pytest.mark.parametrize("what", SLOW)
async def test_what_is_too_slow_in_a_run_that_has_time_is_handled(what: str) -> None:
    routes = ErrorRoutes({"timeout": _step("by_category")})
    probe = Probe(SLOW[what], {"slow": sleeping(50), **FIXERS}, routes=routes, timeout=5.0)
    result = await probe.run()
    assert (result.status, result.category) == ("failed", "timeout")
    assert result.meta["handled_by"] == "by_category"
    assert probe.history[-1].at == 3.0


async def test_a_run_that_is_cancelled_or_out_of_time_has_no_handler() -> None:
    routes = ErrorRoutes(default=_step("by_default"))
    probe = Probe(chain("slow"), {"slow": sleeping(50), **FIXERS}, routes=routes, timeout=5.0)
    assert (await probe.run()).category == "timeout"
    assert probe.of_kind(ErrorRouted) == []
    probe = Probe(chain("slow"), {"slow": sleeping(50), **FIXERS}, routes=routes)
    probe.clock.call_later(1.0, probe.control.cancel)
    assert (await probe.run()).status == "cancelled"
    assert probe.of_kind(ErrorRouted) == []


async def test_a_handler_ends_with_the_time_of_the_run() -> None:
    routes = ErrorRoutes(default=Step("on error/slow", "slow"))
    agents = {"bad": raising(ValueError("odd")), "slow": sleeping(50)}
    probe = Probe(chain("bad"), agents, routes=routes, timeout=5.0)
    result = await probe.run()
    assert (result.status, result.category, probe.history[-1].at) == ("failed", "timeout", 5.0)


async def test_a_failure_in_a_run_that_is_being_cancelled_goes_to_no_handler() -> None:
    handler = returning({"fixed": True})
    routes = ErrorRoutes(default=_step("fix"))
    probe = Probe(chain("bad"), {"bad": raising(ValueError("x")), "fix": handler}, routes=routes)

    def stop(event: HistoryEvent) -> None:
        probe.history.append(event)
        if isinstance(event, AgentFailed):
            probe.control.cancel("enough")

    result = await probe.engine.run(Event.make({}), emit=stop)
    assert (result.status, result.error, handler.runs) == ("cancelled", "enough", 0)
    assert probe.of_kind(ErrorRouted) == []
