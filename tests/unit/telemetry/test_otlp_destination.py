from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from pytest_httpserver import HTTPServer

from agentflow_tui.telemetry.log_file import LOG_FILE, route_logs
from agentflow_tui.telemetry.otlp_destination import OtlpDestination
from agentflow_tui.telemetry.pipeline import Pipeline
from tests.unit.telemetry.script import RUN_ID, Script
from tests.unit.telemetry.test_pipeline import watched


def run() -> Script:
    script = Script().starts(1, "s/a").asks(1, "s/a", "c").answers(2, "s/a", "c", 3, 4)
    return script.completes(2, "s/a", 1.0).ends(3)


def accept(server: HTTPServer) -> None:
    for signal in ("traces", "metrics"):
        server.expect_request(f"/base/v1/{signal}", method="POST").respond_with_data(b"")


def test_a_server_gets_the_spans_and_the_metrics(httpserver: HTTPServer) -> None:
    accept(httpserver)
    pipeline = Pipeline(OtlpDestination(httpserver.url_for("/base")))
    watched(pipeline, run())
    assert pipeline.close(10) == 0
    httpserver.check_assertions()
    bodies = {request.path.rpartition("/")[2]: request.get_data() for request, _ in httpserver.log}
    traces = ExportTraceServiceRequest.FromString(bodies["traces"])
    (scope,) = traces.resource_spans[0].scope_spans
    assert scope.scope.name == "agentflow_tui"
    by_name = {span.name: span for span in scope.spans}
    call, agent = by_name["chat gpt-x"], by_name["invoke_agent a"]
    assert call.parent_span_id == agent.span_id
    assert agent.parent_span_id == by_name["invoke_workflow polish"].span_id
    assert {span.trace_id.hex() for span in scope.spans} == {RUN_ID.replace("-", "")}
    assert b"zanzibar" not in bodies["traces"] + bodies["metrics"]
    metrics = ExportMetricsServiceRequest.FromString(bodies["metrics"])
    names = {metric.name for metric in metrics.resource_metrics[0].scope_metrics[0].metrics}
    assert {"agentflow.runs", "gen_ai.client.token.usage"} <= names


def test_headers_come_from_the_standard_variable(
    httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "x-key=k1")
    accept(httpserver)
    pipeline = Pipeline(OtlpDestination(httpserver.url_for("/base")))
    watched(pipeline, run())
    pipeline.close(10)
    assert {request.headers["x-key"] for request, _ in httpserver.log} == {"k1"}


def test_a_proxy_is_not_asked_for_this_machine(
    httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    accept(httpserver)
    pipeline = Pipeline(OtlpDestination(httpserver.url_for("/base")))
    watched(pipeline, run())
    assert pipeline.close(10) == 0


def test_a_server_that_refuses_is_told_in_the_log_alone(
    httpserver: HTTPServer, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    route_logs(tmp_path)
    httpserver.expect_request("/v1/traces").respond_with_data("no", status=400)
    pipeline = Pipeline(OtlpDestination(httpserver.url_for("/")))
    watched(pipeline, run())
    assert pipeline.close(10) == 3
    assert capfd.readouterr() == ("", "")
    log = (tmp_path / LOG_FILE).read_text()
    assert "400" in log
    assert "0 spans were delivered; 3 were lost" in log


@contextmanager
def talking_server() -> Iterator[str]:
    """A server that says it is well, and then never stops talking."""

    def talk() -> None:
        with suppress(OSError):
            while True:
                connection, _ = server.accept()
                with connection, suppress(OSError):
                    connection.recv(1_000_000)
                    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                    while True:
                        connection.sendall(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")

    with socket.create_server(("127.0.0.1", 0), backlog=8) as server:
        talker = threading.Thread(target=talk, daemon=True)
        talker.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
    talker.join(10)
    assert not talker.is_alive()


def test_what_a_server_answers_is_not_read() -> None:
    with talking_server() as address:
        pipeline = Pipeline(OtlpDestination(address))
        watched(pipeline, run())
        assert pipeline.close(10) == 0
        assert pipeline.courier.delivered == 3


@contextmanager
def silent_server() -> Iterator[str]:
    """A server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=8) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@contextmanager
def no_server() -> Iterator[str]:
    """An address where nobody listens, which the socket keeps for us."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


@pytest.mark.parametrize("server", [no_server, silent_server])
def test_a_dead_server_neither_delays_the_end_nor_prints(
    server: type, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    route_logs(tmp_path)
    with server() as address:
        pipeline = Pipeline(OtlpDestination(address, seconds=0.2))
        began = time.monotonic()
        watched(pipeline, *[run() for _ in range(500)])
        taken = time.monotonic() - began
        lost = pipeline.close(0.5)
        closed = time.monotonic() - began - taken
    assert lost == 1500
    # To wait once for each run would take a hundred seconds; a busy machine takes more than one by itself.
    assert taken < 10
    assert closed < 5
    assert capfd.readouterr() == ("", "")
    assert "1500 were lost" in (tmp_path / LOG_FILE).read_text()
