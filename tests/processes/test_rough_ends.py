from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from agentflow_tui.cli.main import app
from tests.unit.cli.program import FLOW, PROGRAM, SLOW, cli, program

INPUT = ["-i", "message=x", "-i", "count=1"]


@pytest.fixture
def flow(tmp_path: Path) -> str:
    path = tmp_path / "flow.toml"
    path.write_text(FLOW)
    return str(path)


@pytest.fixture
def slow(tmp_path: Path) -> str:
    path = tmp_path / "slow.toml"
    path.write_text(SLOW)
    return str(path)


@pytest.fixture
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path / "data"


def handler_flow(folder: Path, code: str) -> str:
    path = folder / "flow.toml"
    path.write_text(
        '[orchestration]\nmode = "sequential"\nsequential_agents = ["a"]\n'
        '[agents.a]\nhandler = "own_code:go"\n'
    )
    (folder / "own_code.py").write_text(code)
    assert cli("trust", str(path)).returncode == 0
    return str(path)


def shell(command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-c", command, "sh", *PROGRAM, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("redirection", [">&-", ">/dev/full"])
def test_an_output_that_takes_nothing_is_one_line_and_2(flow: str, redirection: str) -> None:
    for arguments in (["run", flow, *INPUT], ["run", flow, *INPUT, "--json"], ["--version"], ["--help"]):
        done = shell(f'"$@" {redirection}', *arguments)
        # Beside what the check says of the file.
        said = [line for line in done.stderr.splitlines() if ": warning: " not in line]
        assert (done.returncode, len(said)) == (2, 1), done.stderr
        assert "standard output" in said[0]


def test_no_output_at_all_is_quiet(flow: str) -> None:
    done = shell('"$@" >&- 2>&-', "run", flow, *INPUT)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "")


@pytest.mark.usefixtures("own_data")
def test_when_the_reader_goes_the_run_is_cancelled_and_ends(slow: str) -> None:
    with subprocess.Popen(
        [*PROGRAM, "run", slow, *INPUT, "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout and process.stderr
        process.stdout.close()
        assert process.wait(30) == 2
        assert all(": warning: " in line for line in process.stderr)
    (stored,) = json.loads(cli("runs", "--json").stdout)
    assert stored["status"] == "cancelled"


def test_what_a_handler_prints_goes_to_standard_error(tmp_path: Path) -> None:
    code = "print('loaded')\nasync def go(event, state):\n    print('printed')\n    return {'n': 1}\n"
    done = program("run", handler_flow(tmp_path, code), "--json")
    assert done.returncode == 0, done.stderr
    assert [json.loads(line)["kind"] for line in done.stdout.splitlines()][-1] == "run_ended"
    assert {"loaded", "printed"} <= set(done.stderr.split())


def started(flow: str, until: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [*PROGRAM, "run", flow, *INPUT, "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout
    for line in process.stdout:
        if json.loads(line)["kind"] == until:
            break
    return process


@pytest.mark.usefixtures("own_data")
def test_a_terminal_that_hangs_up_cancels_the_run(slow: str) -> None:
    with started(slow, "model_call_started") as process:
        process.send_signal(signal.SIGHUP)
        assert process.wait(30) == 130
    (stored,) = json.loads(cli("runs", "--json").stdout)
    assert stored["status"] == "cancelled"


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_second_signal_leaves_at_once(tmp_path: Path, sign: signal.Signals) -> None:
    # It holds the event loop, so nothing can be cancelled in order.
    code = (
        "import sys, time\n"
        "async def go(event, state):\n"
        "    print('here', file=sys.stderr, flush=True)\n"
        "    while True:\n"
        "        try:\n"
        "            time.sleep(60)\n"
        "        except BaseException as error:\n"
        "            print(error, file=sys.stderr)\n"
    )
    command = [*PROGRAM, "run", handler_flow(tmp_path, code)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        assert process.stderr and process.stderr.readline() == "here\n"
        process.send_signal(sign)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.5)
        process.send_signal(sign)
        assert process.wait(30) == 130
        assert process.stderr.read() == ""


def test_ctrl_c_while_the_program_loads_is_quiet(flow: str) -> None:
    # The signal comes from inside the import, so that it hits it on any machine.
    program = (
        "import os, signal, sys\n"
        "module = sys.argv.pop(1)\n"
        "class Interrupting:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == module:\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "from agentflow_tui.__main__ import main\n"
        "sys.meta_path.insert(0, Interrupting())\n"
        "main()\n"
    )
    for module in (
        "agentflow_tui.cli.main",
        "typer",
        "agentflow_tui.workbench",
        "agentflow_tui.workbench.launcher",
    ):
        done = subprocess.run(
            [sys.executable, "-c", program, module, "run", flow, *INPUT],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (done.returncode, done.stderr, done.stdout) == (130, "", ""), module


def test_a_run_that_cannot_be_kept_says_so(flow: str, own_data: Path) -> None:
    own_data.write_text("a plain file")
    done = cli("run", flow, *INPUT, "--json")
    assert done.returncode == 0
    warnings = [event for event in map(json.loads, done.stdout.splitlines()) if event["kind"] == "warned"]
    assert ["not stored" in event["message"] for event in warnings] == [True]
    assert done.stderr.count("the run is not kept") == 1
    assert "XDG_DATA_HOME" in done.stderr


def test_the_workbench_needs_a_terminal(flow: str) -> None:
    done = program(flow, given="")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"agentflow-tui run {flow}" in done.stderr


@pytest.mark.parametrize("mode", ["nope", "loop"])
def test_a_mode_that_the_file_does_not_configure_is_refused(flow: str, mode: str) -> None:
    done = cli("run", flow, *INPUT, "--mode", mode)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"no {mode} mode" in done.stderr or f"'{mode}'" in done.stderr
    assert "the file configures" in done.stderr and "sequential" in done.stderr
    assert cli("run", flow, *INPUT, "--mode", "collaborative").returncode == 0


def test_json_and_plain_exclude_each_other(flow: str) -> None:
    done = cli("run", flow, *INPUT, "--json", "--plain")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--plain" in done.stderr


def test_input_is_utf_8_whatever_the_locale(flow: str) -> None:
    env = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = program(
        "run", flow, "-i", "message=ü", "-i", '{"count": "é"}', "--meta", "who=ö", "--json", env=env
    )
    assert done.returncode == 0, done.stderr
    event = json.loads(done.stdout.splitlines()[0])["event"]
    assert event["data"] == {"message": "ü", "count": "é"}
    assert event["metadata"]["who"] == "ö"
    broken = subprocess.run(
        [*PROGRAM, "run", flow, "-i", b"message=\xff"], capture_output=True, timeout=60, check=False
    )
    assert broken.returncode == 2 and b"UTF-8" in broken.stderr


@pytest.mark.parametrize("command", ["open", "run", "check", "graph", "trust"])
def test_the_command_line_leaves_an_unreadable_file_to_the_workbench(
    flow: str, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    group = typer.main.get_command(app)
    context = group.commands[command].make_context(command, [flow])  # type: ignore[attr-defined]
    assert Path(context.params["file"]) == Path(flow)
