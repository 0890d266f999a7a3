"""Commands that go on for long: signals end them in order, and what is saved meanwhile is taken over."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.unit.cli.program import FLOW, PROGRAM, SLOW
from tests.unit.cli.test_diff_command import LOOP
from tests.unit.cli.test_race_command import FLOW as RACE


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_cancels_the_run_in_order(tmp_path: Path, sign: signal.Signals) -> None:
    path = tmp_path / "slow.toml"
    path.write_text(SLOW)
    command = [*PROGRAM, "run", str(path), "-i", "message=x", "-i", "count=1", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        kinds = []
        for line in process.stdout:
            kinds.append(json.loads(line)["kind"])
            if kinds[-1] == "model_call_started":
                process.send_signal(sign)
        began = time.monotonic()
        assert process.wait(30) == 130
    assert time.monotonic() - began < 10
    assert kinds[-1] == "run_ended"
    assert "agent_cancelled" in kinds


def test_ctrl_c_before_the_run_begins_is_130_too(tmp_path: Path) -> None:
    path = tmp_path / "auto.toml"
    path.write_text(FLOW.replace('"scripted"', '"auto"'))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(60)
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        command = [*PROGRAM, "run", str(path), "-i", "message=x"]
        env = {**os.environ, "OLLAMA_HOST": address}
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=env) as process:
            # It asks whether an Ollama is there, and waits for an answer that does not come.
            silent.accept()[0].recv(1)
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 130
            assert process.stderr
            assert "Traceback" not in process.stderr.read()


def test_a_save_while_the_program_runs_is_taken_over(tmp_path: Path) -> None:
    file = tmp_path / "flow.toml"
    slow = LOOP.replace("max_iterations = 3", "max_iterations = 900") + "seconds_per_word = 0.05\n"
    file.write_text(slow)
    env = {**os.environ, "XDG_DATA_HOME": str(tmp_path / "data")}
    done = subprocess.Popen(
        [*PROGRAM, "run", "flow.toml", "--watch", "--json", "--input", "message=tea"],
        cwd=tmp_path,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert done.stdout is not None
    swapped: dict[str, Any] = {}
    saved, deadline = 0, time.monotonic() + 60
    for line in done.stdout:
        event = json.loads(line)
        assert time.monotonic() < deadline
        if event["kind"] == "iteration_started" and not swapped:
            # Saved again with each iteration: the watching may have begun after the first save.
            saved += 1
            file.write_text(slow.replace("900", "1") + f"# {saved}\n")
        elif event["kind"] == "flow_swapped":
            swapped = event
    assert done.wait(30) == 0
    assert swapped["changes"] == ["orchestration: max_iterations 900 → 1"]
    assert done.stderr is not None
    assert "⇄ the saved config waits for the next iteration" in done.stderr.read()


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")
def test_an_interrupt_cancels_every_lane_in_order(tmp_path: Path) -> None:
    flow = tmp_path / "flow.toml"
    head, table, replies = RACE.partition("[providers.scripted.replies]")
    flow.write_text(f"{head}[providers.scripted]\nseconds_per_word = 30\n{table}{replies}")
    command = [
        sys.executable,
        "-m",
        "agentflow_tui",
        "race",
        str(flow),
        "--modes",
        "loop,collaborative",
        "--json",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        # Nothing else is told before it runs: the flow has no problem.
        assert any("racing loop, collaborative" in line for line in process.stderr)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert {lane["status"] for lane in json.loads(out)["lanes"]} == {"cancelled"}
