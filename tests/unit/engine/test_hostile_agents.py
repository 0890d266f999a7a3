"""Agents that break every rule: the run ends in order, and says who it was (semantics §2, §5)."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from types import MappingProxyType
from typing import Any

import pytest

from agentflow_tui.engine import AgentContext, Event, Hooks, State
from agentflow_tui.engine.agent import Caller
from agentflow_tui.engine.call import GRACE_SECONDS
from agentflow_tui.history.event import AgentCancelled, AgentCompleted, AgentFailed, Warned
from agentflow_tui.plan.node import Chain
from tests.unit.engine.probe import Doing, Probe, chain, fan, raising, returning, sleeping, step, stubborn


class BadText(Exception):
    def __str__(self) -> str:
        raise ValueError("no text either")


class OwnBase(BaseException):
    pass


class ExitText(Exception):
    def __str__(self) -> str:
        raise SystemExit(4)


class BadFacts(Exception):
    """Says nothing about itself."""

    @property
    def category(self) -> str:
        raise SystemExit("category")

    @property
    def hint(self) -> str:
        raise KeyboardInterrupt

    @property
    def retry_after(self) -> float:
        raise GeneratorExit


class Closed(Exception):
    def __getattribute__(self, name: str) -> Any:
        raise RuntimeError(f"not even {name}")


async def _recurse(event: Event, state: State, context: AgentContext) -> Any:
    return await _recurse(event, state, context)


async def _cancel_oneself(event: Event, state: State, context: AgentContext) -> Any:
    raise asyncio.CancelledError


ERRORS: dict[str, tuple[BaseException, str]] = {
    "exit": (SystemExit(3), "3"),
    "interrupt": (KeyboardInterrupt(), "KeyboardInterrupt"),
    "generator exit": (GeneratorExit(), "GeneratorExit"),
    "own base": (OwnBase("odd one"), "odd one"),
    "no text": (BadText(), "BadText"),
    "text that exits": (ExitText(), "ExitText"),
    "facts that raise": (BadFacts("odd facts"), "odd facts"),
    "no attribute at all": (Closed("shut"), "shut"),
    "half a character": (RuntimeError("a \ud800 b"), "a ? b"),
    "long": (RuntimeError("x" * 10_000_000), "x… (10000000 characters)"),
    "empty": (RuntimeError(), "RuntimeError"),
    "group": (BaseExceptionGroup("many", [SystemExit(1)]), "many"),
    "stop": (StopAsyncIteration("over"), "over"),
}


@pytest.mark.parametrize("name", ERRORS)
async def test_every_exception_is_the_agents_failure(name: str) -> None:
    error, text = ERRORS[name]
    probe = Probe(chain("bad"), {"bad": raising(error)})
    result = await probe.run()
    assert result.status == "failed"
    assert text in result.error
    assert len(result.error) < 101_000
    hooks = Hooks()
    hooks.register("AgentError", "note", lambda call: None)
    hooked = Probe(chain("bad"), {"bad": raising(error)}, hooks=hooks)
    assert (await hooked.run()).error == result.error


@pytest.mark.parametrize("work", [_recurse, _cancel_oneself])
async def test_a_handler_that_ends_oddly_fails(work: Any) -> None:
    probe = Probe(chain("odd"), {"odd": Doing(work)})
    result = await probe.run()
    assert (result.status, len(probe.of_kind(AgentFailed))) == ("failed", 1)


async def test_an_agent_that_is_no_agent_fails() -> None:
    probe = Probe(chain("none", "odd"), {"odd": returning(None)})
    assert (await probe.run()).error == "agent 'none' failed: no agent is called 'none'"
    probe = Probe(chain("odd"), {"odd": object()})  # type: ignore[dict-item]
    assert "has no attribute 'run'" in (await probe.run()).error


async def test_the_category_and_the_hint_of_an_exception_are_kept() -> None:
    error = RuntimeError("model not there")
    error.category = "llm"  # type: ignore[attr-defined]
    error.hint = "ollama pull x"  # type: ignore[attr-defined]
    probe = Probe(chain("bad"), {"bad": raising(error)})
    result = await probe.run()
    failed = probe.of_kind(AgentFailed)[0]
    assert (failed.category, failed.hint) == (result.category, result.hint) == ("llm", "ollama pull x")


async def test_an_agent_that_swallows_cancellation_is_left_behind() -> None:
    agent = stubborn()
    probe = Probe(chain("deaf", "after"), {"deaf": agent, "after": returning({"x": 1})})
    run = probe.start()
    await probe.clock.sleep(1)
    probe.control.cancel("stop")
    result = await run
    assert (result.status, result.data) == ("cancelled", {})
    assert probe.history[-1].at == 1 + GRACE_SECONDS
    assert [event.path for event in probe.of_kind(Warned)] == ["flow/0"]
    assert "deaf" in probe.of_kind(Warned)[0].message
    length = len(probe.history)
    await probe.clock.sleep(7200)
    assert len(probe.history) == length


async def test_an_agent_that_outlives_its_own_timeout_is_left_behind_and_the_flow_goes_on() -> None:
    phase = fan("deaf", "ok")
    phase = type(phase)(phase.path, phase.title, (step("deaf", timeout=3.0), phase.children[1]))
    root = Chain("root", "mixed", (phase, Chain("root/s", "sequential", (step("last"),))))
    agents = {"deaf": stubborn(60), "ok": returning({"x": 1}), "last": returning({"y": 2})}
    probe = Probe(root, agents)
    result = await probe.run()
    assert (result.status, result.data) == ("completed", {"x": 1, "y": 2})
    assert result.meta["deaf_error"] == "agent timeout after 3 s"
    assert probe.history[-1].at == 3 + GRACE_SECONDS
    length = len(probe.history)
    await probe.clock.sleep(7200)
    assert len(probe.history) == length


async def test_a_result_that_comes_within_the_grace_time_does_not_count() -> None:
    async def tidy(event: Event, state: State, context: AgentContext) -> Any:
        try:
            await context.clock.sleep(100)
        except asyncio.CancelledError:
            await context.clock.sleep(1)
        return {"late": True}

    probe = Probe(chain("tidy"), {"tidy": Doing(tidy)})
    run = probe.start()
    await probe.clock.sleep(1)
    probe.control.cancel()
    result = await run
    assert (result.status, result.data, probe.history[-1].at) == ("cancelled", {}, 2.0)
    assert len(probe.of_kind(AgentCancelled)) == 1
    assert probe.of_kind(AgentCompleted, AgentFailed, Warned) == []


async def test_what_an_agent_was_given_or_gave_cannot_be_changed_later() -> None:
    mine: dict[str, Any] = {"list": [1], "deep": {"a": [2]}}
    held: list[Any] = []

    async def sly(event: Event, state: State, context: AgentContext) -> Any:
        held.extend((event, state, state.data["given"]))
        state.data["given"].append("kept")
        state.data.update(mine)
        return state

    async def spoil(event: Event, state: State, context: AgentContext) -> Any:
        mine["list"].append("late")
        mine["deep"]["a"].clear()
        held[1].data["given"].append("late")
        held[1].data["new"] = 1
        held[2].append("late")
        held[0].data["given"].append("late")
        event.data["given"].append("late")
        with pytest.raises(TypeError):
            event.data["x"] = 1  # type: ignore[index]
        with pytest.raises(TypeError):
            event.metadata["x"] = "1"  # type: ignore[index]

    probe = Probe(chain("sly", "spoil"), {"sly": Doing(sly), "spoil": Doing(spoil)})
    data = {"given": [0]}
    result = await probe.run(data)
    assert result.status == "completed"
    assert result.data == {"given": [0, "kept"], "list": [1], "deep": {"a": [2]}}
    assert probe.of_kind(AgentCompleted)[0].delta.set == result.data
    assert data == {"given": [0]}
    result.data["list"].append("by the caller")
    assert probe.of_kind(AgentCompleted)[0].delta.set["list"] == [1]


@pytest.mark.parametrize("answer", [None, MappingProxyType({"own": 1})])
async def test_what_an_agent_changed_in_its_state_and_did_not_give_back_does_not_count(answer: Any) -> None:
    async def forgetful(event: Event, state: State, context: AgentContext) -> Any:
        state.data["changed"] = state.meta["changed"] = "yes"
        return answer

    result = await Probe(chain("a"), {"a": Doing(forgetful)}).run({"k": 1})
    assert (result.data, result.meta) == ({"k": 1, **(answer or {})}, {})


async def test_what_an_agent_that_was_left_behind_does_later_is_told_to_nobody() -> None:
    hooks, told = Hooks(), list[Any]()

    class Deaf:
        async def run(self, event: Event, state: State, context: AgentContext) -> Any:
            raise AssertionError("it has a shorter way")

        async def run_for(self, event: Event, state: State, caller: Caller) -> Any:
            while caller.clock.now() < 10:
                with suppress(asyncio.CancelledError):
                    await caller.clock.sleep(10 - caller.clock.now())
            caller.context().recorder.warned("too late")
            told.append("end")
            raise ValueError("too late")

    root = fan("deaf", "long")
    probe = Probe(root, {"deaf": Deaf(), "long": sleeping(20)}, hooks=hooks)
    probe.clock.call_later(1, lambda: probe.control.cancel_agent("flow/0"))
    probe.clock.call_later(5, lambda: hooks.register("AgentError", "tell", told.append))
    result = await probe.run()
    assert (result.status, told, probe.history[-1].at) == ("completed", ["end"], 20.0)
    assert [event.message for event in probe.of_kind(Warned)] == [
        "agent 'deaf' did not stop within 2 s and was left behind"
    ]


def test_a_second_ctrl_c_in_an_agent_that_is_being_stopped_ends_the_program() -> None:
    async def pressed_again() -> None:
        probe = Probe(chain("a"), {"a": Doing(work)})
        probe.clock.call_later(1, probe.control.interrupt)
        await probe.run()

    async def work(event: Event, state: State, context: AgentContext) -> Any:
        try:
            await context.clock.sleep(100)
        except asyncio.CancelledError:
            raise KeyboardInterrupt from None

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(pressed_again())


async def test_a_large_value_passes_whole() -> None:
    text = "x" * 10_000_000
    probe = Probe(chain("big", "big"), {"big": returning({"text": text, "list": [text] * 100})})
    result = await probe.run()
    assert result.status == "completed"
    assert result.data["text"] is text


async def test_an_event_that_is_no_json_fails_the_run() -> None:
    probe = Probe(chain("a"), {"a": returning(None)})
    result = await probe.engine.run(Event("e1", {"bad": {1}}))
    probe.check(result)
    assert "the event cannot be used: data.bad: a set" in result.error
    assert probe.names() == ["run_started", "run_ended"]
