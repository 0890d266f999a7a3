"""Choices and routes on plans made by hand (semantics §3 route, conditional branching)."""

from __future__ import annotations

from typing import Any

import pytest

from agentflow_tui.conditions import parse_condition
from agentflow_tui.engine import AgentContext, Event, State
from agentflow_tui.history.event import (
    ChoiceTaken,
    HandedOver,
)
from agentflow_tui.plan.node import Chain, Choice, Option, Routing, Rule, Stage
from tests.unit.engine.probe import (
    Doing,
    Probe,
    returning,
    step,
)


def _pick(*options: Option) -> Choice:
    return Choice("flow", "pick", options)


async def test_a_condition_that_cannot_be_answered_fails_the_choice() -> None:
    root = _pick(Option("no", step("a"), when=parse_condition("n / 0 > 1")), Option("otherwise", step("a")))
    probe = Probe(root, {"a": returning({})})
    result = await probe.run({"n": 1})
    assert (result.status, result.category) == ("failed", "validation")
    assert result.error.startswith("choice: condition 'n / 0 > 1': ")
    assert probe.of_kind(ChoiceTaken) == []


async def test_the_first_true_option_runs() -> None:
    root = _pick(
        Option("no", step("a"), when=parse_condition("n > 5")),
        Option("contains", step("b"), contains="BUG"),
        Option("otherwise", step("c")),
    )
    agents = {name: returning({"by": name}) for name in "abc"}
    for data, by in (({"n": 9}, "a"), ({"message": "a bug"}, "b"), ({"message": 3}, "c")):
        probe = Probe(root, agents)
        assert (await probe.run(data)).data["by"] == by
        assert probe.of_kind(ChoiceTaken)[0].option == f"flow/{by}"


async def test_a_choice_may_run_nothing_and_says_so() -> None:
    probe = Probe(_pick(Option("no", step("a"), when=parse_condition("false"))), {"a": returning({"x": 1})})
    result = await probe.run({"k": 1})
    assert (result.status, result.data) == ("completed", {"k": 1})
    assert (probe.of_kind(ChoiceTaken)[0].option, probe.of_kind(ChoiceTaken)[0].reason) == (
        "",
        "no condition was true",
    )


def _route(**settings: Any) -> Choice:
    options = tuple(Option(name, step(name)) for name in ("a", "b"))
    return Choice("flow", "route", options, Routing(**settings))


async def test_exactly_so_many_hand_overs_are_allowed() -> None:
    async def hand_over(event: Event, state: State, context: AgentContext) -> Any:
        state.data["n"] = state.data.get("n", 0) + 1
        if state.data["n"] <= state.data["wanted"]:
            state.meta["route"] = "b" if context.agent == "a" else "a"
        return state

    agents = {"a": Doing(hand_over), "b": Doing(hand_over)}
    probe = Probe(_route(default_agent="a", max_hops=3), agents)
    assert (await probe.run({"wanted": 3})).status == "completed"
    assert [event.hop for event in probe.of_kind(HandedOver)] == [1, 2, 3]
    result = await Probe(_route(default_agent="a", max_hops=3), agents).run({"wanted": 4})
    assert result.error == "more than 3 hand-overs: a → b → a → b → a"


ROUTES: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "nothing": ({}, {}, "no agent for this event"),
    "rules": (
        {"rules": (Rule("a", contains="x"),)},
        {"target": "t"},
        "target 't' is no agent, none of 1 rules",
    ),
    "metadata": ({}, {"metadata": {"route": "ghost"}}, "metadata 'route' names 'ghost'"),
    "default": ({"default_agent": "ghost"}, {}, "routing chose 'ghost'"),
}


@pytest.mark.parametrize("name", ROUTES)
async def test_a_route_that_leads_nowhere_says_what_was_tried(name: str) -> None:
    settings, event, text = ROUTES[name]
    result = await Probe(_route(**settings), {}).run({}, **event)
    assert (result.status, text in result.error) == ("failed", True), result.error


async def test_a_hand_over_to_nobody_fails() -> None:
    async def hand_over(event: Event, state: State, context: AgentContext) -> Any:
        state.meta["route"] = "ghost"
        return state

    result = await Probe(_route(default_agent="a"), {"a": Doing(hand_over)}).run()
    assert result.error == "agent 'a' handed over to 'ghost', and no agent is called that"
    assert "route" not in result.meta


async def test_a_route_stage_takes_its_first_agent_and_ignores_the_target() -> None:
    agents = {"a": returning({"by": "a"}), "b": returning({"by": "b"})}
    root = Stage("flow/s", "S", 1, _route(uses_target=False))
    assert (await Probe(root, agents).run({}, target="b")).data["by"] == "a"
    assert (await Probe(root, agents).run({}, metadata={"route": "b"})).data["by"] == "b"
    assert (await Probe(root, agents).run({}, metadata={"route": "zed"})).data["by"] == "a"


async def test_an_agent_that_is_a_flow_does_not_hand_over_to_itself_by_the_route_it_was_found_by() -> None:
    inner = Chain("flow/x", "x", (step("a"),), flow="inner.toml", agent="x")
    agent = returning({"done": True})
    root = Choice("flow", "route", (Option("x", inner),), Routing())
    probe = Probe(root, {"a": agent})
    result = await probe.run(metadata={"route": "x"})
    assert (result.status, agent.runs, probe.of_kind(HandedOver)) == ("completed", 1, [])
