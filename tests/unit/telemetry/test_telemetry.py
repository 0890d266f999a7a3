"""Telemetry of whole runs, from the flow's table to the file; and what it costs when it is off."""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from agentflow_tui.config.telemetry import Telemetry as TelemetrySettings
from agentflow_tui.engine import Event
from agentflow_tui.history.event import ModelCallEnded, Warned
from agentflow_tui.history.store import RunStore
from agentflow_tui.telemetry import Telemetry, TelemetryError, otlp_destination
from agentflow_tui.telemetry.log_file import LOG_FILE
from agentflow_tui.telemetry.otlp_destination import OtlpDestination
from agentflow_tui.workbench import Workbench
from agentflow_tui.workbench.run import Run
from tests.unit.telemetry.test_otlp_destination import no_server

FLOW = """
[llm]
provider = "scripted"
model = "script"
[orchestration]
mode = "sequential"
sequential_agents = ["writer"]
[agents.writer]
prompt = "Write: {message}"
[providers.scripted]
answers = ["an answer with zanzibar and hunter2hunter2"]
"""
ENV = {"MY_API_KEY": "hunter2hunter2"}


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "agentflow-tui"


async def run_once(tmp_path: Path, table: str, **env: str) -> Run:
    path = tmp_path / "flow.toml"
    path.write_text(FLOW + table)
    bench = Workbench(env={**ENV, **env}, store=RunStore(tmp_path / "runs.sqlite3"))
    try:
        bench.open(path)
        assert bench.checked.is_valid, bench.checked.problems
        run = await bench.start(Event.make({"message": "zanzibar hunter2hunter2"}))
        await run.wait()
        return run
    finally:
        await bench.aclose()


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


async def test_it_is_off_unless_asked_for(tmp_path: Path, state: Path) -> None:
    await run_once(tmp_path, "")
    assert not state.exists()


async def test_a_run_leaves_its_spans_in_the_file_and_nothing_that_was_said(
    tmp_path: Path, state: Path
) -> None:
    run = await run_once(tmp_path, "[telemetry]\nenabled = true\nfile = 't.ndjson'\n")
    found = lines(state / "t.ndjson")
    names = [line["name"] for line in found if line["type"] == "span"]
    assert names == ["chat script", "invoke_agent writer", "sequential", "invoke_workflow flow"]
    assert {line["context"]["trace_id"] for line in found[:4]} == {"0x" + run.run_id.replace("-", "")}
    (answer,) = (event for event in run.history if isinstance(event, ModelCallEnded))
    assert found[0]["attributes"]["gen_ai.usage.output_tokens"] == answer.completion_tokens == 6
    assert found[-1]["type"] == "metrics"
    text = (state / "t.ndjson").read_text()
    assert "zanzibar" not in text
    assert "hunter2" not in text


async def test_content_is_exported_on_request_but_secrets_never(tmp_path: Path, state: Path) -> None:
    await run_once(tmp_path, "[telemetry]\ncontent = true\n", AGENTFLOW_TELEMETRY="file")
    text = (state / "telemetry.ndjson").read_text()
    assert "zanzibar" in text
    assert "hunter2" not in text


async def test_the_environment_can_turn_it_off(tmp_path: Path, state: Path) -> None:
    await run_once(tmp_path, "[telemetry]\nenabled = true\n", AGENTFLOW_TELEMETRY="off")
    assert not state.exists()


async def test_a_run_that_reports_to_a_server_says_so(
    tmp_path: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Not long enough to ask a second time, which takes a second.
    monkeypatch.setattr(otlp_destination, "OtlpDestination", partial(OtlpDestination, seconds=0.2))
    with no_server() as address:
        env = {"AGENTFLOW_TELEMETRY": "otlp", "OTEL_EXPORTER_OTLP_ENDPOINT": address}
        run = await run_once(tmp_path, "", **env)
    (warning,) = (event for event in run.history if isinstance(event, Warned))
    assert warning.message == (
        f"telemetry: spans and metrics of this run go to {address}, without prompts and answers"
    )
    assert "4 were lost" in (state / LOG_FILE).read_text()


async def test_without_the_extra_the_run_goes_on_and_says_what_is_missing(
    tmp_path: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "agentflow_tui.telemetry.otlp_destination", raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    run = await run_once(tmp_path, "", AGENTFLOW_TELEMETRY="otlp")
    assert (await run.wait()).status == "completed"
    (warning,) = (event for event in run.history if isinstance(event, Warned))
    assert "pip install 'agentflow-tui[otel]'" in warning.message


async def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    telemetry = Telemetry(tmp_path / "file")
    with pytest.raises(TelemetryError, match="its log cannot be written"):
        await telemetry.watch(TelemetrySettings(enabled=True))
    await telemetry.aclose()


async def test_runs_with_the_same_settings_share_their_counters(tmp_path: Path) -> None:
    telemetry = Telemetry(tmp_path)
    settings = TelemetrySettings(enabled=True)
    first, second = await telemetry.watch(settings), await telemetry.watch(settings)
    other = await telemetry.watch(TelemetrySettings(enabled=True, file="other.ndjson"))
    assert first is not None
    assert second is not None
    assert other is not None
    assert first._pipeline is second._pipeline is not other._pipeline
    await telemetry.aclose()
