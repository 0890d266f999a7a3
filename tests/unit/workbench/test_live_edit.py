"""An edited text taken over by a run that goes on, and what is known of it afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from pathlib import Path

import pytest

from agentflow_tui.agents.user_code import UntrustedCodeError
from agentflow_tui.engine import Event
from agentflow_tui.history import event as ev
from agentflow_tui.history.swap_event import FlowSwapped
from agentflow_tui.workbench import Workbench
from agentflow_tui.workbench.not_ready import NotReadyError
from agentflow_tui.workbench.redaction import MASK
from agentflow_tui.workbench.run import Run

LOOP = """\
[agent_flow]
name = "polish"
[llm]
provider = "scripted"
model = "script"
[orchestration]
mode = "loop"
loop_agent = "writer"
max_iterations = 3
[agents.writer]
prompt = "Improve: {content}"
output = { content = "string" }
[agents.editor]
prompt = "Edit: {content}"
output = { content = "string" }
[providers.scripted]
answers = ['{"content": "one"}', '{"content": "two"}', '{"content": "three"}', '{"content": "four"}']
"""
WARMER = LOOP.replace('"Improve: {content}"', '"Polish this: {content}"').replace("= 3", "= 4")
INPUT = {"content": "draft"}


async def standing(bench: Workbench, text: str = LOOP) -> Run:
    """A run that stands after its first iteration."""
    assert not bench.check(text).errors
    run = await bench.start(Event.make(INPUT), paused=True)
    run.control.step_iteration()
    await until_paused(run)
    return run


async def until_paused(run: Run) -> None:
    for _ in range(1000):
        await asyncio.sleep(0)
        if run.history and isinstance(run.history[-1], ev.RunPaused) and run.control.is_paused:
            done = [event for event in run.history if isinstance(event, ev.IterationEnded)]
            if done:
                return
    raise AssertionError("it never stood still")


async def swapped(bench: Workbench, text: str = WARMER) -> Run:
    """A run that is over and took over another text in its middle."""
    run = await standing(bench)
    bench.check(text)
    await bench.swap(run)
    run.control.resume()
    await run.wait()
    return run


def swaps(run: Run | list[ev.HistoryEvent]) -> list[FlowSwapped]:
    history = run.history if isinstance(run, Run) else run
    return [event for event in history if isinstance(event, FlowSwapped)]


def prompts(history: list[ev.HistoryEvent]) -> list[str]:
    asked = [event for event in history if isinstance(event, ev.ModelCallStarted)]
    return [event.messages[-1]["content"].split(":")[0] for event in asked]


async def test_the_next_iterations_ask_by_the_new_text_and_the_history_says_what_changed(
    bench: Workbench,
) -> None:
    run = await swapped(bench)
    (told,) = swaps(run)
    assert prompts(run.history) == ["Improve", "Improve", "Polish this", "Polish this"]
    assert told.iteration == 2
    assert told.text == WARMER
    assert told.before != told.after
    assert [line.split(":")[0] for line in told.changes] == ["agent writer", "orchestration"]
    assert run.config is not None
    assert (run.config.version.text, run.config.waiting) == (WARMER, None)


async def test_a_proposal_changes_nothing_and_says_what_would_come_of_it(bench: Workbench) -> None:
    run = await standing(bench)
    bench.check(WARMER)
    proposal = bench.propose_swap(run)
    assert proposal.forecast.agents == ("writer",)
    assert proposal.forecast.refusal == ""
    assert run.control.swap is None
    run.control.resume()
    await run.wait()
    assert swaps(run) == []


async def test_the_answers_go_on_where_the_old_config_had_come_to(bench: Workbench) -> None:
    run = await swapped(bench)
    answers = [event.response for event in run.history if isinstance(event, ev.ModelCallEnded)]
    assert answers == [f'{{"content": "{word}"}}' for word in ("one", "two", "three", "four")]


async def test_the_first_text_put_back_withdraws_what_waits(bench: Workbench) -> None:
    run = await standing(bench)
    bench.check(WARMER)
    await bench.swap(run)
    assert run.config is not None
    assert run.config.waiting is not None
    bench.check(LOOP + "# only a remark\n")
    await bench.swap(run)
    assert run.config.waiting is None
    assert run.control.swap is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (LOOP.replace('mode = "loop"', 'mode = "collaborative"'), "mode changes from loop to collaborative"),
        (LOOP.replace('loop_agent = "writer"', 'loop_agent = "nobody"'), "nobody"),
        (LOOP.replace('provider = "scripted"', 'provider = "nowhere"'), "nowhere"),
    ],
)
async def test_what_cannot_be_taken_over_is_refused_with_a_reason(
    bench: Workbench, text: str, reason: str
) -> None:
    run = await standing(bench)
    bench.check(text)
    with pytest.raises(NotReadyError) as refused:
        await bench.swap(run)
    said = f"{refused.value} {refused.value.hints} {refused.value.problems}"
    assert reason in said
    assert run.control.swap is None
    run.control.cancel()
    await run.wait()


async def test_a_run_that_is_over_takes_nothing_over(bench: Workbench) -> None:
    run = await standing(bench)
    run.control.resume()
    await run.wait()
    bench.check(WARMER)
    with pytest.raises(NotReadyError, match="over"):
        bench.propose_swap(run)


async def test_one_that_came_too_late_stays_waiting_and_is_not_told(bench: Workbench) -> None:
    run = await standing(bench)
    bench.check(LOOP.replace("= 3", "= 3\ntimeout_seconds = 60"))
    run.control.cancel()
    await bench.swap(run)
    await run.wait()
    assert swaps(run) == []
    assert run.config is not None
    assert run.config.waiting is not None


async def test_python_code_needs_consent_before_it_waits(bench: Workbench, tmp_path: Path) -> None:
    (tmp_path / "steps.py").write_text("async def work(event, state):\n    return {}\n", encoding="utf-8")
    file = tmp_path / "flow.toml"
    file.write_text(LOOP, encoding="utf-8")
    bench.open(file)
    run = await standing(bench)
    handled = LOOP.replace("[agents.editor]", '[agents.step]\nhandler = "steps:work"\n[agents.editor]')
    bench.check(handled.replace('loop_agent = "writer"', 'loop_agent = "step"'))
    with pytest.raises(NotReadyError, match="Python code"):
        await bench.swap(run)
    bench.grant_trust()
    await bench.swap(run)
    run.control.resume()
    await run.wait()
    assert [e.agent for e in run.history if isinstance(e, ev.AgentStarted)] == ["writer", "writer", "step"]


async def test_consent_is_for_the_folder_that_was_refused_as_it_was(bench: Workbench, tmp_path: Path) -> None:
    handled = LOOP.replace("[agents.editor]", '[agents.step]\nhandler = "steps:work"\n[agents.editor]')
    handled = handled.replace('loop_agent = "writer"', 'loop_agent = "step"')
    own, other = tmp_path / "own", tmp_path / "other"
    for folder, text in ((own, LOOP), (other, handled)):
        folder.mkdir()
        (folder / "flow.toml").write_text(text, encoding="utf-8")
        (folder / "steps.py").write_text("async def work(event, state):\n    return {}\n", encoding="utf-8")
    bench.open(own / "flow.toml")
    run = await standing(bench)
    bench.open(other / "flow.toml")
    refused = await _refused(bench.swap(run))
    assert refused.folder == own
    (own / "steps.py").write_text("async def work(event, state):\n    return {'late': 1}\n", encoding="utf-8")
    bench.allow(refused)
    again = await _refused(bench.swap(run))
    bench.allow(again)
    await bench.swap(run)
    await _refused(bench.start(Event.make({})))


async def _refused(wanted: Awaitable[object]) -> UntrustedCodeError:
    with pytest.raises(NotReadyError, match="Python code") as error:
        await wanted
    cause = error.value.__cause__
    assert isinstance(cause, UntrustedCodeError)
    return cause


async def test_a_secret_of_an_earlier_text_reaches_no_history_behind_two_others(bench: Workbench) -> None:
    secret = "sk-first-0123456789"
    first = LOOP.replace("[providers.scripted]", f'[providers.scripted]\napi_key = "{secret}"')
    third = WARMER.replace('"one"', f'"{secret}"')
    run = await standing(bench, first)
    bench.check(WARMER)
    await bench.swap(run)
    run.control.step_iteration()
    await until_paused(run)
    bench.check(third)
    await bench.swap(run)
    run.control.resume()
    await run.wait()
    assert len(swaps(run)) == 2
    assert secret not in repr(run.history)


async def test_a_secret_of_the_new_text_reaches_no_history(bench: Workbench) -> None:
    secret = "sk-0123456789abcdef"
    text = WARMER.replace("[providers.scripted]", f'[providers.scripted]\napi_key = "{secret}"')
    run = await swapped(bench, text)
    (told,) = swaps(run)
    assert secret not in repr(run.history)
    assert MASK in told.text


async def test_a_replay_is_exact_whatever_is_open(bench: Workbench) -> None:
    run = await swapped(bench)
    bench.check("")
    replay = await bench.replay(run.run_id)
    assert replay.is_exact, replay.text
    assert len(swaps(list(replay.history))) == 1


async def test_a_replay_finds_that_the_swapped_text_asks_something_else(bench: Workbench) -> None:
    run = await swapped(bench)
    replay = await bench.replay(run.run_id, text=LOOP.replace("Improve", "Better"))
    assert replay.divergence is not None
    assert replay.divergence.left is not None
    assert replay.divergence.left.seq < swaps(run)[0].seq


async def test_it_goes_to_another_machine_as_a_file(bench: Workbench, tmp_path: Path) -> None:
    run = await swapped(bench)
    file = tmp_path / "run.jsonl"
    await bench.archive.export(run.run_id, file)
    found = await bench.archive.read_file(file)
    assert found.history == run.history
    assert (found.flow_text, found.text_at(len(found.history))) == (LOOP, WARMER)
    assert found.text_at(swaps(run)[0].seq - 1) == LOOP
    assert (await bench.replay(found)).is_exact
