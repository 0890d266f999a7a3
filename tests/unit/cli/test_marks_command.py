from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.unit.cli.program import Done, cli
from tests.unit.cli.test_time_travel_commands import FLOW


class Desk:
    """A flow in a folder of its own, with the marks and runs beside it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._env = {**os.environ, "XDG_DATA_HOME": str(folder / "data")}
        (folder / "flow.toml").write_text(FLOW)

    def __call__(self, *arguments: str) -> Done:
        return cli(*arguments, env=self._env, folder=self._folder)

    def marks(self) -> dict[str, object]:
        found: dict[str, object] = json.loads(self("marks", "list", "flow.toml", "--json").stdout)
        return found


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_breakpoints_pins_and_watches_are_set_listed_and_taken_away(desk: Desk) -> None:
    assert desk("marks", "list", "flow.toml").stdout == "nothing is marked\n"
    for arguments in (
        ["break", "flow.toml", "first"],
        ["break", "flow.toml", "second", "--after", "--if", "tokens > 3", "--from-hit", "2", "--off"],
        ["pin", "flow.toml", "first", "response=said", "score=3"],
        ["watch", "flow.toml", "tokens * 2"],
    ):
        done = desk("marks", *arguments)
        assert done.returncode == 0, done.stderr
    assert desk("marks", "list", "flow.toml").stdout.splitlines() == [
        "breakpoint before first",
        "switched off: breakpoint after second if tokens > 3 from hit 2 on",
        'pin first {"response": "said", "score": 3}',
        "watch tokens * 2",
    ]
    assert desk.marks()["pins"] == {"first": {"response": "said", "score": 3}}
    for arguments in (
        ["unbreak", "flow.toml", "first"],
        ["unbreak", "flow.toml", "second", "--after", "--if", "tokens > 3"],
        ["unpin", "flow.toml", "first"],
        ["unwatch", "flow.toml", "tokens * 2"],
    ):
        assert desk("marks", *arguments).returncode == 0
    assert desk.marks() == {"breakpoints": [], "pins": {}, "watches": []}


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        (["break", "flow.toml", "frist"], 1, "did you mean 'first'?"),
        (["break", "flow.toml", "first", "--if", "x >"], 2, "--if, column 4"),
        (["break", "flow.toml", "first", "--from-hit", "0"], 2, "--from-hit"),
        (["unbreak", "flow.toml", "first"], 1, "no such breakpoint"),
        (["pin", "flow.toml", "nobody", "a=1"], 1, "no 'nobody'"),
        (["pin", "flow.toml", "first", "[1]"], 2, "✗"),
        (["unpin", "flow.toml", "first"], 1, "is not pinned"),
        (["watch", "flow.toml", "1 +"], 2, "column"),
        (["unwatch", "flow.toml", "1"], 1, "is not watched"),
        (["break", "gone.toml", "first"], 1, "check says why"),
    ],
)
def test_what_cannot_be_marked_says_why(desk: Desk, arguments: list[str], code: int, complaint: str) -> None:
    done = desk("marks", *arguments)
    assert (done.returncode, complaint in done.stderr) == (code, True), done.stderr
    assert desk.marks() == {"breakpoints": [], "pins": {}, "watches": []}


def test_a_run_without_a_screen_passes_breakpoints_and_takes_pins(desk: Desk) -> None:
    desk("marks", "break", "flow.toml", "second")
    desk("marks", "pin", "flow.toml", "first", "response=pinned")
    done = desk("run", "flow.toml", "--input", "message=tea", "--json")
    kinds = [json.loads(line)["kind"] for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert (kinds.count("agent_pinned"), kinds.count("run_paused")) == (1, 0)


def test_expressions_are_watched_at_any_event_of_a_run(desk: Desk) -> None:
    assert desk("run", "flow.toml", "--input", "message=tea").returncode == 0
    (run,) = json.loads(desk("runs", "--json").stdout)
    done = desk("watch", run["run_id"], "message", "calls", "--at", "0")
    assert (done.returncode, done.stdout) == (0, 'message = "tea"\ncalls = 0\n')
    done = desk("watch", run["run_id"][:8], "calls", "1 / 0")
    assert (done.returncode, done.stdout) == (1, "calls = 2\n✗ 1 / 0: division by zero\n")
    found = json.loads(desk("watch", run["run_id"], "calls", "--json").stdout)
    assert found == [{"expression": "calls", "value": 2, "error": ""}]
    done = desk("watch", run["run_id"], "calls", "--at", "999")
    assert (done.returncode, "no event 999" in done.stderr) == (1, True)


def test_runs_are_drawn_as_a_tree(desk: Desk) -> None:
    assert desk("run", "flow.toml", "--input", "message=tea").returncode == 0
    (run,) = json.loads(desk("runs", "--json").stdout)
    assert desk("rerun", run["run_id"], "--from", "second", "--name", "twist").returncode == 0
    fork, parent = desk("runs", "--tree").stdout.splitlines()
    assert fork.startswith("╭─* ")
    assert fork.endswith(f"'twist'  at step 1 of {run['run_id'][:8]}")
    assert parent.startswith(f"* {run['run_id'][:8]}  ")
    facts = {each["name"]: each["parent_step"] for each in json.loads(desk("runs", "--json").stdout)}
    assert facts == {"": 0, "twist": 1}
