"""Whole flows by the command line on real models: the embedded one and a real Ollama server."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agentflow_tui.resources import resource_folder
from tests.live.conftest import RealOllama

# Together, as they share one Ollama server; the first run fetches it and the weights.
pytestmark = [pytest.mark.live, pytest.mark.xdist_group("live"), pytest.mark.timeout(1200)]

SAMPLES = sorted(resource_folder("sample_configs").glob("*.toml"))
NOWHERE = "127.0.0.1:9"
SECONDS = 300


def environment(cache: Path, ollama: str) -> dict[str, str]:
    """Return an environment with that Ollama, and `cache` as the folder of caches."""
    return {**os.environ, "XDG_CACHE_HOME": str(cache), "OLLAMA_HOST": ollama}


def command(path: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "agentflow_tui", "run", str(path), *arguments]


def run_json(path: Path, env: dict[str, str], *arguments: str) -> tuple[int, list[dict[str, Any]], str]:
    done = subprocess.run(
        [*command(path, *arguments), "--json"],
        env=env,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def kinds(events: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [event for event in events if event["kind"] == kind]


@pytest.fixture(scope="session")
def cache(embedded_weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of caches in which the program finds the weights."""
    folder = tmp_path_factory.mktemp("cache")
    (folder / "agentflow-tui").symlink_to(embedded_weights.parent)
    return folder


@pytest.fixture
def without_ollama(cache: Path) -> dict[str, str]:
    return environment(cache, NOWHERE)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_ends_well_on_the_embedded_model(path: Path, without_ollama: dict[str, str]) -> None:
    code, events, errors = run_json(path, without_ollama)
    assert (code, events[-1]["kind"], events[-1]["status"]) == (0, "run_ended", "completed"), events[-1]
    assert "Traceback" not in errors
    calls = kinds(events, "model_call_ended")
    assert calls
    assert all(call["response"].strip() and call["completion_tokens"] for call in calls)
    assert {call["provider"] for call in kinds(events, "model_call_started")} == {"embedded"}
    # Falling back is never silent.
    assert any("tiny demo model" in warning["message"] for warning in kinds(events, "warned"))
    if path.stem.startswith("loop"):
        versions = [event["delta"]["set"] for event in kinds(events, "agent_completed")]
        assert len(versions) >= 3
        assert sum(map(bool, versions)) >= 2, "the iterations changed nothing"


def test_a_sample_runs_on_a_real_ollama(ollama_server: RealOllama, cache: Path) -> None:
    path = next(path for path in SAMPLES if path.stem.startswith("sequential"))
    code, events, _ = run_json(path, environment(cache, ollama_server.url))
    assert (code, events[-1]["status"]) == (0, "completed"), events[-1]
    started = kinds(events, "model_call_started")
    assert {(call["provider"], call["model"]) for call in started} == {("ollama", "gemma3:1b")}
    assert kinds(events, "warned") == []


def test_an_explicit_ollama_that_is_not_there_never_falls_back(
    tmp_path: Path, without_ollama: dict[str, str]
) -> None:
    path = tmp_path / "explicit.toml"
    path.write_text(SAMPLES[0].read_text().replace('"auto"', '"ollama"'))
    code, events, _ = run_json(path, without_ollama)
    assert (code, events[-1]["status"]) == (1, "failed")
    failed = kinds(events, "agent_failed")
    assert failed[0]["category"] == "network"
    assert "ollama serve" in failed[0]["hint"]


def test_a_missing_model_names_the_command_that_fetches_it(
    tmp_path: Path, ollama_server: RealOllama, cache: Path
) -> None:
    path = tmp_path / "missing.toml"
    text = next(path for path in SAMPLES if path.stem.startswith("route")).read_text()
    path.write_text(text.replace('"auto"', '"ollama"').replace("gemma3:1b", "no-such-model:7b"))
    code, events, _ = run_json(path, environment(cache, ollama_server.url))
    assert code == 1
    assert "ollama pull no-such-model:7b" in kinds(events, "agent_failed")[0]["hint"]


def test_no_model_at_all_lists_every_way_out(tmp_path: Path) -> None:
    done = subprocess.run(
        command(SAMPLES[0]),
        env=environment(tmp_path, NOWHERE),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 1
    assert "ollama serve" in done.stderr
    assert "agentflow-tui model get" in done.stderr


def test_an_ollama_killed_in_mid_answer_fails_clearly(
    tmp_path: Path, start_ollama: Callable[[], RealOllama], cache: Path
) -> None:
    server = start_ollama()
    path = tmp_path / "long.toml"
    text = next(path for path in SAMPLES if path.stem.startswith("route")).read_text()
    path.write_text(text.replace('"auto"', '"ollama"').replace("max_tokens = 80", "max_tokens = 1500"))
    env = environment(cache, server.url)
    with subprocess.Popen(
        [*command(path, "-i", "message=Count from one to one thousand, please."), "--json"],
        env=env,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        events = []
        for line in process.stdout:
            events.append(json.loads(line))
            if events[-1]["kind"] == "tokens_received":
                server.kill()
        assert process.wait(SECONDS) == 1
    assert events[-1]["status"] == "failed"
    assert kinds(events, "agent_failed")[0]["hint"]


def test_ctrl_c_in_mid_answer_ends_with_130(without_ollama: dict[str, str]) -> None:
    path = next(path for path in SAMPLES if path.stem.startswith("loop"))
    with subprocess.Popen(
        [*command(path), "--json"], env=without_ollama, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        events = []
        for line in process.stdout:
            events.append(json.loads(line))
            if events[-1]["kind"] == "tokens_received" and len(kinds(events, "tokens_received")) == 1:
                process.send_signal(signal.SIGINT)
        assert process.wait(SECONDS) == 130
    assert (events[-1]["kind"], events[-1]["status"]) == ("run_ended", "cancelled")


STORY = """
[llm]
provider = "embedded"
temperature = 0.8
max_tokens = 24
[orchestration]
mode = "mixed"
timeout_seconds = 120
[[orchestration.mixed.stages]]
name = "rounds"
mode = "loop"
agents = ["writer", "critic"]
config = { max_iterations = 3 }
[agents.writer]
prompt = "Write more about {topic}: {section}"
[agents.critic]
prompt = "Rate this text from 1 to 10: {writer_response}"
output = { score = "integer" }
"""


def test_a_loop_is_forked_compared_and_kept_as_a_test(tmp_path: Path, without_ollama: dict[str, str]) -> None:
    env = {**without_ollama, "XDG_DATA_HOME": str(tmp_path / "data")}

    def call(*arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "agentflow_tui", *arguments],
            env=env,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        return done.returncode, done.stdout

    flow = tmp_path / "report.toml"
    flow.write_text(STORY)
    code, events, errors = run_json(flow, env, "-i", "topic=bees", "-i", "section=Bees make honey.")
    assert code == 0, (events[-1], errors)
    [run] = json.loads(call("runs", "--json")[1])
    second = kinds(events, "iteration_started")[1]["seq"]
    change = ("--set", "section=Bees dance.", "--name", "keep-section")
    assert call("fork", run["run_id"], "--at", str(second), *change)[0] == 0
    fork = json.loads(call("runs", "--json")[1])[0]
    code, told = call("compare", run["run_id"], fork["run_id"], "--json")
    compared = json.loads(told)
    [scores] = [curve for curve in compared["curves"] if curve["key"] == "score"]
    assert (code, len(scores["left"]), len(scores["right"])) == (1, 3, 3)
    assert scores["left"][0] == scores["right"][0]
    assert compared["right"]["new_tokens"] < compared["left"]["new_tokens"]
    assert call("save-test", fork["run_id"])[0] == 0
    # In the test nobody is asked: there is no model where it looks for one.
    env["XDG_CACHE_HOME"] = str(tmp_path / "nothing")
    code, told = call("test")
    assert code == 0, told
    assert f"report.tests/keep-section: the same: {fork['events']} events, and nobody was called" in told
    flow.write_text(STORY.replace("from 1 to 10", "from 1 to 5"))
    code, told = call("test")
    assert code == 1
    assert "from 1 to 5" in told
