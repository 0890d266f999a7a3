from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from agentflow_tui.telemetry import file_destination
from agentflow_tui.telemetry.file_destination import FileDestination
from agentflow_tui.telemetry.log_file import LOG_FILE, route_logs
from agentflow_tui.telemetry.pipeline import Pipeline
from tests.unit.telemetry.script import Script
from tests.unit.telemetry.test_pipeline import watched


def export(path: Path) -> int:
    pipeline = Pipeline(FileDestination(path))
    watched(pipeline, Script().starts(1, "s/a").completes(2.5, "s/a", 1.5).ends(3))
    return pipeline.close(10)


def test_every_line_is_an_object_and_tells_the_run(tmp_path: Path) -> None:
    path = tmp_path / "new" / "t.ndjson"
    assert export(path) == 0
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["type"] for line in lines] == ["span", "span", "metrics"]
    agent, run, metrics = lines
    assert agent["parent_id"] == run["context"]["span_id"]
    assert (agent["start_time"], agent["end_time"]) == (
        "2026-01-01T00:00:01.000000Z",
        "2026-01-01T00:00:02.500000Z",
    )
    assert agent["attributes"]["gen_ai.agent.name"] == "a"
    names = [metric["name"] for metric in metrics["resource_metrics"][0]["scope_metrics"][0]["metrics"]]
    assert "agentflow.runs" in names


def test_a_second_program_appends_and_nobody_else_may_read(tmp_path: Path) -> None:
    path = tmp_path / "t.ndjson"
    export(path)
    size = path.stat().st_size
    export(path)
    assert path.stat().st_size > 1.5 * size
    assert path.stat().st_mode & 0o077 == 0


def test_a_large_file_is_set_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "t.ndjson"
    export(path)
    old = path.read_bytes()
    monkeypatch.setattr(file_destination, "LARGEST", len(old))
    assert FileDestination(path).spans([])
    assert (path.read_bytes(), (tmp_path / "t.ndjson.1").read_bytes()) == (b"", old)


def test_a_place_that_cannot_be_written_loses_the_spans_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "t.ndjson").mkdir()
    assert export(tmp_path / "t.ndjson") == 2
    assert list((tmp_path / "t.ndjson").iterdir()) == []


def test_a_pipe_that_nobody_reads_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "spans")
    assert not FileDestination(tmp_path / "spans").spans([])


def test_a_log_that_is_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / LOG_FILE)
    with pytest.raises(OSError, match="is a pipe"):
        route_logs(tmp_path)


def test_an_empty_file_is_taken(tmp_path: Path) -> None:
    (tmp_path / "t.ndjson").touch()
    assert export(tmp_path / "t.ndjson") == 0
    assert (tmp_path / "t.ndjson").read_text()


@pytest.mark.parametrize("text", ['{"/a/flow.toml": []}', "[]", "not ours"])
def test_a_file_that_holds_something_else_stays_as_it_is(tmp_path: Path, text: str) -> None:
    (tmp_path / "inputs.json").write_text(text)
    assert export(tmp_path / "inputs.json") == 2
    assert (tmp_path / "inputs.json").read_text() == text


def test_a_full_disk_costs_telemetry_and_its_log_and_nothing_is_printed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in (LOG_FILE, "t.ndjson"):
        (tmp_path / name).symlink_to("/dev/full")
    route_logs(tmp_path)
    assert export(tmp_path / "t.ndjson") == 2
    assert capfd.readouterr() == ("", "")
    route_logs(tmp_path / "with room")
    assert (tmp_path / "with room" / LOG_FILE).exists()
    assert capfd.readouterr() == ("", "")
