"""Runs out of files of strangers, whose events no engine of ours has told."""

from __future__ import annotations

from typing import Any

import pytest

from agentflow_tui.history import event as ev
from agentflow_tui.history.resume import CUT_OFF
from agentflow_tui.history.swap_event import FlowSwapped
from agentflow_tui.workbench import Workbench
from agentflow_tui.workbench.archive import StoredRun
from agentflow_tui.workbench.departure import event_of
from agentflow_tui.workbench.not_ready import NotReadyError
from tests.story import Story
from tests.unit.workbench.flows import LOOP


def began(**facts: Any) -> Story:
    story = Story()
    story.events.clear()
    story.add(
        ev.RunStarted,
        run_id="strange",
        flow="strange",
        mode="loop",
        session_id="s",
        event={"id": "e", "data": {}, "metadata": {}, **facts},
        chosen_by="default",
        reason="",
        started_at="2026-01-01T00:00:00+00:00",
    )
    return story


async def test_a_config_that_is_taken_over_inside_an_agent_run_is_drift(bench: Workbench) -> None:
    assert not bench.check(LOOP).errors
    assert bench.plan is not None
    (step,) = bench.plan.steps()
    story = began()
    story.add(ev.AgentStarted, path=step.path, agent=step.agent)
    story.add(FlowSwapped, path=step.path, iteration=1, text=LOOP, before="", after="")
    story.add(ev.AgentCancelled, path=step.path, agent=step.agent, duration=0.0, reason=CUT_OFF)
    assert not (await bench.replay(StoredRun("strange", story.events, LOOP))).is_exact


@pytest.mark.parametrize("facts", [{"data": 5}, {"metadata": ["a"]}, {"metadata": {"a": 5}}])
def test_an_input_of_another_form_is_refused_with_a_reason(facts: dict[str, Any]) -> None:
    with pytest.raises(NotReadyError, match="the input of the run is damaged"):
        event_of(began(**facts).events)
