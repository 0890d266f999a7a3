from __future__ import annotations

import logging
import time
from pathlib import Path

import pytest

from agentflow_tui.history import policy_event as pol
from agentflow_tui.telemetry.log_file import LOG_FILE, route_logs
from agentflow_tui.telemetry.pipeline import Pipeline
from tests.unit.telemetry.script import Script
from tests.unit.telemetry.stores import Shelf, points


def watched(pipeline: Pipeline, *scripts: Script) -> None:
    for script in scripts:
        watch = pipeline.watch(content=False)
        for event in script.events:
            watch.take(event)
        watch.end()


def test_the_numbers_of_two_runs_counted_by_hand() -> None:
    shelf = Shelf()
    pipeline = Pipeline(shelf)
    good = Script().starts(1, "a").asks(1, "a", "c").answers(2, "a", "c", 10, 5).completes(2, "a", 1.0)
    good.asks(2, "a", "again").answers(2, "a", "again", 10, 5, source="recording")
    bad = Script("loop").starts(1, "a").retries(2, "a", 1).asks(2, "a", "c").breaks(4, "a", "c")
    bad.add(4, pol.Throttled, path="a", agent="a", wait=1.5)
    bad.add(4, pol.BreakerChanged, path="a", agent="a", state="open")
    bad.fails(5, "a", 4.0, "network").starts(5, "b")
    bad.asks(5, "b", "d").stops(5.5, "b", "d").cancels(6, "b", 1.0)
    watched(pipeline, good.ends(2), bad.ends(6, "failed", "network"))
    assert pipeline.close(10) == 0
    call = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "azure.ai.openai",
        "gen_ai.request.model": "gpt-x",
    }
    done, failed = {"agentflow.status": "completed"}, {"agentflow.status": "failed"}
    agent, error = {"gen_ai.agent.name": "a"}, {"error.type": "network"}
    expected: list[tuple[str, dict[str, str], object]] = [
        ("agentflow.runs", {"agentflow.mode": "sequential", **done}, 1),
        ("agentflow.runs", {"agentflow.mode": "loop", **failed, **error}, 1),
        ("agentflow.run.duration", {"agentflow.mode": "sequential", **done}, (1, 2.0)),
        ("agentflow.run.duration", {"agentflow.mode": "loop", **failed, **error}, (1, 6.0)),
        ("agentflow.agent.runs", {**agent, **done}, 1),
        ("agentflow.agent.runs", {**agent, **failed}, 1),
        ("agentflow.agent.runs", {"gen_ai.agent.name": "b", "agentflow.status": "cancelled"}, 1),
        ("agentflow.agent.duration", {**agent, **done}, (1, 1.0)),
        ("agentflow.agent.duration", {**agent, **failed}, (1, 4.0)),
        ("agentflow.agent.duration", {"gen_ai.agent.name": "b", "agentflow.status": "cancelled"}, (1, 1.0)),
        ("agentflow.agent.retries", {**agent, **error}, 1),
        ("agentflow.agent.throttled", agent, 1.5),
        ("agentflow.breaker.state", agent, 2),
        ("agentflow.errors", {**agent, **error}, 1),
        ("gen_ai.client.token.usage", {**call, "gen_ai.token.type": "input"}, (1, 10)),
        ("gen_ai.client.token.usage", {**call, "gen_ai.token.type": "output"}, (1, 5)),
        ("gen_ai.client.operation.duration", call, (1, 1.0)),
        ("gen_ai.client.operation.duration", {**call, **error}, (1, 2.0)),
        ("gen_ai.client.operation.duration", {**call, "agentflow.status": "cancelled"}, (1, 0.5)),
    ]
    assert points(shelf.numbers[-1]) == {
        (name, tuple(sorted(facts.items()))): value for name, facts, value in expected
    }


def test_spans_arrive_with_their_parents_and_the_name_of_the_program() -> None:
    shelf = Shelf()
    pipeline = Pipeline(shelf)
    watched(pipeline, Script().starts(1, "a").completes(2, "a", 1.0).ends(3))
    pipeline.close(10)
    agent, run = shelf.kept
    assert agent.parent == run.context
    assert run.parent is None
    assert run.resource.attributes["service.name"] == "agentflow-tui"
    assert shelf.is_closed


def test_the_standard_variable_renames_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_SERVICE_NAME", "mine")
    shelf = Shelf()
    pipeline = Pipeline(shelf)
    watched(pipeline, Script().ends(1))
    pipeline.close(10)
    assert shelf.kept[0].resource.attributes["service.name"] == "mine"


def test_spans_beyond_the_queue_are_counted_and_the_number_is_exported_and_logged(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("agentflow_tui.telemetry"), "propagate", True)
    shelf = Shelf(is_open=False)
    pipeline = Pipeline(shelf, capacity=100)
    watched(pipeline, Script().ends(1))
    # From here on the courier is held up with the first span, and the queue is empty.
    assert shelf.arrived.wait(10)
    watched(pipeline, *[Script().ends(1) for _ in range(700)])
    assert pipeline.courier.overflowed == 600
    shelf.door.set()
    assert pipeline.close(10) == 600
    assert len(shelf.kept) == 101 == pipeline.courier.delivered
    assert points(shelf.numbers[-1])["agentflow.telemetry.spans_lost", ()] == 600
    assert "600 found the queue full" in caplog.text


def test_what_a_destination_refuses_is_counted() -> None:
    shelf = Shelf(accepts=False)
    pipeline = Pipeline(shelf)
    watched(pipeline, Script().starts(1, "a").completes(2, "a", 1.0).ends(3))
    assert pipeline.close(10) == 2
    assert (pipeline.courier.delivered, pipeline.courier.refused) == (0, 2)


def test_a_destination_that_raises_is_survived_and_its_spans_are_counted(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    route_logs(tmp_path)
    shelf = Shelf()
    shelf.fault = RuntimeError("zanzibar")
    pipeline = Pipeline(shelf)
    watched(pipeline, Script().ends(1))
    assert pipeline.close(10) == 1
    assert capfd.readouterr() == ("", "")
    assert "zanzibar" in (tmp_path / LOG_FILE).read_text()


def test_closing_waits_no_longer_than_allowed() -> None:
    shelf = Shelf(is_open=False)
    pipeline = Pipeline(shelf)
    watched(pipeline, Script().ends(1))
    assert shelf.arrived.wait(10)
    began = time.monotonic()
    pipeline.close(0.1)
    # The shelf would hold it up for thirty.
    assert time.monotonic() - began < 10
    assert shelf.is_closed
    shelf.door.set()


def test_a_fault_in_the_watch_never_reaches_the_run(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    route_logs(tmp_path)
    shelf = Shelf()
    pipeline = Pipeline(shelf)
    watch = pipeline.watch(content=False)
    monkeypatch.setattr(watch._meter, "apply", lambda event: 1 / 0)
    for event in Script().starts(1, "a").ends(2).events:
        watch.take(event)
    watch.end()
    assert pipeline.close(10) == 0
    assert shelf.kept == []
    assert (tmp_path / LOG_FILE).read_text().count("ZeroDivisionError: ") == 1
    assert capfd.readouterr() == ("", "")


def test_values_that_no_exporter_can_write_do_not_cost_the_batch() -> None:
    shelf = Shelf()
    pipeline = Pipeline(shelf)
    watch = pipeline.watch(content=True)
    script = Script().asks(1, "a", "c\ud800", seed=2**80).breaks(2, "a", "c\ud800", "net\udfff").ends(3)
    for event in script.events:
        watch.take(event)
    watch.end()
    pipeline.close(10)
    call = shelf.kept[0]
    assert call.attributes is not None
    assert call.attributes["gen_ai.request.seed"] == str(2**80)
    call.to_json().encode()
    assert call.attributes["error.type"] == "net?"
