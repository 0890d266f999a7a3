from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from agentflow_tui import __version__
from tests.unit.cli.program import FLOW, cli


@pytest.fixture
def flow(tmp_path: Path) -> str:
    path = tmp_path / "flow.toml"
    path.write_text(FLOW)
    return str(path)


def test_version_and_help() -> None:
    assert cli("--version").stdout.strip() == f"agentflow-tui {__version__}"
    short, long = cli("-h"), cli("--help")
    assert short.returncode == long.returncode == 0
    assert short.stdout == long.stdout
    assert re.findall(r"^  (open|run|check|graph|trust|paths|model) ", long.stdout, re.MULTILINE) == [
        "open",
        "run",
        "check",
        "graph",
        "trust",
        "paths",
        "model",
    ]


def test_a_run_prints_one_event_a_line_as_json(flow: str) -> None:
    done = cli(
        "run", flow, "--input", "message=tea", "--input", "count=3", "--meta", "session_id=s1", "--json"
    )
    assert done.returncode == 0, done.stderr
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert [event["seq"] for event in events] == list(range(len(events)))
    assert (events[0]["kind"], events[-1]["kind"], events[-1]["status"]) == (
        "run_started",
        "run_ended",
        "completed",
    )
    assert events[0]["event"]["data"] == {"message": "tea", "count": 3}
    assert events[0]["session_id"] == "s1"
    assert "\x1b" not in done.stdout
    asked = [event["messages"][1]["content"] for event in events if event["kind"] == "model_call_started"]
    assert asked[0] == "About tea for 3"


def test_a_run_for_people_shows_progress_and_no_escapes(flow: str) -> None:
    done = cli("run", flow, "-i", '{"message": "tea", "count": 3}')
    assert done.returncode == 0, done.stderr
    assert "● first" in done.stdout
    assert "● completed" in done.stdout
    assert "\x1b" not in done.stdout
    assert "\x07" not in done.stdout


def test_input_comes_from_a_file_or_standard_input(flow: str, tmp_path: Path) -> None:
    given = tmp_path / "input.json"
    given.write_text('{"message": "file", "count": 1}')
    done = cli("run", flow, "--input-file", str(given), "-i", "count=2", "--json")
    assert json.loads(done.stdout.splitlines()[0])["event"]["data"] == {"message": "file", "count": 2}
    done = cli("run", flow, "--input-file", "-", "--json", given='{"message": "in", "count": 1}')
    assert json.loads(done.stdout.splitlines()[0])["event"]["data"]["message"] == "in"


def test_a_failed_run_ends_with_1_and_says_why(flow: str) -> None:
    done = cli("run", flow, "-i", "message=tea")
    assert done.returncode == 1
    assert "needs 'count'" in done.stdout


ROUTE = FLOW.replace('"sequential"', '"route"\nrouting.default_agent = "second"').replace(" for {count}", "")


def test_a_target_that_is_nobody_is_told_before_the_run(tmp_path: Path) -> None:
    path = tmp_path / "flow.toml"
    path.write_text(ROUTE)
    done = cli("run", str(path), "-i", "message=tea", "--target", "frist")
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[-2:] == [
        "! --target: no enabled agent is called 'frist'; did you mean first? (agents: first, second)",
        "  the event is routed as without a target",
    ]
    assert "second: default agent" in done.stdout


@pytest.mark.parametrize(
    ("rule", "options"),
    [
        ("", ("--target", "first")),
        ("", ("--target", "x", "--meta", "route=first")),
        ("", ("--target", "x", "--mode", "collaborative")),
        (
            "[[orchestration.routing.rules]]\nagent = 'first'\nwhen = \"event.target == 'x'\"",
            ("--target", "x"),
        ),
        (
            "[[orchestration.switch]]\nmode = 'collaborative'\nwhen = \"event.target == 'x'\"",
            ("--target", "x"),
        ),
    ],
)
def test_a_target_that_may_be_meant_is_not_doubted(tmp_path: Path, rule: str, options: tuple[str]) -> None:
    path = tmp_path / "flow.toml"
    path.write_text(f"{ROUTE}{rule}\n")
    done = cli("run", str(path), "-i", "message=tea", *options)
    assert done.returncode == 0, done.stderr
    assert "called" not in done.stderr


def test_usage_names_what_stands_where() -> None:
    assert "OTHER" in cli("compare", "-h").stdout.splitlines()[0]
    assert cli("test", "-h").stdout.splitlines()[0].endswith("[OPTIONS] [FLOW|FOLDER]...")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["--input", "message"], "key=value"),
        (["--input", "{"], "no JSON"),
        (["--input", "[1]=2", "--meta", "x"], "--meta"),
        (["--input-file", "/nowhere.json"], "/nowhere.json: No such file or directory\n"),
    ],
)
def test_wrong_input_ends_with_2(flow: str, arguments: list[str], text: str) -> None:
    done = cli("run", flow, *arguments)
    assert done.returncode == 2
    assert text in done.stderr


def test_an_invalid_file_ends_with_2_and_its_problems(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text('[orchestration]\nmode = "lopp"\n')
    done = cli("run", str(path))
    assert done.returncode == 2
    assert f"{path}:2:" in done.stderr
    assert cli("run", str(tmp_path / "missing.toml")).returncode == 2


def test_no_model_ends_with_1_and_the_way_out(flow: str, tmp_path: Path) -> None:
    path = tmp_path / "auto.toml"
    path.write_text(FLOW.replace('"scripted"', '"auto"'))
    done = cli("run", str(path), "-i", "message=x", env={**os.environ, "OLLAMA_HOST": "127.0.0.1:9"})
    assert done.returncode == 1
    assert "agentflow-tui model get" in done.stderr
    assert "Traceback" not in done.stderr


def test_check_lists_problems_as_text_and_json(tmp_path: Path, flow: str) -> None:
    warned = cli("check", flow)
    assert warned.returncode == 0
    assert re.match(rf"{re.escape(flow)}:9:31: warning: .*'count'", warned.stdout)
    Path(flow).write_text(FLOW.replace(" for {count}", ""))
    assert cli("check", flow).stdout == f"{flow}: no problems\n"
    path = tmp_path / "bad.toml"
    path.write_text('[orchestration]\nmode = "loop"\nloop_agent = "\\u001b[31mx"\n')
    bad = cli("check", str(path))
    assert bad.returncode == 1
    assert re.match(rf"{re.escape(str(path))}:3:\d+: error: ", bad.stdout)
    assert "\x1b" not in bad.stdout
    problems = json.loads(cli("check", "--json", str(path)).stdout)
    assert {"severity", "path", "line", "column", "message", "hint"} <= set(problems[0])


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"#" * 5_000_000, b"[/foo]\n\x1b]0;x\x07"],
    ids=["empty", "not UTF-8", "5 MB", "escapes"],
)
def test_check_survives_any_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "odd.toml"
    path.write_bytes(content)
    done = cli("check", str(path))
    assert done.returncode == 1
    assert "error" in done.stdout
    assert "Traceback" not in done.stderr
    assert "\x1b" not in done.stdout
    assert cli("check", str(tmp_path)).returncode == 1


def test_trust_allows_handlers_by_name(tmp_path: Path) -> None:
    path = tmp_path / "flow.toml"
    path.write_text(
        '[orchestration]\nmode = "sequential"\nsequential_agents = ["a"]\n'
        '[agents.a]\nhandler = "own_code:go"\n'
    )
    (tmp_path / "own_code.py").write_text("async def go(event, state):\n    return {'n': 1}\n")
    refused = cli("run", str(path))
    assert refused.returncode == 1
    assert f"agentflow-tui trust {path}" in refused.stderr
    trusted = cli("trust", str(path))
    assert trusted.returncode == 0
    assert "own_code.py" in trusted.stdout
    assert cli("run", str(path)).returncode == 0


def test_trust_names_the_folder_that_it_allows(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "own_code.py").write_text("")
    path = tmp_path / "flow.toml"
    path.write_text(FLOW + '\n[agents.own]\nhandler = "inner.own_code:run"\n')
    first, second = cli("trust", str(path)).stdout.splitlines()
    assert first.startswith(f"All Python code in {tmp_path} may run now")
    assert second.strip() == str(tmp_path / "inner" / "own_code.py")


def test_trust_without_code_says_so(flow: str) -> None:
    assert "nothing to trust" in cli("trust", flow).stdout


def test_paths_and_models_are_listed() -> None:
    assert [line.split()[0] for line in cli("paths").stdout.splitlines()] == [
        "settings",
        "keys",
        "themes",
        "runs",
        "model",
        "logs",
    ]
    listed = cli("model", "list").stdout
    assert "smollm2:135m" in listed
    assert "Apache-2.0" in listed


def test_a_mistyped_command_is_no_file(tmp_path: Path) -> None:
    done = cli("chekc", folder=tmp_path)
    assert done.returncode == 2
    assert "chekc" in done.stderr
