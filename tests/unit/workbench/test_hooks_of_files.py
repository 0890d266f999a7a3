"""The hooks that a flow file names: run after consent, or refused by their names."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentflow_tui.agents.trust import content_hash
from agentflow_tui.engine import Event
from agentflow_tui.history.event import CallbackFailed
from agentflow_tui.workbench import Workbench
from agentflow_tui.workbench.not_ready import NotReadyError
from tests.unit.workbench.flows import LOOP
from tests.unit.workbench.test_workbench import HANDLER, opened

HOOKS = """
[[hooks]]
hook = "BeforeAgentRun"
name = "mark"
handler = "watching_steps:mark"
[[hooks]]
hook = "AfterAgentRun"
name = "raise"
handler = "watching_steps:complain"
"""
WATCHING = """
calls = []
def mark(call):
    calls.append((call.hook, call.agent))
    call.state.data["seen_by_hook"] = len(calls)
    return call.state
async def complain(call):
    raise ValueError(f"no good: {call.state.data['n']}")
async def count(event, state):
    return {"n": state.data["seen_by_hook"] + len(calls)}
"""


async def test_hooks_of_the_file_run_after_consent(bench: Workbench, tmp_path: Path) -> None:
    (tmp_path / "watching_steps.py").write_text(WATCHING)
    opened(bench, tmp_path, HANDLER.replace("counting_steps", "watching_steps") + HOOKS)
    with pytest.raises(NotReadyError, match="Python code"):
        await bench.start(Event.make({}))
    assert bench.grant_trust() == (tmp_path / "watching_steps.py",)
    run = await bench.start(Event.make({}))
    result = await run.wait()
    # The agent and the callback share one module, and what a callback returns reaches the agent.
    assert (result.status, result.data) == ("completed", {"seen_by_hook": 1, "n": 2})
    failed = [event for event in run.history if isinstance(event, CallbackFailed)]
    assert [(event.hook, event.name, event.error) for event in failed] == [
        ("AfterAgentRun", "raise", "ValueError: no good: 2 (watching_steps.py:8)")
    ]


@pytest.mark.parametrize(
    ("handler", "text"),
    [
        ("gone_steps:mark", "there is no gone_steps.py"),
        ("watching_steps:gone", "has no 'gone'"),
        ("watching_steps:calls", "must be a function"),
        ("watching_steps:count", "one argument"),
    ],
)
async def test_a_hook_that_cannot_be_used_is_named(
    bench: Workbench, tmp_path: Path, handler: str, text: str
) -> None:
    (tmp_path / "watching_steps.py").write_text(WATCHING)
    hooks = HOOKS.replace("watching_steps:mark", handler)
    opened(bench, tmp_path, HANDLER.replace("counting_steps", "watching_steps") + hooks)
    bench._trust.grant(tmp_path, content_hash(tmp_path))
    with pytest.raises(NotReadyError, match="'mark' on BeforeAgentRun") as caught:
        await bench.start(Event.make({}))
    assert text in caught.value.message


async def test_hooks_alone_need_consent_too(bench: Workbench, tmp_path: Path) -> None:
    (tmp_path / "watching_steps.py").write_text(WATCHING)
    opened(bench, tmp_path, LOOP + HOOKS)
    with pytest.raises(NotReadyError, match="Python code"):
        await bench.start(Event.make({"content": "x", "threshold": 0}))
