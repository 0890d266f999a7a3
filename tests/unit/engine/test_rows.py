"""Agents that begin in the moment in which another one ends."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

import pytest

from agentflow_tui.engine import AgentContext, Event, State
from agentflow_tui.plan.node import Chain, Fan, Loop, Node
from tests.unit.engine.probe import Doing, Probe, fan, step

_MARK: ContextVar[str] = ContextVar("_MARK", default="nobody's")


@pytest.mark.parametrize(
    "root",
    [
        Chain(
            "flow", "sequential", (step("a"), step("b"), Chain("flow/c", "sequential", (step("b", "c/b"),)))
        ),
        Loop("flow", "loop", step("a"), max_iterations=3),
        fan("a", "b", max_concurrency=1),
        Fan("flow", "f", (Chain("x", "s", (step("a"),)), Chain("y", "s", (step("b"),))), max_concurrency=1),
    ],
    ids=["chain", "loop", "fan of agents", "fan of chains"],
)
async def test_what_an_agent_sets_in_its_context_reaches_no_other(root: Node) -> None:
    seen: list[str] = []

    async def work(_: Event, __: State, context: AgentContext) -> Any:
        seen.append(_MARK.get())
        _MARK.set(context.agent)

    _MARK.set("the program's")
    probe = Probe(root, {"a": Doing(work), "b": Doing(work)})
    assert (await probe.run({})).status == "completed"
    assert set(seen) == {"the program's"} and len(seen) > 1


async def test_a_long_chain_needs_no_deep_stack() -> None:
    async def work(_: Event, state: State, __: AgentContext) -> Any:
        return {"n": state.data.get("n", 0) + 1}

    chain = Chain("flow", "sequential", tuple(step("a", f"flow/{n}") for n in range(3000)))
    assert (await Probe(chain, {"a": Doing(work)}).run({})).data == {"n": 3000}
