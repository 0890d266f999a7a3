"""Stages on plans made by hand (semantics §3 mixed, §9 stages)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from agentflow_tui.conditions import parse_condition
from agentflow_tui.engine import Event
from agentflow_tui.history.event import (
    NodeEnded,
)
from agentflow_tui.plan.node import Chain, Stage
from tests.unit.engine.probe import (
    PLACE,
    Probe,
    chain,
    counting,
    fan,
    raising,
    returning,
    sleeping,
)


def _stages(*stages: Stage) -> Chain:
    return Chain("flow", "mixed", stages)


async def test_stages_leave_their_marks() -> None:
    root = _stages(Stage("flow/One", "One", 1, chain("a")), Stage("flow/Two", "Two", 2, fan("b", "c")))
    agents = {name: returning({name: 1}) for name in "abc"}
    result = await Probe(root, agents).run()
    assert result.data == {
        **{"a": 1, "b": 1, "c": 1, "workflow_complete": True, "total_stages": 2},
        **{"stage_1_complete": True, "stage_1_name": "One", "stage_2_complete": True, "stage_2_name": "Two"},
    }


async def test_a_skipped_stage_is_asked_nothing_more_and_shown() -> None:
    never, impossible = parse_condition("go == true"), parse_condition("1 / 0 > 1")
    skipped = Stage(
        "flow/Opt", "Opt", 1, chain("a"), when=never, prerequisites=("nope",), success_condition=impossible
    )
    probe = Probe(_stages(skipped, Stage("flow/Main", "Main", 2, chain("b"))), {"b": returning({"b": 1})})
    result = await probe.run()
    assert (result.status, result.data["total_stages"]) == ("completed", 2)
    assert "stage_1_complete" not in result.data
    ended = [event for event in probe.of_kind(NodeEnded) if event.status == "skipped"]
    assert [(event.path, event.reason) for event in ended] == [("flow/Opt", "go == true is false")]


STAGES: dict[str, tuple[dict[str, Any], str, bool]] = {
    "prerequisite": (
        {"prerequisites": ("k", "raw")},
        "stage 'S' prerequisites not met: missing 'raw'",
        False,
    ),
    "success": (
        {"success_condition": parse_condition("has(insights)")},
        "stage 'S' success condition not met: has(insights)",
        True,
    ),
    "when": (
        {"when": parse_condition("1 / 0 > 1")},
        "stage 'S': condition '1 / 0 > 1': division by zero",
        False,
    ),
}


@pytest.mark.parametrize("name", STAGES)
async def test_a_gate_that_is_not_passed_fails_with_its_text(name: str) -> None:
    settings, text, has_run = STAGES[name]
    root = _stages(Stage("flow/S", "S", 1, chain("a"), **settings), Stage("flow/T", "T", 2, chain("b")))
    probe = Probe(root, {"a": returning({"a": 1}), "b": returning({"b": 1})})
    result = await probe.run({"k": None})
    assert (result.status, result.error) == ("failed", text)
    assert result.data == ({"k": None, "a": 1} if has_run else {"k": None})


async def test_a_stage_that_fails_names_itself_and_who_it_was() -> None:
    root = _stages(Stage("flow/S", "S", 1, chain("a", "bad")))
    result = await Probe(root, {"a": returning({"a": 1}), "bad": raising(TimeoutError("too slow"))}).run()
    told = f"TimeoutError: too slow ({PLACE})"
    assert (result.error, result.category) == (f"stage 'S' failed: agent 'bad' failed: {told}", "timeout")
    assert (result.data["failed_stage"], result.meta["pipeline_error"]) == ("bad", told)


async def test_two_runs_of_one_engine_do_not_meet() -> None:
    probe = Probe(chain("c", "s", "c"), {"c": counting(), "s": sleeping(1)})
    results = await asyncio.gather(*(probe.engine.run(Event.make({"i": i})) for i in range(3)))
    assert [result.data for result in results] == [{"i": i, "n": 2} for i in range(3)]
