"""The `[telemetry]` table and the two variables that override it."""

from __future__ import annotations

import pytest

from agentflow_tui.config import check_text
from agentflow_tui.config.telemetry import Telemetry

TEXT = "[orchestration]\nmode = 'route'\n[agents.a]\n"
ON = Telemetry(enabled=True, exporter="otlp", endpoint="http://h:1")


def telemetry(text: str = "", **env: str) -> Telemetry:
    checked = check_text(TEXT + text, env=env)
    assert checked.flow is not None, checked.problems
    return checked.flow.telemetry


def test_it_is_off_and_without_content_unless_asked_for() -> None:
    assert telemetry() == Telemetry()
    assert (Telemetry().enabled, Telemetry().exporter, Telemetry().content) == (False, "file", False)


def test_the_file_can_choose() -> None:
    assert telemetry("[telemetry]\nenabled = true\nexporter = 'otlp'\nendpoint = 'http://h:1/'") == ON


@pytest.mark.parametrize(
    ("choice", "enabled", "exporter"),
    [("off", False, "otlp"), ("file", True, "file"), ("otlp", True, "otlp"), (" OTLP ", True, "otlp")],
)
def test_the_environment_wins(choice: str, enabled: bool, exporter: str) -> None:
    text = f"[telemetry]\nenabled = {str(not enabled).lower()}\nexporter = 'otlp'"
    found = telemetry(text, AGENTFLOW_TELEMETRY=choice)
    assert (found.enabled, found.exporter) == (enabled, exporter)


def test_an_address_in_the_environment_wins_but_enables_nothing() -> None:
    found = telemetry("[telemetry]\nendpoint = 'http://a:1'", OTEL_EXPORTER_OTLP_ENDPOINT="http://b:2")
    assert (found.enabled, found.endpoint) == (False, "http://b:2")


def test_a_bad_choice_is_ignored_and_enables_nothing() -> None:
    checked = check_text(TEXT, env={"AGENTFLOW_TELEMETRY": "yes"})
    assert checked.flow is not None
    assert checked.flow.telemetry == Telemetry()
    (problem,) = checked.problems
    assert (problem.severity, problem.path) == ("warning", "telemetry.exporter")
    assert "AGENTFLOW_TELEMETRY='yes' is ignored" in problem.message


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("endpoint = 'localhost:4318'", "telemetry.endpoint"),
        ("endpoint = 'ftp://h'", "telemetry.endpoint"),
        ("endpoint = 'http://h:99999'", "telemetry.endpoint"),
        ("endpoint = 'http://h\\\\.localhost'", "telemetry.endpoint"),
        ("endpoint = 'http://h\\\\[::1]'", "telemetry.endpoint"),
        ("endpoint = 'http://h:1/\\u001b[31m'", "telemetry.endpoint"),
        ("endpoint = 'http://user:hunter2hunter2@h:1'", "telemetry.endpoint"),
        ("endpoint = 'http://h:1?token=hunter2hunter2'", "telemetry.endpoint"),
        ("exporter = 'zipkin'", "telemetry.exporter"),
        ("file = '../../x'", "telemetry.file"),
        ("file = '/etc/x'", "telemetry.file"),
        ("file = '..'", "telemetry.file"),
        ("file = ''", "telemetry.file"),
    ],
)
def test_what_does_not_fit_is_an_error_that_repeats_no_secret(line: str, path: str) -> None:
    line = line.replace("'", '"')
    (problem,) = check_text(f"{TEXT}[telemetry]\n{line}\n", env={}).problems
    assert (problem.severity, problem.path, problem.line) == ("error", path, 5)
    assert "hunter2" not in problem.message + problem.hint


def test_a_secret_in_the_variable_is_not_repeated() -> None:
    (problem,) = check_text(TEXT, env={"OTEL_EXPORTER_OTLP_ENDPOINT": "http://u:hunter2hunter2@h"}).problems
    assert problem.severity == "warning"
    assert "hunter2" not in problem.message + problem.hint


def test_an_unknown_key_is_a_warning_with_the_one_that_is_meant() -> None:
    (problem,) = check_text(f"{TEXT}[telemetry]\nenable = true\n", env={}).problems
    assert (problem.severity, problem.hint) == ("warning", "did you mean enabled?")
