"""Commands as processes of their own, each of which imports all that it needs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from agentflow_tui import __version__
from tests.unit.cli.program import FLOW, cli, program
from tests.unit.cli.test_graph_command import ROOM
from tests.unit.cli.test_time_travel_commands import Cli, desk, run

__all__ = ["desk", "run"]


def test_a_process_says_what_the_tests_of_commands_see() -> None:
    assert program("--version").stdout == cli("--version").stdout == f"agentflow-tui {__version__}\n"
    assert program("paths").stdout == cli("paths").stdout


def test_a_graph_has_the_room_that_the_variables_say(tmp_path: Path) -> None:
    flow = tmp_path / "flow.toml"
    flow.write_text(FLOW)
    drawn = cli("graph", str(flow), "--text", env=ROOM)
    assert drawn.returncode == 0
    assert program("graph", str(flow), "--text", env=ROOM) == drawn


def test_events_are_lines_of_json_on_standard_output_and_input_comes_from_standard_input(
    tmp_path: Path,
) -> None:
    path = tmp_path / "flow.toml"
    path.write_text(FLOW)
    given = '{"message": "in", "count": 1}'
    done = program("run", str(path), "--input-file", "-", "--json", given=given)
    assert done.returncode == 0, done.stderr
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert [event["seq"] for event in events] == list(range(len(events)))
    assert events[0]["event"]["data"] == json.loads(given)
    assert "\x1b" not in done.stdout


def test_a_closed_pipe_is_no_traceback(tmp_path: Path) -> None:
    flow = tmp_path / "flow.toml"
    flow.write_text(FLOW)
    command = f"'{sys.executable}' -m agentflow_tui run '{flow}' -i message=x -i count=1 --json | head -n 1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60, check=False)
    assert json.loads(done.stdout)["kind"] == "run_started"
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        "runs",
        "show RUN",
        "replay RUN",
        "rerun RUN --from second",
        "fork RUN --at -1",
        "compare RUN RUN",
        "export RUN alone.jsonl",
        "gc --max-size 1G",
    ],
)
def test_each_command_finds_all_that_it_needs_when_it_is_called_alone(
    desk: Cli, run: str, arguments: str
) -> None:
    done = desk.process(*arguments.replace("RUN", run).split())
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


def test_what_one_process_exports_another_takes_in(desk: Cli, run: str) -> None:
    assert desk("export", run, "taken.jsonl").returncode == 0
    assert desk.process("import", "taken.jsonl").returncode == 0
    assert desk("resume", run).returncode == desk.process("resume", run).returncode == 1
