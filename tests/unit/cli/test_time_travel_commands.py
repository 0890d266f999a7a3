from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.unit.cli.program import Done, cli, program

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

    def __init__(self, folder: Path, **more: str) -> None:
        self._env = {**os.environ, "XDG_DATA_HOME": str(folder / "data"), **more}
        self.folder = folder

    def __call__(self, *arguments: str) -> Done:
        return cli(*arguments, env=self._env, folder=self.folder)

    def process(self, *arguments: str) -> Done:
        return program(*arguments, env=self._env, folder=self.folder)

    def json(self, *arguments: str) -> Any:
        done = self(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def events(self, *arguments: str) -> list[Any]:
        done = self(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Cli:
    desk = Cli(tmp_path_factory.mktemp("cli"))
    (desk.folder / "flow.toml").write_text(FLOW)
    assert desk("run", "flow.toml", "--input", "message=tea").returncode == 0
    return desk


@pytest.fixture(scope="module")
def run(desk: Cli) -> str:
    (found,) = desk.json("runs")
    return str(found["run_id"])


def test_runs_and_show_tell_what_is_there_without_escapes(desk: Cli, run: str) -> None:
    listed = desk("runs").stdout
    assert run[:8] in listed
    assert "\x1b" not in listed
    assert desk.json("runs", "--status", "failed") == []
    assert desk("runs", "nothing like it").stdout == "no runs\n"
    events = desk.events("show", run[:6])
    assert (events[0]["run_id"], events[-1]["kind"]) == (run, "run_ended")
    shown = desk("show", run[:6])
    assert "● second" in shown.stdout
    assert "\x1b" not in shown.stdout


def test_a_stored_run_and_one_that_goes_on_are_told_in_plain_sentences(desk: Cli, run: str) -> None:
    told = desk("show", run, "--plain").stdout.splitlines()
    assert told[0].startswith("Run of ") and told[-1].startswith("Run completed after ")
    assert "Agent second started." in told
    again = desk("rerun", run, "--plain").stdout.splitlines()
    assert "Agent second started." in again and again[-1].startswith("Run completed after ")
    for command in ("show", "rerun", "fork", "resume"):
        done = desk(command, run, "--plain", "--json")
        assert (done.returncode, done.stdout) == (2, "")
        assert "exclude each other" in done.stderr


def test_a_replay_of_a_run_and_of_its_file_is_exact(desk: Cli, run: str) -> None:
    assert desk.json("replay", run[:8])["exact"]
    file = desk.folder / "run.jsonl"
    assert desk.json("export", run[:8], str(file))["events"] == len(desk.events("show", run))
    assert desk.json("replay", str(file))["exact"]
    other = desk.folder / "other.toml"
    other.write_text(FLOW.replace('["first", "second"]', '["first"]'))
    done = desk("replay", run, "--flow", str(other))
    assert done.returncode == 1
    assert "drift" in done.stdout


def test_a_replay_shows_what_a_changed_prompt_asks_instead(desk: Cli, run: str) -> None:
    other = desk.folder / "prompt.toml"
    other.write_text(FLOW.replace("About {message}", "On {message}"))
    done = desk("replay", run, "--flow", str(other))
    assert done.returncode == 1
    assert '  messages[1].content: "About tea' in done.stdout
    assert '"On tea' in done.stdout


def test_a_rerun_from_an_agent_and_a_fork_are_new_runs(desk: Cli, run: str) -> None:
    again = desk("rerun", run, "--from", "second")
    assert again.returncode == 0, again.stderr
    assert "1 of 2 calls from recordings" in again.stderr
    events = desk.events("fork", run, "--at", "-1", "--set", "message=coffee", "--name", "other drink")
    asked = [event["messages"][1]["content"] for event in events if event["kind"] == "model_call_started"]
    assert asked[0] == "About coffee"
    forks = [each for each in desk.json("runs") if each["parent_run"] == run]
    assert {each["name"] for each in forks} == {"", "other drink"}
    (fork,) = [each["run_id"] for each in forks if each["name"]]
    compared = desk("compare", run, fork)
    assert compared.returncode == 1
    same = desk.json("compare", run, next(each["run_id"] for each in forks if not each["name"]))
    assert same["same"]


def test_going_on_without_the_secrets_of_then_is_told_and_they_can_be_set_anew(tmp_path: Path) -> None:
    desk = Cli(tmp_path, SHOP_TOKEN="tok-1234567890")
    (desk.folder / "flow.toml").write_text(FLOW)
    given = ("--input", "message=tea", "--input", "login=tok-1234567890")
    assert desk("run", "flow.toml", *given).returncode == 0
    run = desk.json("runs")[0]["run_id"]
    for arguments in (("rerun", run), ("fork", run, "--at", "3"), ("fork", run, "--at", "-1")):
        done = desk(*arguments)
        assert done.returncode == 0, done.stderr
        assert "! the state kept with this run is without its secrets: login\n" in done.stderr
        assert "without its secrets" not in done.stdout
    for way in (("--set", "login=tok-1234567890"), ("--unset", "login")):
        assert "secrets" not in desk("fork", run, "--at", "3", *way).stderr


def test_an_import_is_a_run_of_its_own_and_gc_takes_old_ones_away(desk: Cli, run: str) -> None:
    file = desk.folder / "travel.jsonl"
    desk.json("export", run, str(file))
    taken = desk.json("import", str(file), "--name", "theirs")
    assert taken["run_id"] != run
    before = desk.json("runs")
    would = desk.json("gc", "--older-than", "0s", "--dry-run")
    assert (would["dry_run"], len(would["deleted"])) == (True, len(before))
    assert desk.json("runs") == before
    assert desk.json("gc", "--max-size", "1G")["deleted"] == []
    other = Cli(desk.folder / "elsewhere")
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
        (("rerun", "RUN", "--from", "²"), 1, "no agent '²' ran"),
        (("rerun", "RUN", "--mode", "free"), 2, "none of auto"),
        (("fork", "RUN", "--at", "999"), 1, "no event 999"),
        (("fork", "RUN", "--set", "message"), 2, "key=value"),
        (("import", "flow.toml"), 1, "no run file"),
        (("replay", "nothing.jsonl"), 1, "there is no stored run"),
        (("rerun", "RUN", "--speed", "slow"), 2, "none of full, original, none"),
        (("rerun", "RUN", "--mode", "never"), 2, "none of auto, record, live, replay"),
        (("gc",), 2, "--older-than"),
        (("gc", "--older-than", "soon"), 2, "no age"),
        (("gc", "--max-size", "big"), 2, "no size"),
    ],
)
def test_what_cannot_be_done_says_why(
    desk: Cli, run: str, arguments: tuple[str, ...], code: int, said: str
) -> None:
    done = desk(*(run if each == "RUN" else each for each in arguments))
    assert (done.returncode, said in done.stderr) == (code, True), done.stderr
    assert "Traceback" not in done.stderr
