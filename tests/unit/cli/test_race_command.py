from __future__ import annotations

import json
from pathlib import Path

import pytest

from agentflow_tui.cli.race_table import race_table
from agentflow_tui.workbench.lane_totals import LaneTotals
from tests.unit.cli.program import cli

FLOW = """
# Try it with: {"content": "cats"}
[llm]
provider = "scripted"
[orchestration]
mode = "loop"
timeout_seconds = 600
loop_agent = "improver"
max_iterations = 3
collaborative_agents = ["improver", "critic"]
[orchestration.loop]
condition = "quality >= 9"
[agents.improver]
prompt = "Improve: {content}"
output = { content = "string", quality = "integer" }
[agents.critic]
[providers.scripted.replies]
improver = ['{"content": "good", "quality": 4}', '{"content": "very good", "quality": 9}']
critic = ["an answer \\u001b]0;owned\\u0007 with an escape"]
"""


@pytest.fixture
def flow(tmp_path: Path) -> str:
    path = tmp_path / "flow.toml"
    path.write_text(FLOW)
    return str(path)


def test_all_modes_that_fit_run_and_the_others_are_told_beforehand(flow: str) -> None:
    done = cli("race", flow, "--score", "quality")
    assert done.returncode == 0, done.stderr
    head, *lanes, way = done.stdout.splitlines()
    assert head.split() == [
        "MODE",
        "STATUS",
        "TIME",
        "CALLS",
        "TOKENS",
        "TOKENS/S",
        "QUALITY",
        "RUN",
        "OUTPUT",
    ]
    assert [line.split()[:2] for line in lanes] == [
        [mode, "completed"] for mode in ("collaborative", "loop", "mixed")
    ]
    assert "★ 9" in lanes[1] and "very good" in lanes[1]
    assert "agentflow-tui show RUN" in way
    assert "\x1b" not in done.stdout
    for word in ("without route", "without sequential: ", "orchestration.sequential_agents", "own example"):
        assert word in done.stderr
    assert "loop completed after" in done.stderr


def test_the_runs_are_stored_and_can_be_shown_and_compared(flow: str) -> None:
    done = cli("race", flow, "--modes", "loop,mixed", "--json", "-i", "content=dogs")
    told = json.loads(done.stdout)
    assert done.returncode == 0 and [lane["mode"] for lane in told["lanes"]] == ["loop", "mixed"]
    ids = [lane["run_id"] for lane in told["lanes"]]
    listed = json.loads(cli("runs", f"race {told['race']}", "--json").stdout)
    assert {run["run_id"] for run in listed} == set(ids)
    assert json.loads(cli("show", ids[0], "--json").stdout.splitlines()[0])["event"]["data"] == {
        "content": "dogs"
    }
    assert "differ" in cli("compare", *ids).stdout
    assert all(set(best) <= {"loop", "mixed"} for best in told["best"].values())


def test_json_has_all_numbers_and_what_is_best(flow: str) -> None:
    told = json.loads(
        cli("race", flow, "--modes", "loop, collaborative", "--json", "--score", "quality").stdout
    )
    loop, together = told["lanes"]
    assert told["score_key"] == "quality" and told["best"]["score"] == ["loop"]
    assert (loop["score"], together["score"], loop["calls"], loop["from_recordings"]) == (9, 4, 2, 0)
    assert loop["tokens"] > 0 and loop["seconds"] > 0 and loop["status"] == "completed"


def test_recordings_answer_what_did_not_change(flow: str) -> None:
    first = cli("race", flow, "--modes", "loop,mixed", "-i", "content=recorded")
    assert first.returncode == 0
    told = json.loads(
        cli(
            "race", flow, "--modes", "loop,mixed", "-i", "content=recorded", "--from-recordings", "--json"
        ).stdout
    )
    assert [(lane["calls"], lane["from_recordings"]) for lane in told["lanes"]] == [(2, 2), (2, 2)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--modes", "loop"), "two modes"),
        (("--modes", "loop,loop"), "two modes"),
        (("--modes", " , "), "two modes"),
        (("--modes", "loop,sequential"), "orchestration.sequential_agents"),
        (("--modes", "loop,fast"), "no mode is called 'fast'"),
        (("--input", "no pair"), "key=value"),
        (("--input-file", "missing.json"), "missing.json"),
    ],
)
def test_wrong_arguments_run_nothing(flow: str, arguments: tuple[str, ...], message: str) -> None:
    done = cli("race", flow, *arguments)
    assert done.returncode == 2 and done.stdout == ""
    assert message in done.stderr


def test_a_file_with_errors_and_a_flow_with_one_mode(tmp_path: Path) -> None:
    path = tmp_path / "flow.toml"
    path.write_text("[orchestration]\nmode = 'loop'\n")
    assert cli("race", str(path)).returncode == 2
    assert cli("race", str(tmp_path / "none.toml")).returncode == 2
    path.write_text('[llm]\nprovider = "scripted"\n[orchestration]\nmode = "route"\n[agents.one]\n')
    done = cli("race", str(path), "--input", "message=x")
    assert done.returncode == 2 and "here is collaborative" in done.stderr
    path.write_text(path.read_text() + '[providers.scripted]\nanswers = ["yes"]\n')
    done = cli("race", str(path), "--input", "message=x", "--target", "one")
    assert done.returncode == 0 and "route" in done.stdout


def test_one_that_fails_makes_the_code_one_and_the_others_are_there(flow: str) -> None:
    text = Path(flow).read_text().replace('"quality": 9}', '"quality": "bad"}')
    Path(flow).write_text(text)
    done = cli("race", flow, "--modes", "loop,collaborative")
    assert done.returncode == 1
    assert [line.split()[1] for line in done.stdout.splitlines()[1:3]] == ["failed", "completed"]
    assert "loop failed after" in done.stderr


def test_without_a_model_nothing_runs(flow: str) -> None:
    text = Path(flow).read_text().replace('provider = "scripted"', 'provider = "openai"\nmodel = "m"')
    Path(flow).write_text(text)
    done = cli("race", flow)
    assert done.returncode == 1 and done.stdout == "" and "OPENAI_API_KEY" in done.stderr


def test_the_table_is_plain_text_without_what_drives_a_terminal() -> None:
    lanes = [
        LaneTotals(
            "loop", "1234567890", "completed", seconds=1.0, calls=2, from_recordings=2, score="\x1b[2J"
        ),
        LaneTotals("mixed", error="no model\nat all"),
    ]
    lines = race_table(lanes, "a\x1bkey")
    assert not any("\x1b" in line or "\n" in line for line in lines)
    assert "2 (2 recorded)" in lines[1] and lines[1].endswith("12345678")
    assert "not started" in lines[2] and "no model" in lines[2]
    assert "KEY" not in race_table(lanes, "")[0]
