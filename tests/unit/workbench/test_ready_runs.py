"""From the second run on a runner is ready, and goes a shorter way: to the same end."""

from __future__ import annotations

from typing import Any

from agentflow_tui import AgentError, Event, FlowResult, FlowRunner, State

SECRET = "a-secret-of-the-environment"
FLOW = """
[orchestration]
mode = "sequential"
sequential_agents = ["one"]
[agents.one]
"""


SWITCH = """
[[orchestration.switch]]
when = "1 / n > 2"
mode = "collaborative"
"""


async def _twice(data: dict[str, Any], env: dict[str, str] | None = None, **more: Any) -> list[FlowResult]:
    runner = _runner(FLOW, env)
    return [await runner.run(data, **more) for _ in range(2)]


def _runner(text: str, env: dict[str, str] | None = None) -> FlowRunner:
    runner = FlowRunner.from_text(text, env=env or {})

    @runner.agent("one")
    async def one(event: Event, state: State) -> dict[str, Any]:
        if state.data.get("fails"):
            raise AgentError("broken", hint="mend it")
        return {"secret": SECRET, "list": [1]}

    return runner


async def test_no_secret_is_in_what_it_gives() -> None:
    for result in await _twice({}, {"SOME_API_KEY": SECRET}):
        assert result.status == "completed"
        assert SECRET not in repr(result)


async def test_what_it_gives_is_the_callers_own() -> None:
    for result in await _twice({}):
        before = repr(result.history)
        result.data["list"].append(2)
        assert repr(result.history) == before


async def test_the_way_out_and_the_session_are_told() -> None:
    for result in await _twice({"fails": True}, metadata={"session_id": "s-1"}):
        assert (result.status, result.hint, result.session_id) == ("failed", "mend it", "s-1")


async def test_a_switch_that_cannot_be_decided_fails_the_run() -> None:
    runner = _runner(FLOW + SWITCH)
    good = [await runner.run({"n": 1}) for _ in range(2)]
    bad = await runner.run({"n": 0})
    assert [result.status for result in good] == ["completed", "completed"]
    assert (bad.status, bad.category, "list" in bad.data) == ("failed", "validation", False)
    assert "the switch to 'collaborative' cannot be decided" in bad.error
