from __future__ import annotations

import asyncio
import itertools
import logging
import re
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import agentflow_tui
from agentflow_tui import (
    AgentError,
    Event,
    FlowRunner,
    HistoryEvent,
    HookCall,
    NotReadyError,
    State,
)
from agentflow_tui.agents.user_code import forget_modules
from agentflow_tui.config import check_text
from agentflow_tui.history.event import CallbackFailed, ModelCallStarted, RunStarted, Warned
from agentflow_tui.history.store import RunStore
from agentflow_tui.workbench import backstage as backstage_module
from tests.fake_clock import FakeClock

CHAIN = """
[agent_flow]
name = "chain"
[orchestration]
mode = "sequential"
sequential_agents = ["one", "two"]
[agents.one]
[agents.two]
"""
SCRIPTED = """
[llm]
provider = "scripted"
[orchestration]
mode = "sequential"
sequential_agents = ["one"]
[agents.one]
[providers.scripted]
answers = ["the answer"]
"""
HANDLER = """
[orchestration]
mode = "sequential"
sequential_agents = ["one"]
[agents.one]
handler = "runner_steps:one"
[[hooks]]
hook = "AfterAgentRun"
name = "note"
handler = "runner_steps:note"
"""
STEPS = """
async def one(event, state):
    return {"n": 1}
def note(call):
    return {"noted": call.agent}
"""


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    path = list(sys.path)
    yield tmp_path
    forget_modules(tmp_path)
    sys.path[:] = path


def chain(text: str = CHAIN) -> FlowRunner:
    runner = FlowRunner.from_text(text, env={})

    @runner.agent("one")
    async def one(event: Event, state: State) -> dict[str, Any]:
        return {"n": state.data.get("n", 0) + 1}

    @runner.agent("two")
    async def two(event: Event, state: State) -> State:
        state.data["n"] *= 10
        return state

    return runner


async def test_agents_of_the_program_do_the_work_without_any_model() -> None:
    seen: list[HistoryEvent] = []
    result = await chain().run({"message": "hi"}, metadata={"session_id": "s"}, on_event=seen.append)
    assert (result.status, result.data["n"], result.session_id) == ("completed", 10, "s")
    assert result.meta["session_id"] == "s"
    assert result.history == seen
    assert isinstance(seen[0], RunStarted)
    assert (seen[0].flow, seen[0].run_id) == ("chain", result.run_id)
    assert [event.seq for event in seen] == list(range(len(seen)))


async def test_the_events_time_is_that_of_the_programs_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, seen, asked = FakeClock(), list[str](), itertools.count(1)
    monkeypatch.setattr(clock, "timestamp", lambda: f"time {next(asked)}")
    runner = FlowRunner(check_text(CHAIN), env={}, clock=clock)
    for name in ("one", "two"):

        @runner.agent(name)
        async def look(event: Event, state: State) -> None:
            seen.append(event.timestamp)

    await runner.run({})
    assert seen == ["time 1"] * 2
    started = (await runner.run({})).history[0]
    assert isinstance(started, RunStarted)
    assert seen[2:] == [started.started_at, started.event["timestamp"]] == ["time 3"] * 2


def test_a_program_without_an_event_loop_runs_again_and_again() -> None:
    runner = chain()
    assert [runner.run_sync({"n": n}).data["n"] for n in range(3)] == [10, 20, 30]


async def test_inside_an_event_loop_the_way_out_is_named() -> None:
    with pytest.raises(RuntimeError, match="write await runner.run"):
        chain().run_sync({})


def test_a_result_is_printed_without_its_long_history() -> None:
    result = chain().run_sync({})
    assert result.history
    assert "RunStarted" not in repr(result)
    assert "status='completed'" in repr(result)


async def test_many_runs_at_once_keep_apart() -> None:
    runner = chain()
    results = await asyncio.gather(*(runner.run({"n": n}) for n in range(50)))
    assert [result.data["n"] for result in results] == [10 * (n + 1) for n in range(50)]
    assert len({result.run_id for result in results}) == 50


async def test_nothing_is_checked_compiled_or_built_again(monkeypatch: pytest.MonkeyPatch) -> None:
    runner = chain()
    await runner.run({})

    def never(*args: object, **options: object) -> None:
        raise AssertionError("this was done before")

    for name in ("flow_runner.check_text", "flow_runner.UserCode", "flow_runner.PythonAgent"):
        monkeypatch.setattr(f"agentflow_tui.workbench.{name}", never)
    for name in ("repertoire.compile_plan", "repertoire.Engine"):
        monkeypatch.setattr(f"agentflow_tui.workbench.{name}", never)
    monkeypatch.setattr(backstage_module, "build_cast", never)
    assert (await runner.run({})).status == "completed"


async def test_an_agent_that_is_registered_later_counts_from_the_next_run() -> None:
    runner = chain()
    await runner.run({})

    @runner.agent("two")
    async def two(event: Event, state: State) -> dict[str, int]:
        return {"n": -1}

    assert (await runner.run({})).data["n"] == -1


@pytest.mark.parametrize(
    ("name", "text"), [("tow", "did you mean 'two'"), ("something else", "no agent 'something else'$")]
)
def test_an_unknown_agent_is_refused(name: str, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        chain().agent(name)


def test_an_agent_that_is_a_flow_is_not_replaced_in_silence(tmp_path: Path) -> None:
    (tmp_path / "inner.toml").write_text(CHAIN)
    text = CHAIN.replace("[agents.two]", '[agents.two]\nflow = "inner.toml"')
    runner = FlowRunner.from_text(text, folder=tmp_path, env={})
    with pytest.raises(ValueError, match=r"inner\.toml"):
        runner.agent("two")


async def test_agents_of_inner_flows_are_named_with_their_file(tmp_path: Path) -> None:
    (tmp_path / "inner.toml").write_text(CHAIN)
    text = CHAIN.replace("[agents.two]", '[agents.two]\nflow = "inner.toml"')
    runner = FlowRunner.from_text(text, folder=tmp_path, env={})
    for name in ("one", "inner.toml:one", "inner.toml:two"):

        @runner.agent(name)
        async def add(event: Event, state: State, name: str = name) -> dict[str, list[str]]:
            return {"ran": [*state.data.get("ran", []), name]}

    assert (await runner.run({})).data["ran"] == ["one", "inner.toml:one", "inner.toml:two"]


def test_functions_that_cannot_be_called_are_refused_at_once() -> None:
    runner = chain()
    with pytest.raises(TypeError, match="async def"):
        runner.agent("one")(lambda event, state: None)  # type: ignore[type-var]
    with pytest.raises(TypeError, match="one argument"):
        runner.hook("AllHooks", name="x")(lambda: None)  # type: ignore[type-var]
    with pytest.raises(ValueError, match="no hook"):
        runner.hook("Sometimes", name="x")(lambda call: None)  # type: ignore[arg-type]


def test_a_decorator_without_its_name_is_refused_and_not_forgotten() -> None:
    runner = chain()
    with pytest.raises(TypeError, match=r'@runner.agent\("name"\)'):
        runner.agent(lambda event, state: None)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r'@runner.hook\("AfterAgentRun"\)'):
        runner.hook(lambda call: None)  # type: ignore[arg-type]


async def test_callbacks_see_and_change_what_the_contract_says() -> None:
    runner = chain()
    calls: list[tuple[str, str | None]] = []

    @runner.hook("AllHooks")
    def note(call: HookCall) -> None:
        calls.append((call.hook, call.agent))

    @runner.hook("BeforeAgentRun", name="start higher")
    async def raise_it(call: HookCall) -> State:
        call.state.data["n"] = call.state.data.get("n", 0) + 100
        return call.state

    assert (await runner.run({})).data["n"] == 2010
    assert calls[1:3] == [("BeforeAgentRun", "one"), ("AfterAgentRun", "one")]
    with pytest.raises(ValueError, match="already registered"):
        runner.hook("AllHooks", name="note")(note)
    assert runner.unhook("AllHooks", "note")
    assert not runner.unhook("AllHooks", "note")
    assert len(calls) == 6


async def test_a_failure_is_a_result_and_keeps_the_state() -> None:
    runner = chain()

    @runner.agent("two")
    async def two(event: Event, state: State) -> None:
        raise AgentError("no paper", category="resource", hint="add paper")

    result = await runner.run({})
    assert (result.status, result.category, result.hint, result.data["n"]) == (
        "failed",
        "resource",
        "add paper",
        1,
    )
    assert "no paper" in result.error


def test_errors_of_the_flow_are_raised_with_all_problems(tmp_path: Path) -> None:
    with pytest.raises(NotReadyError, match="line 6") as caught:
        FlowRunner.from_text(CHAIN.replace('"two"]', '"tow"]'), env={})
    assert caught.value.problems
    assert "two" in caught.value.hints[0]
    # Below a traceback, of which the lines of this file are no part here.
    assert caught.value.hints[0] in "".join(traceback.format_exception_only(caught.value))
    with pytest.raises(NotReadyError):
        FlowRunner.from_file(tmp_path / "gone.toml")


async def test_code_that_the_file_names_needs_consent_or_trust(project: Path) -> None:
    (project / "runner_steps.py").write_text(STEPS)
    file = project / "flow.toml"
    file.write_text(HANDLER)
    with pytest.raises(NotReadyError, match="Python code") as caught:
        await FlowRunner.from_file(file, env={}).run({})
    assert f"agentflow-tui trust {file}" in caught.value.hints
    runner = FlowRunner.from_file(str(file), env={}, trust=True)
    for _ in range(2):
        result = await runner.run({})
        assert result.data == {"n": 1, "noted": "one"}
    assert not [event for event in result.history if isinstance(event, CallbackFailed)]


async def test_a_flow_of_no_folder_says_how_to_name_one() -> None:
    with pytest.raises(NotReadyError, match=r"from_text\(…, folder=…\)"):
        await FlowRunner.from_text(HANDLER, env={}, trust=True).run({})


@pytest.mark.parametrize("data", ["text", ["a"], 3])
async def test_data_that_are_no_mapping_are_refused_with_what_is_expected(data: Any) -> None:
    kind = "an int" if data == 3 else f"a {type(data).__name__}"
    with pytest.raises(TypeError, match=re.escape('run({"key": …}), or an Event')) as caught:
        await chain().run(data)
    assert str(caught.value).endswith(f"this is {kind}")
    with pytest.raises(TypeError, match="metadata must be a mapping"):
        await chain().run({}, metadata=data)


async def test_callbacks_of_the_file_come_first_and_keep_their_names(project: Path) -> None:
    (project / "runner_steps.py").write_text(STEPS)
    runner = FlowRunner.from_text(HANDLER, folder=project, env={}, trust=True)
    with pytest.raises(ValueError, match="already registered"):
        runner.hook("AfterAgentRun", name="note")(lambda call: None)

    @runner.hook("AfterAgentRun")
    def later(call: HookCall) -> dict[str, str]:
        return {"noted": f"{call.state.data['noted']}, and again"}

    assert (await runner.run({})).data["noted"] == "one, and again"


async def test_models_are_connected_per_run_or_once_in_a_block(monkeypatch: pytest.MonkeyPatch) -> None:
    from agentflow_tui.agents import provider_pools

    made: list[provider_pools.ProviderPools] = []
    closed: list[object] = []

    class Counted(provider_pools.ProviderPools):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            made.append(self)

        async def aclose(self) -> None:
            closed.append(self)
            await super().aclose()

    monkeypatch.setattr(provider_pools, "ProviderPools", Counted)
    runner = FlowRunner.from_text(SCRIPTED, env={})
    for _ in range(2):
        result = await runner.run({"message": "?"})
        assert result.data["response"] == "the answer"
    assert len(made) == len(closed) == 2
    async with runner:
        for _ in range(3):
            await runner.run({"message": "?"})
        assert (len(made), len(closed)) == (3, 2)
        with pytest.raises(RuntimeError, match="open already"):
            await runner.__aenter__()
    assert len(closed) == 3
    await chain().run({})
    assert len(made) == 3


async def test_a_listener_that_raises_stops_the_run() -> None:
    def listen(event: HistoryEvent) -> None:
        if event.kind == "agent_completed":
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        await chain().run({}, on_event=listen)


async def test_history_is_kept_only_if_wanted_and_never_holds_a_secret() -> None:
    runner = FlowRunner.from_text(SCRIPTED, env={"MY_API_KEY": "sk-0123456789"})
    seen: list[HistoryEvent] = []
    data = {"message": "the key is sk-0123456789"}
    result = await runner.run(data, on_event=seen.append, keep_history=False)
    assert result.history == []
    assert any(isinstance(event, ModelCallStarted) for event in seen)
    assert "sk-0123456789" not in repr(seen)
    assert result.data["message"] == "the key is [secret]"
    assert data["message"] == "the key is sk-0123456789"


def test_runs_are_kept_in_a_store_when_one_is_named(tmp_path: Path) -> None:
    runner = FlowRunner.from_text(CHAIN, env={}, store=tmp_path / "runs.sqlite3")

    async def one(event: Event, state: State) -> None: ...

    runner.agent("one")(one)
    runner.agent("two")(one)
    first, second = runner.run_sync({}), runner.run_sync({})

    async def stored() -> list[list[HistoryEvent]]:
        store = RunStore(tmp_path / "runs.sqlite3")
        histories = [await store.load(result.run_id) for result in (first, second)]
        await store.aclose()
        return histories

    assert asyncio.run(stored()) == [first.history, second.history]


async def test_a_store_that_fails_is_said_and_the_run_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    runner = FlowRunner.from_text(SCRIPTED, env={}, store=str(tmp_path / "file" / "runs.sqlite3"))
    with caplog.at_level(logging.WARNING):
        assert (await runner.run({"message": "?"})).status == "completed"
    assert "not stored" in caplog.text


async def test_warnings_follow_the_first_event(monkeypatch: pytest.MonkeyPatch) -> None:
    text = SCRIPTED + '\n[telemetry]\nenabled = true\nexporter = "otlp"\nendpoint = "http://127.0.0.1:9"\n'
    result = await FlowRunner.from_text(text, env={}).run({"message": "?"})
    assert result.status == "completed"
    assert isinstance(result.history[1], Warned)
    assert "telemetry" in result.history[1].message
    assert [event.seq for event in result.history] == list(range(len(result.history)))


async def test_cancelling_the_task_cancels_the_run() -> None:
    runner = chain()
    begun, seen = asyncio.Event(), list[HistoryEvent]()

    @runner.agent("one")
    async def one(event: Event, state: State) -> None:
        begun.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(runner.run({}, on_event=seen.append))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (seen[-1].kind, getattr(seen[-1], "status", "")) == ("run_ended", "cancelled")


async def test_an_event_of_the_caller_goes_through_as_it_is() -> None:
    event = Event.make({"n": 4}, event_id="e1", target="one")
    result = await chain().run(event)
    assert result.session_id == "e1"
    assert event.data == {"n": 4}


def test_every_public_name_is_there() -> None:
    for name in agentflow_tui.__all__:
        assert getattr(agentflow_tui, name) is not None
        assert name in dir(agentflow_tui)
    with pytest.raises(AttributeError, match="has no attribute 'Flow'"):
        agentflow_tui.Flow  # noqa: B018 - asking is the test
