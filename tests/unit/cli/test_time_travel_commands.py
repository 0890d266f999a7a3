from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

FLOW = """
[agent_flow]
name = "two \\u001b[31m steps"
[llm]
provider = "scripted"
model = "script"
[orchestration]
mode = "sequential"
sequential_agents = ["first", "second"]
[agents.first]
prompt = "About {message}"
[agents.second]
[providers.scripted]
answers = ["an answer", "another"]
"""


class Cli:
    """The program with a data folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._env = {**os.environ, "XDG_DATA_HOME": str(folder / "data")}
        self.folder = folder

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "agentflow_tui", *arguments],
            env=self._env,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def json(self, *arguments: str) -> Any:
        done = self(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def events(self, *arguments: str) -> list[Any]:
        done = self(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def cli(tmp_path_factory: pytest.TempPathFactory) -> Cli:
    cli = Cli(tmp_path_factory.mktemp("cli"))
    (cli.folder / "flow.toml").write_text(FLOW)
    assert cli("run", "flow.toml", "--input", "message=tea").returncode == 0
    return cli


@pytest.fixture(scope="module")
def run(cli: Cli) -> str:
    (found,) = cli.json("runs")
    return str(found["run_id"])


def test_runs_and_show_tell_what_is_there_without_escapes(cli: Cli, run: str) -> None:
    listed = cli("runs").stdout
    assert run[:8] in listed
    assert "\x1b" not in listed
    assert cli.json("runs", "--status", "failed") == []
    assert cli("runs", "nothing like it").stdout == "no runs\n"
    events = cli.events("show", run[:6])
    assert (events[0]["run_id"], events[-1]["kind"]) == (run, "run_ended")
    shown = cli("show", run[:6])
    assert "● second" in shown.stdout
    assert "\x1b" not in shown.stdout


def test_a_replay_of_a_run_and_of_its_file_is_exact(cli: Cli, run: str) -> None:
    assert cli.json("replay", run[:8])["exact"]
    file = cli.folder / "run.jsonl"
    assert cli.json("export", run[:8], str(file))["events"] == len(cli.events("show", run))
    assert cli.json("replay", str(file))["exact"]
    other = cli.folder / "other.toml"
    other.write_text(FLOW.replace('["first", "second"]', '["first"]'))
    done = cli("replay", run, "--flow", str(other))
    assert done.returncode == 1
    assert "drift" in done.stdout


def test_a_replay_shows_what_a_changed_prompt_asks_instead(cli: Cli, run: str) -> None:
    other = cli.folder / "prompt.toml"
    other.write_text(FLOW.replace("About {message}", "On {message}"))
    done = cli("replay", run, "--flow", str(other))
    assert done.returncode == 1
    assert '  messages[1].content: "About tea' in done.stdout
    assert '"On tea' in done.stdout


def test_a_rerun_from_an_agent_and_a_fork_are_new_runs(cli: Cli, run: str) -> None:
    again = cli("rerun", run, "--from", "second")
    assert again.returncode == 0, again.stderr
    assert "1 of 2 calls from recordings" in again.stderr
    events = cli.events("fork", run, "--at", "-1", "--set", "message=coffee", "--name", "other drink")
    asked = [event["messages"][1]["content"] for event in events if event["kind"] == "model_call_started"]
    assert asked[0] == "About coffee"
    forks = [each for each in cli.json("runs") if each["parent_run"] == run]
    assert {each["name"] for each in forks} == {"", "other drink"}
    (fork,) = [each["run_id"] for each in forks if each["name"]]
    compared = cli("compare", run, fork)
    assert compared.returncode == 1
    same = cli.json("compare", run, next(each["run_id"] for each in forks if not each["name"]))
    assert same["same"]


def test_an_import_is_a_run_of_its_own_and_gc_takes_old_ones_away(cli: Cli, run: str) -> None:
    file = cli.folder / "travel.jsonl"
    cli.json("export", run, str(file))
    taken = cli.json("import", str(file), "--name", "theirs")
    assert taken["run_id"] != run
    before = cli.json("runs")
    would = cli.json("gc", "--older-than", "0s", "--dry-run")
    assert (would["dry_run"], len(would["deleted"])) == (True, len(before))
    assert cli.json("runs") == before
    assert cli.json("gc", "--max-size", "1G")["deleted"] == []
    other = Cli(cli.folder / "elsewhere")
    other.folder.mkdir()
    other.json("import", str(file))
    assert len(other.json("gc", "--older-than", "0s")["deleted"]) == 1
    assert other.json("runs") == []


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("show", "zzz"), 1, "there is no stored run 'zzz'"),
        (("resume", "RUN"), 1, "nothing to resume"),
        (("rerun", "RUN", "--from", "nobody"), 1, "no agent 'nobody' ran"),
        (("rerun", "RUN", "--mode", "free"), 2, "none of auto"),
        (("fork", "RUN", "--at", "999"), 1, "no event 999"),
        (("fork", "RUN", "--set", "message"), 2, "key=value"),
        (("import", "flow.toml"), 1, "no run file"),
        (("replay", "nothing.jsonl"), 1, "there is no stored run"),
        (("gc",), 2, "--older-than"),
        (("gc", "--older-than", "soon"), 2, "no age"),
        (("gc", "--max-size", "big"), 2, "no size"),
    ],
)
def test_what_cannot_be_done_says_why(
    cli: Cli, run: str, arguments: tuple[str, ...], code: int, said: str
) -> None:
    done = cli(*(run if each == "RUN" else each for each in arguments))
    assert (done.returncode, said in done.stderr) == (code, True), done.stderr
    assert "Traceback" not in done.stderr
