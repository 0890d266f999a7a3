"""Model calls in the history, from agents that behave and agents that do not."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from agentflow_tui.engine import AgentContext, Event, State
from agentflow_tui.history.event import ModelCallEnded, ModelCallFailed, ModelCallStarted, TokensReceived
from agentflow_tui.plan.node import Chain
from tests.unit.engine.probe import Doing, Probe, chain, fan, step

MESSAGES = [{"role": "user", "content": "hello"}]


def _start(context: AgentContext) -> str:
    return context.recorder.model_call_started(provider="scripted", model="m", messages=MESSAGES)


async def _ask(event: Event, state: State, context: AgentContext) -> Any:
    call = _start(context)
    await context.clock.sleep(1)
    for text in ("he", "", "llo"):
        context.recorder.tokens(call, text)
    context.recorder.model_call_ended(
        call, response="hello", duration=1.0, prompt_tokens=3, completion_tokens=2, first_token_after=1.0
    )
    context.recorder.tokens(call, "after the end")
    return {"response": "hello"}


async def test_a_call_is_written_with_its_tokens_and_a_number_of_its_own() -> None:
    probe = Probe(fan("a", "b"), {"a": Doing(_ask), "b": Doing(_ask)})
    await probe.run()
    assert [(event.agent, event.call) for event in probe.of_kind(ModelCallStarted)] == [
        ("a", "call-1"),
        ("b", "call-2"),
    ]
    texts = [event.text for event in probe.of_kind(TokensReceived) if event.call == "call-1"]
    assert texts == ["he", "llo"]
    assert [event.response for event in probe.of_kind(ModelCallEnded)] == ["hello", "hello"]


async def test_a_call_that_is_open_when_its_agent_ends_is_closed() -> None:
    async def leave_open(event: Event, state: State, context: AgentContext) -> None:
        _start(context)

    async def wait(event: Event, state: State, context: AgentContext) -> None:
        _start(context)
        await context.clock.sleep(100)

    probe = Probe(chain("open"), {"open": Doing(leave_open)})
    await probe.run()
    assert [(event.error, event.is_cancelled) for event in probe.of_kind(ModelCallFailed)] == [
        ("the agent ended before the answer came", False)
    ]
    probe = Probe(chain("wait"), {"wait": Doing(wait)})
    run = probe.start()
    await probe.clock.sleep(1)
    probe.control.cancel("enough")
    await run
    assert [event.is_cancelled for event in probe.of_kind(ModelCallFailed)] == [True]
    assert probe.names()[-4:] == ["model_call_failed", "agent_cancelled", "node_ended", "run_ended"]


async def test_the_call_of_an_agent_that_was_left_behind_is_cancelled() -> None:
    async def deaf(event: Event, state: State, context: AgentContext) -> None:
        _start(context)
        for _ in range(2):
            with suppress(asyncio.CancelledError):
                await context.clock.sleep(100)

    probe = Probe(Chain("flow", "sequential", (step("deaf", timeout=3.0),)), {"deaf": Doing(deaf)})
    await probe.run()
    assert [event.is_cancelled for event in probe.of_kind(ModelCallFailed)] == [True]
    assert "agent_failed" in probe.names()


async def test_what_comes_after_the_agent_has_ended_is_dropped() -> None:
    kept: list[asyncio.Task[None]] = []

    async def leak(event: Event, state: State, context: AgentContext) -> None:
        call = _start(context)

        async def late() -> None:
            await context.clock.sleep(1)
            context.recorder.tokens(call, "late")
            context.recorder.model_call_ended(call, response="late", duration=1.0)
            context.recorder.model_call_failed(call, error="late", category="llm")
            assert _start(context) == ""

        kept.append(asyncio.create_task(late()))

    async def slow(event: Event, state: State, context: AgentContext) -> None:
        await context.clock.sleep(10)

    probe = Probe(chain("leak", "slow"), {"leak": Doing(leak), "slow": Doing(slow)})
    await probe.run()
    await kept[0]
    assert len(probe.of_kind(ModelCallStarted)) == 1
    assert probe.of_kind(TokensReceived, ModelCallEnded) == []
