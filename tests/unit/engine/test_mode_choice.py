"""Which mode runs for an event (semantics §3 switching)."""

from __future__ import annotations

import pytest

from agentflow_tui.config import check_text
from agentflow_tui.engine import Event, ModeChoice
from agentflow_tui.workbench.flow_runner import FlowRunner

FLOW = """
[orchestration]
mode = "sequential"
timeout_seconds = 60
sequential_agents = ["a"]
loop_agent = "a"
[[orchestration.switch]]
when = "1 / n > 2"
mode = "collaborative"
[[orchestration.switch]]
when = "n == 3 and meta.who == 'me' and event.target == 't'"
mode = "loop"
[agents.a]
system_prompt = "x"
"""


@pytest.mark.parametrize(
    ("metadata", "n", "mode", "by", "reason"),
    [
        ({}, 1, "sequential", "default", "mode = 'sequential'"),
        ({"orchestration_override": "route"}, 1, "route", "override", "orchestration_override = 'route'"),
        ({"orchestration_override": "mixed"}, 1, "mixed", "override", "orchestration_override = 'mixed'"),
        ({"orchestration_override": "dance"}, 1, "sequential", "default", "'dance' does not count"),
        ({"who": "me"}, 3, "loop", "switch", "is true"),
        ({"orchestration_override": "dance", "who": "me"}, 3, "loop", "switch", "is true"),
    ],
)
def test_choice(metadata: dict[str, str], n: int, mode: str, by: str, reason: str) -> None:
    checked = check_text(FLOW, env={})
    assert checked.flow is not None, checked.problems
    chosen = ModeChoice.make(checked.flow, Event.make({"n": n}, metadata=metadata, target="t"))
    assert (chosen.plan.mode, chosen.by) == (mode, by)
    assert reason in chosen.reason
    assert not chosen.problem


def test_an_empty_override_is_none() -> None:
    checked = check_text(FLOW, env={})
    assert checked.flow is not None
    event = Event.make({"n": 1}, metadata={"orchestration_override": ""})
    assert ModeChoice.make(checked.flow, event).reason == "mode = 'sequential'"


def test_a_switch_that_cannot_be_decided_fails_the_run() -> None:
    """Division by zero fails the step that asks (semantics §9), here the run itself."""
    text = FLOW + '[providers.scripted]\nanswers = ["x"]\n[llm]\nprovider = "scripted"\n'
    result = FlowRunner.from_text(text, env={}).run_sync({"n": 0})
    assert (result.status, result.category) == ("failed", "validation")
    assert "the switch to 'collaborative' cannot be decided" in result.error
    assert "division by zero" in result.error
    assert [type(event).__name__ for event in result.history] == ["RunStarted", "RunEnded"]
