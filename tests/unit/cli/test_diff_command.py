"""`agentflow-tui diff`, and `run --watch`: what is saved meanwhile is taken over."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from agentflow_tui.cli import saved_edits
from agentflow_tui.cli.saved_edits import take_over, taking_over
from agentflow_tui.engine import Event
from agentflow_tui.history.store import RunStore
from agentflow_tui.history.swap_event import FlowSwapped
from agentflow_tui.workbench import Workbench
from agentflow_tui.workbench.run import Run
from tests.unit.cli.program import cli

LOOP = """\
[llm]
provider = "scripted"
[orchestration]
mode = "loop"
loop_agent = "writer"
timeout_seconds = 600
max_iterations = 3
[agents.writer]
prompt = "Improve {message}"
[providers.scripted]
answers = ["one"]
"""
EDITED = LOOP.replace("= 3", "= 4").replace("Improve {", "Polish the {")


def files(folder: Path, old: str, new: str) -> tuple[str, str]:
    (folder / "old.toml").write_text(old)
    (folder / "new.toml").write_text(new)
    return str(folder / "old.toml"), str(folder / "new.toml")


def test_each_change_comes_with_its_place_and_what_comes_of_it(tmp_path: Path) -> None:
    done = cli("diff", *files(tmp_path, LOOP, EDITED))
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        f"{tmp_path}/new.toml:9: agent writer: prompt 2 → 3 words (+2 −1) (asked anew: writer)",
        f"{tmp_path}/new.toml:7: orchestration: max_iterations 3 → 4 (goes on differently)",
        "asked anew, their recordings no longer fit: writer",
    ]


def test_what_means_the_same_ends_well(tmp_path: Path) -> None:
    done = cli("diff", *files(tmp_path, LOOP, "# a remark\n" + LOOP.replace(" = ", "=")))
    assert (done.returncode, done.stdout.strip()) == (0, "both mean the same")


def test_a_program_gets_json(tmp_path: Path) -> None:
    done = cli("diff", *files(tmp_path, LOOP, EDITED), "--json")
    found = json.loads(done.stdout)
    assert done.returncode == 1
    assert found["asked_anew"] == ["writer"]
    assert [(each["path"], each["line"], each["effect"]) for each in found["changes"]] == [
        ("agents.writer.prompt", 9, "calls"),
        ("orchestration.max_iterations", 7, "course"),
    ]


@pytest.mark.parametrize(
    ("text", "reason"), [("mode =", "new.toml:1:"), (LOOP.replace('"writer"', '"nobody"'), "nobody")]
)
def test_a_file_with_errors_ends_with_two(tmp_path: Path, text: str, reason: str) -> None:
    done = cli("diff", *files(tmp_path, LOOP, text))
    assert (done.returncode, done.stdout) == (2, "")
    assert reason in done.stderr


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    lines: list[str] = []
    monkeypatch.setattr(saved_edits, "complain", lines.append)
    return lines


async def standing(bench: Workbench, file: Path) -> Run:
    bench.open(file)
    run = await bench.start(Event.make({"message": "tea"}), paused=True)
    for _ in range(1000):
        await asyncio.sleep(0)
        if any(event.kind == "run_paused" for event in run.history):
            return run
    raise AssertionError("it never stood still")


@pytest.fixture
def flow(tmp_path: Path) -> Path:
    file = tmp_path / "flow.toml"
    file.write_text(LOOP)
    return file


def bench_in(folder: Path) -> Workbench:
    return Workbench(env={}, store=RunStore(folder / "runs.sqlite3"))


async def test_a_save_waits_and_is_told_and_errors_change_nothing(
    tmp_path: Path, flow: Path, told: list[str]
) -> None:
    bench = bench_in(tmp_path)
    try:
        run = await standing(bench, flow)
        await take_over(bench, run, flow)
        assert told == []
        flow.write_text(LOOP.replace('"writer"', '"nobody"'))
        await take_over(bench, run, flow)
        assert "nobody" in told[0]
        assert run.control.swap is None
        flow.write_text(LOOP + "# a remark\n")
        await take_over(bench, run, flow)
        assert "means the same" in told[-1]
        flow.unlink()
        await take_over(bench, run, flow)
        assert "does not exist" in told[-1]
        flow.write_text(LOOP.replace('"loop"\n', '"collaborative"\n'))
        await take_over(bench, run, flow)
        assert any("mode changes" in line for line in told)
        flow.write_text(EDITED)
        await take_over(bench, run, flow)
        assert "  orchestration: max_iterations 3 → 4" in told
        run.control.resume()
        await run.wait()
        assert [event.iteration for event in run.history if isinstance(event, FlowSwapped)] == [1]
    finally:
        await bench.aclose()


async def test_what_came_too_late_is_told_in_the_end(tmp_path: Path, flow: Path, told: list[str]) -> None:
    bench = bench_in(tmp_path)
    try:
        run = await standing(bench, flow)
        async with taking_over(bench, run, flow):
            flow.write_text(EDITED)
            await take_over(bench, run, flow)
            run.control.cancel()
            await run.wait()
        assert "no further iteration came" in told[-1]
    finally:
        await bench.aclose()
