"""Callbacks: order, states passed on, errors, names (semantics §6)."""

from __future__ import annotations

from typing import Any

import pytest

from agentflow_tui.engine import AgentContext, Event, Hooks, State
from agentflow_tui.engine.errors import HookNameError
from agentflow_tui.engine.hooks import Hook, HookCall
from agentflow_tui.history.event import AgentCompleted, AgentFailed, CallbackFailed
from agentflow_tui.plan.node import Chain
from tests.unit.engine.probe import Doing, Probe, chain, loop, raising, returning, sleeping, step


def _keep(calls: list[HookCall]) -> Any:
    def callback(call: HookCall) -> None:
        calls.append(call)

    return callback


async def test_an_agent_hook_is_told_everything() -> None:
    hooks, calls = Hooks(), list[HookCall]()
    hooks.register("AllHooks", "keep", _keep(calls))
    probe = Probe(loop("a", 2), {"a": sleeping(3, {"x": 1})}, hooks=hooks)
    await probe.run({"k": 1}, event_id="e-1")
    assert [call.hook for call in calls[1:-1]] == ["BeforeAgentRun", "AfterAgentRun"] * 2
    before, after = calls[3], calls[4]
    assert (before.agent, before.attempt, before.iteration, before.event.id) == ("a", 1, 2, "e-1")
    assert (before.duration, before.result, before.error) == (None, None, None)
    assert after.result is after.state
    assert (after.duration, dict(after.state.data)) == (3.0, {"k": 1, "x": 1})


async def test_what_a_callback_changes_without_returning_it_is_lost() -> None:
    hooks = Hooks()

    def scribble(call: HookCall) -> None:
        call.state.data["scribble"] = call.hook
        call.state.data["list"].append(2)

    hooks.register("AllHooks", "scribble", scribble)
    probe = Probe(chain("a"), {"a": returning({"x": 1})}, hooks=hooks)
    assert (await probe.run({"list": [1]})).data == {"list": [1], "x": 1}


@pytest.mark.parametrize("returned", [None, {"own": 1}])
async def test_what_a_before_callback_returns_stays_whatever_the_agent_returns(returned: Any) -> None:
    hooks = Hooks()
    hooks.register("BeforeAgentRun", "trace", lambda call: {"trace": [call.agent]})
    probe = Probe(chain("a"), {"a": returning(returned)}, hooks=hooks)
    result = await probe.run()
    assert result.data == {"trace": ["a"], **(returned or {})}
    assert probe.of_kind(AgentCompleted)[0].delta.set == result.data


async def test_a_callback_that_an_agent_registers_is_called_after_that_agent_too() -> None:
    hooks, calls = Hooks(), list[HookCall]()

    async def registers(event: Event, state: State, context: AgentContext) -> Any:
        hooks.register("AllHooks", "keep", _keep(calls))
        return {"x": 1}

    probe = Probe(chain("a"), {"a": Doing(registers)}, hooks=hooks)
    assert (await probe.run()).data == {"x": 1}
    assert [call.hook for call in calls] == ["AfterAgentRun", "AfterEventHandling"]
    assert calls[0].state.data["x"] == 1


async def test_the_hooks_around_the_event_may_change_the_state() -> None:
    hooks = Hooks()

    async def both(call: HookCall) -> State:
        call.state.data["seen"] = [*call.state.data.get("seen", []), call.hook]
        call.state.meta["m"] = call.hook
        return call.state

    async def look(event: Event, state: State, context: AgentContext) -> Any:
        return {"looked": state.data["seen"]}

    hooks.register("BeforeEventHandling", "both", both)
    hooks.register("AfterEventHandling", "both", both)
    result = await Probe(chain("a"), {"a": Doing(look)}, hooks=hooks).run()
    assert result.data == {
        "seen": ["BeforeEventHandling", "AfterEventHandling"],
        "looked": ["BeforeEventHandling"],
    }
    assert result.meta == {"m": "AfterEventHandling"}


OTHERS: tuple[Hook, ...] = ("BeforeEventHandling", "AfterEventHandling", "AfterAgentRun")


@pytest.mark.parametrize("hook", OTHERS)
@pytest.mark.parametrize("rubbish", [42, {"a": {1}}, State({"b": object()})])
async def test_rubbish_from_a_callback_is_recorded_and_dropped(hook: Hook, rubbish: Any) -> None:
    hooks, calls = Hooks(), list[HookCall]()
    hooks.register(hook, "odd", lambda call: rubbish)
    hooks.register(hook, "next", _keep(calls))
    probe = Probe(chain("a"), {"a": returning({"x": 1})}, hooks=hooks)
    result = await probe.run()
    assert (result.status, result.data) == ("completed", {"x": 1})
    assert [(event.hook, event.name) for event in probe.of_kind(CallbackFailed)] == [(hook, "odd")]
    assert len(calls) == 1


@pytest.mark.parametrize("error", [ValueError("quota"), SystemExit("quota"), KeyboardInterrupt("quota")])
async def test_an_error_before_a_run_is_that_runs_error(error: BaseException) -> None:
    hooks, calls, agent = Hooks(), list[HookCall](), returning({"x": 1})

    def gate(call: HookCall) -> None:
        raise error

    line = gate.__code__.co_firstlineno + 1
    hooks.register("BeforeAgentRun", "gate", gate)
    hooks.register("AgentError", "keep", _keep(calls))
    probe = Probe(chain("a"), {"a": agent}, hooks=hooks)
    told = f"agent 'a' failed: {type(error).__name__}: quota (unit/engine/test_hooks.py:{line})"
    assert (await probe.run()).error == told
    assert (agent.runs, [call.error for call in calls]) == (0, [error])


async def test_an_error_hook_fires_once_also_for_a_timeout_and_a_bad_result() -> None:
    for root, agent in (
        (Chain("flow", "sequential", (step("a", timeout=2.0),)), sleeping(100)),
        (chain("a"), raising(OSError("x"))),
        (chain("a"), returning(42)),
    ):
        hooks, calls = Hooks(), list[HookCall]()
        hooks.register("AgentError", "keep", _keep(calls))
        hooks.register("AfterAgentRun", "keep", _keep(calls))
        probe = Probe(root, {"a": agent}, hooks=hooks)
        await probe.run()
        assert [call.hook for call in calls] == ["AgentError"]
        assert str(calls[0].error) in probe.of_kind(AgentFailed)[0].error


def test_names_are_unique_per_hook_and_not_empty() -> None:
    hooks = Hooks()
    hooks.register("BeforeAgentRun", "n", print)
    hooks.register("AfterAgentRun", "n", print)
    with pytest.raises(HookNameError, match="callback 'n' is already registered for hook 'BeforeAgentRun'"):
        hooks.register("BeforeAgentRun", "n", print)
    with pytest.raises(HookNameError):
        hooks.register("BeforeAgentRun", "", print)
    with pytest.raises(ValueError, match="no hook 'OnFullMoon'"):
        hooks.register("OnFullMoon", "n", print)  # type: ignore[arg-type]
    assert hooks.unregister("BeforeAgentRun", "n") is True
    assert hooks.unregister("BeforeAgentRun", "n") is False
    hooks.register("BeforeAgentRun", "n", print)


async def test_registering_and_unregistering_inside_a_callback() -> None:
    hooks, order = Hooks(), list[str]()

    def first(call: HookCall) -> None:
        order.append("first")
        hooks.unregister("BeforeAgentRun", "second")
        if len(order) == 1:
            hooks.register("BeforeAgentRun", "third", lambda call: order.append("third"))

    hooks.register("BeforeAgentRun", "first", first)
    hooks.register("BeforeAgentRun", "second", lambda call: order.append("second"))
    await Probe(chain("a", "a"), {"a": returning(None)}, hooks=hooks).run()
    assert order == ["first", "first", "third"]
