"""Which mode runs for an event (semantics §3 switching)."""

from __future__ import annotations

import pytest

from agentflow_tui.config import check_text
from agentflow_tui.engine import Event, ModeChoice

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
        ({}, 0, "sequential", "default", "division by zero"),
    ],
)
def test_choice(metadata: dict[str, str], n: int, mode: str, by: str, reason: str) -> None:
    checked = check_text(FLOW, env={})
    assert checked.flow is not None, checked.problems
    chosen = ModeChoice.make(checked.flow, Event.make({"n": n}, metadata=metadata, target="t"))
    assert (chosen.plan.mode, chosen.by) == (mode, by)
    assert reason in chosen.reason
