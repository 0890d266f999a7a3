"""What is needed to go on with a run that is not of the open file: its secrets, and its folder."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agentflow_tui.agents.trust import Trust, content_hash
from agentflow_tui.engine import Event
from agentflow_tui.history import event as ev
from agentflow_tui.history.store import RunStore
from agentflow_tui.workbench import Workbench
from agentflow_tui.workbench.not_ready import NotReadyError
from agentflow_tui.workbench.run import Run
from agentflow_tui.workbench.stored_text import StoredText

KEYED = """
[llm]
provider = "scripted"
[orchestration]
mode = "sequential"
sequential_agents = ["writer"]
[agents.writer]
[providers.scripted]
answers = ["done"]
[providers.openai]
api_key = "sk-literal-in-the-file"
"""
CODED = """
[orchestration]
mode = "sequential"
sequential_agents = ["writer", "writer"]
[agents.writer]
handler = "steps:write"
"""


def code(name: str) -> str:
    return f"async def write(event, state):\n    return {{'by': {name!r}}}\n"


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Workbench]:
    bench = new(tmp_path)
    yield bench
    await bench.aclose()


def new(tmp_path: Path) -> Workbench:
    return Workbench(env={}, store=RunStore(tmp_path / "runs.sqlite3"), trust=Trust(tmp_path / "trust.json"))


def flow(tmp_path: Path, name: str, text: str) -> Path:
    folder = tmp_path / name
    folder.mkdir()
    (folder / "flow.toml").write_text(text)
    if "handler" in text:
        (folder / "steps.py").write_text(code(name))
    return folder / "flow.toml"


async def ran(bench: Workbench, file: Path) -> Run:
    bench.open(file)
    run = await bench.start(Event.make({"message": "hello"}))
    await run.wait()
    return run


async def test_secrets_come_back_from_the_open_file_if_it_is_the_same_text(
    bench: Workbench, tmp_path: Path
) -> None:
    file = flow(tmp_path, "one", KEYED)
    run = await ran(bench, file)
    kept = (await bench.archive.load(run.run_id)).flow_text
    assert "sk-literal" not in kept
    bench.check("")
    bench.check_kept(kept, None)
    assert bench.text == KEYED
    assert (await (await bench.fork(run.run_id, 1)).wait()).status == "completed"


async def test_secrets_come_from_the_runs_own_file_when_another_is_open(
    bench: Workbench, tmp_path: Path
) -> None:
    run = await ran(bench, flow(tmp_path, "one", KEYED))
    bench.open(flow(tmp_path, "other", KEYED.replace("done", "never")))
    found = await bench.archive.load(run.run_id)
    bench.check_kept(found.flow_text, found.flow_path)
    assert bench.text == KEYED


async def test_a_text_whose_secrets_are_nowhere_is_refused_by_name(bench: Workbench, tmp_path: Path) -> None:
    file = flow(tmp_path, "one", KEYED)
    run = await ran(bench, file)
    file.write_text(KEYED.replace("done", "changed since"))
    bench.open(file)
    found = await bench.archive.load(run.run_id)
    with pytest.raises(NotReadyError, match=r"without its secrets: providers\.openai\.api_key") as caught:
        bench.check_kept(found.flow_text, found.flow_path)
    assert any("api_key_env" in hint for hint in caught.value.hints)
    assert "[secret]" not in bench.text


def test_only_values_count_and_every_one_is_named() -> None:
    text = (
        '# [secret]\n[llm]\nmodel = "m"\n[[hooks]]\nname = "a [secret] b"\n[agents.x]\nprompt = "[secret]"\n'
    )
    assert StoredText(text).missing == ("hooks.0.name", "agents.x.prompt")
    assert StoredText("x = [").missing == ()
    assert StoredText("# [secret]\nx = 1").whole((), str) == "# [secret]\nx = 1"
    assert StoredText(text).whole((text,), str) == text


@pytest.mark.parametrize("value", ["[" * 5000, "1" * 5000, "="])
def test_a_text_that_cannot_be_read_at_all_lacks_nothing(value: str) -> None:
    assert StoredText(f'key = "[secret]"\nother = {value}').missing == ()


async def test_python_code_is_taken_from_the_runs_own_folder(bench: Workbench, tmp_path: Path) -> None:
    one, other = flow(tmp_path, "one", CODED), flow(tmp_path, "other", CODED)
    trust = Trust(tmp_path / "trust.json")
    trust.grant(one.parent, content_hash(one.parent))
    trust.grant(other.parent, content_hash(other.parent))
    run = await ran(bench, one)
    bench.open(other)
    found = await bench.archive.load(run.run_id)
    assert found.flow_path == one
    bench.check_kept(found.flow_text, found.flow_path)
    done = next(each.seq for each in run.history if isinstance(each, ev.AgentCompleted))
    fork = await bench.fork(run.run_id, done)
    assert (await fork.wait()).data["by"] == "one"
    assert (await bench.archive.load(fork.run_id)).flow_path == one
    bench.check(bench.text)
    assert bench.place == other


async def test_its_folder_has_to_be_trusted_as_it_is_now(bench: Workbench, tmp_path: Path) -> None:
    one, other = flow(tmp_path, "one", CODED), flow(tmp_path, "other", CODED)
    Trust(tmp_path / "trust.json").grant(one.parent, content_hash(one.parent))
    run = await ran(bench, one)
    (one.parent / "steps.py").write_text(code("changed"))
    bench.open(other)
    found = await bench.archive.load(run.run_id)
    bench.check_kept(found.flow_text, found.flow_path)
    with pytest.raises(NotReadyError) as caught:
        await bench.fork(run.run_id, 1)
    assert f"agentflow-tui trust {one}" in caught.value.hints


async def test_a_folder_that_is_gone_is_told_of_only_when_it_is_needed(
    bench: Workbench, tmp_path: Path
) -> None:
    coded, plain = flow(tmp_path, "one", CODED), flow(tmp_path, "two", KEYED.replace("api_key", "base_url"))
    Trust(tmp_path / "trust.json").grant(coded.parent, content_hash(coded.parent))
    runs = [await ran(bench, coded), await ran(bench, plain)]
    shutil.rmtree(coded.parent)
    shutil.rmtree(plain.parent)
    bench.open(flow(tmp_path, "other", KEYED))
    first, second = [await bench.archive.load(run.run_id) for run in runs]
    with pytest.raises(NotReadyError, match="folder of this run's flow is gone") as caught:
        bench.check_kept(first.flow_text, first.flow_path)
    assert "--flow FILE" in caught.value.hints[1]
    bench.check_kept(second.flow_text, second.flow_path)
    assert (await (await bench.fork(second.run_id, 1)).wait()).status == "completed"
