from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from agentflow_tui.cli.junit import CaseResult, junit
from tests.unit.cli.program import Done, cli

FLOW = """
[llm]
provider = "scripted"
[orchestration]
mode = "loop"
loop_agent = "writer"
max_iterations = 3
[agents.writer]
prompt = "Write a long and careful text about {topic}, and then rate it well"
output = { text = "string", score = "integer" }
[providers.scripted]
answers = ['{"text": "a", "score": 4}', '{"text": "b", "score": 2}', '{"text": "c", "score": 7}']
"""
PROMPT = "rate it well"


class Desk:
    """A folder with a flow that ran once, and the program with a data folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "work"
        self.folder.mkdir()
        self.flow = self.folder / "report.toml"
        self.flow.write_text(FLOW)
        self.env = {"XDG_DATA_HOME": str(folder / "data"), "HOME": str(folder), "PATH": ""}

    def __call__(self, *arguments: str) -> Done:
        return cli(*arguments, env=self.env, folder=self.folder)

    def json(self, *arguments: str) -> Any:
        return json.loads(self(*arguments, "--json").stdout)

    def ran(self, *arguments: str) -> str:
        assert self("run", "report.toml", "-i", "topic=tea", *arguments).returncode == 0
        return str(self.json("runs")[0]["run_id"])


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_kept_run_is_a_test_that_comes_out_the_same(desk: Desk) -> None:
    run = desk.ran()
    saved = desk("save-test", run, "three rounds/…")
    assert (saved.returncode, saved.stderr) == (0, "")
    file = desk.folder / "report.tests" / "three-rounds.jsonl"
    assert f"events in {file}" in saved.stdout
    tested = desk("test")
    assert tested.returncode == 0, tested.stdout
    assert "✓ same       report.tests/three-rounds: the same:" in tested.stdout
    assert tested.stdout.endswith("1 test: 1 same\n")
    for place in ("report.toml", "report.tests", "report.tests/three-rounds.jsonl", str(desk.folder.parent)):
        assert desk.json("test", place)["same"] == 1, place
    assert desk.json("test", ".", "report.toml")["same"] == 1


def test_a_changed_prompt_is_a_drift_with_its_place_and_both_texts(desk: Desk) -> None:
    desk("save-test", desk.ran(), "rounds")
    desk.flow.write_text(FLOW.replace(PROMPT, "rate it badly"))
    tested = desk("test", "report.toml")
    assert tested.returncode == 1
    assert (
        "✗ drift      report.tests/rounds: event 4 (model_call_started of writer): messages differ"
        in tested.stdout
    )
    assert "well" in tested.stdout
    assert "badly" in tested.stdout
    (found,) = desk.json("test")["tests"]
    assert (found["outcome"], found["recorded"]["agent"]) == ("drift", "writer")
    [difference] = found["differences"]
    assert difference["field"] == "messages[1].content"
    assert PROMPT in difference["recorded"]
    assert "badly" in difference["now"]
    desk("save-test", desk.ran(), "rounds")
    assert desk("test").returncode == 0


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("max_iterations = 3", "max_iterations = 2", "iteration_started"),
        ('provider = "scripted"', 'provider = "scripted"\ntemperature = 1.5', "parameters"),
        ('provider = "scripted"', 'provider = "scripted"\nmodel = "other"', "model"),
    ],
)
def test_another_way_another_model_and_other_parameters_are_drifts(
    desk: Desk, old: str, new: str, where: str
) -> None:
    desk("save-test", desk.ran())
    desk.flow.write_text(FLOW.replace(old, new))
    tested = desk("test")
    assert tested.returncode == 1
    assert where in tested.stdout


@pytest.mark.parametrize("end", ['"run_ended"', "\n{"], ids=["in its last line", "before that"])
def test_a_test_whose_file_was_cut_off_is_not_the_same_as_what_is_left_of_it(desk: Desk, end: str) -> None:
    desk("save-test", desk.ran(), "rounds")
    file = desk.folder / "report.tests" / "rounds.jsonl"
    text = file.read_text()
    file.write_text(text[: text.rindex(end) + 1])
    tested = desk("test")
    assert tested.returncode == 2
    assert "! unreadable report.tests/rounds: the test is damaged: " in tested.stdout


def test_what_cannot_be_read_is_told_for_each_and_ends_with_2(desk: Desk) -> None:
    desk("save-test", desk.ran(), "good")
    folder = desk.folder / "report.tests"
    (folder / "bad.jsonl").write_text(
        '{"format":"agentflow-run","version":1,"events":1,"flow_text":""}\n{}\n'
    )
    (folder / "strange.jsonl").write_text("\x1b]0;owned\x07")
    (folder / "remark.txt").write_text("not a test")
    lonely = desk.folder / "gone.tests"
    lonely.mkdir()
    (lonely / "x.jsonl").write_bytes((folder / "good.jsonl").read_bytes())
    tested = desk("test")
    assert tested.returncode == 2
    assert "\x1b" not in tested.stdout
    assert "! unreadable gone.tests/x: there is no flow gone.toml beside gone.tests" in tested.stdout
    assert tested.stdout.endswith("4 tests: 1 same, 3 unreadable\n")
    desk.flow.write_text("[orchestration]\nmode = 3\n")
    assert "the flow has errors" in desk("test", "report.tests/good.jsonl").stdout
    (desk.folder / "empty").mkdir()
    nothing = desk("test", "empty")
    assert nothing.returncode == 2
    assert "save-test" in nothing.stderr
    assert desk("test", "nowhere.toml").stderr == "✗ there is no nowhere.toml\n"


def test_a_fork_of_another_text_is_tested_from_where_it_left(desk: Desk) -> None:
    run = desk.ran()
    desk.flow.write_text(FLOW.replace(PROMPT, "rate it badly"))
    ends = [
        e["seq"]
        for e in map(json.loads, desk("show", run, "--json").stdout.splitlines())
        if e["kind"] == "iteration_ended"
    ]
    forked = desk(
        "fork",
        run,
        "--at",
        str(ends[1]),
        "--flow",
        "report.toml",
        "--name",
        "From here on",
        "--set",
        "score=1",
    )
    assert forked.returncode == 0, forked.stderr
    fork = desk.json("runs")[0]["run_id"]
    assert desk("save-test", fork).returncode == 0
    assert (desk.folder / "report.tests" / "From-here-on.jsonl").is_file()
    assert desk("test").returncode == 0
    desk.flow.write_text(FLOW.replace(PROMPT, "rate it as you like"))
    assert desk("test").returncode == 1
    # With the text of the first run, what that asked is not asked otherwise; what the fork asked is.
    desk.flow.write_text(FLOW)
    (found,) = desk.json("test")["tests"]
    assert found["recorded"]["seq"] > ends[1]
    assert PROMPT in found["differences"][0]["now"]


def test_secrets_stay_out_and_a_run_that_never_ended_is_refused(desk: Desk) -> None:
    key = "sk-0123456789abcdef"
    desk.env["MY_API_KEY"] = key
    desk.flow.write_text(FLOW.replace("about {topic}", f"about {{topic}} {key}"))
    assert desk("save-test", desk.ran(), "secret").returncode == 0
    assert key not in (desk.folder / "report.tests" / "secret.jsonl").read_text()
    assert desk("test").returncode == 0
    lines = (desk.folder / "report.tests" / "secret.jsonl").read_text().splitlines()
    (desk.folder / "cut.jsonl").write_text("\n".join(lines[:-1]) + "\n")
    assert desk("import", "cut.jsonl").returncode == 0
    cut = next(each["run_id"] for each in desk.json("runs") if each["status"] == "unfinished")
    refused = desk("save-test", cut, "--flow", "report.toml")
    assert refused.returncode == 1
    assert "the run has not ended" in refused.stderr


def test_what_takes_over_another_config_is_no_test(desk: Desk) -> None:
    file = Path(__file__).parents[2] / "golden" / "loop_with_another_config.jsonl"
    desk("import", str(file))
    refused = desk("save-test", desk.json("runs")[0]["run_id"], "--flow", "report.toml")
    assert refused.returncode == 1
    assert "took over another config" in refused.stderr
    assert not (desk.folder / "report.tests").exists()


def test_neither_a_key_nor_a_consent_nor_a_server_is_needed(desk: Desk) -> None:
    flow = """
[llm]
provider = "scripted"
model = "gpt"
[orchestration]
mode = "sequential"
sequential_agents = ["writer", "counter"]
[agents.writer]
prompt = "About {topic}"
[agents.counter]
handler = "steps:count"
[providers.scripted]
answers = ["an answer"]
[providers.openai]
api_key_env = "NO_SUCH_KEY"
"""
    steps = desk.folder / "steps.py"
    steps.write_text("async def count(event, state):\n    state.data['count'] = 3\n    return state\n")
    desk.flow.write_text(flow)
    assert desk("trust", "report.toml").returncode == 0
    desk("save-test", desk.ran(), "counted")
    # As if another provider had answered, on a machine that has its key.
    file = desk.folder / "report.tests" / "counted.jsonl"
    file.write_text(file.read_text().replace("scripted", "openai"))
    steps.write_text("raise RuntimeError('it was imported')\n")
    begin, _, _ = flow.replace("scripted", "openai").partition("[providers")
    desk.flow.write_text(begin + '[providers.openai]\nanswers = ["an answer"]\napi_key_env = "NO_SUCH_KEY"\n')
    tested = desk("test")
    assert (tested.returncode, tested.stderr) == (0, "")
    desk.flow.write_text(desk.flow.read_text().replace('"gpt"', '"another"'))
    assert 'model: "gpt" → "another"' in desk("test").stdout


def test_a_build_server_gets_a_report(desk: Desk) -> None:
    desk("save-test", desk.ran(), "rounds")
    desk.flow.write_text(FLOW.replace(PROMPT, "rate it badly"))
    assert desk("test", "--junit", "report.xml").returncode == 1
    suite = ElementTree.parse(desk.folder / "report.xml").getroot()[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("1", "1", "0")
    failure = suite[0][0]
    assert (suite[0].get("name"), failure.tag) == ("report.tests/rounds", "failure")
    assert "messages differ" in failure.get("message", "")
    assert "badly" in (failure.text or "")
    broken = desk("test", "--junit", "nowhere/report.xml")
    assert broken.returncode == 1
    assert "nowhere/report.xml" in broken.stderr


def test_a_report_is_xml_whatever_was_said() -> None:
    hostile = "\x00 <b> ]]> \x1b[31m \ud800 ä & \uffff"
    data = junit([CaseResult("f", hostile, "unreadable", hostile, (hostile,), 0.1)])
    case = ElementTree.fromstring(data)[0][0]
    assert (case[0].tag, "<b> ]]>" in (case.get("name") or "")) == ("error", True)


def test_two_compared_runs_show_their_curves(desk: Desk) -> None:
    one = desk.ran()
    desk.flow.write_text(FLOW.replace('"score": 2', '"score": 6'))
    other = desk.ran()
    assert "  loop score A: 4 2 7\n  loop score B: 4 6 7\n" in desk("compare", one, other).stdout
    (curve,) = desk.json("compare", one, other)["curves"]
    assert curve == {"loop": "loop", "kind": "data", "key": "score", "left": [4, 2, 7], "right": [4, 6, 7]}
