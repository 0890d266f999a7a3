from __future__ import annotations

import json
from pathlib import Path

import pytest

from agentflow_tui.tui.error_log import ErrorLog
from agentflow_tui.tui.event_input import EventInput
from agentflow_tui.tui.input_memory import InputMemory
from agentflow_tui.tui.preferences import Preferences
from agentflow_tui.tui.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "config").mkdir()
    return Settings(tmp_path / "config", tmp_path / "state")


def test_without_a_file_everything_has_its_default(settings: Settings) -> None:
    assert settings.read() == (Preferences(), ())


def test_what_is_wrong_is_named_and_the_rest_is_used(settings: Settings) -> None:
    settings.file.write_text(
        'them = "x"\nkeys = "vim"\nanimation = "wild"\n[editor]\nindent = 99\nwrap = true\n', encoding="utf-8"
    )
    preferences, problems = settings.read()
    assert preferences.keys == "vim"
    assert preferences.editor.wrap
    assert preferences.editor.indent == 4
    assert preferences.animation == "full"
    assert len(problems) == 3
    assert any("them: no such setting; did you mean theme?" in problem for problem in problems)


def test_keeping_leaves_comments_alone(settings: Settings) -> None:
    settings.file.write_text('# mine\nkeys = "vim" # why\n\n[other]\nx = 1\n', encoding="utf-8")
    settings.keep({("editor", "wrap"): True, ("animation",): "none"})
    text = settings.file.read_text(encoding="utf-8")
    assert text.startswith('# mine\nkeys = "vim" # why\n')
    assert settings.read()[0].editor.wrap
    assert settings.read()[0].animation == "none"


def test_inputs_are_remembered_per_flow_newest_first_and_bounded(tmp_path: Path) -> None:
    memory = InputMemory(tmp_path)
    for number in range(30):
        memory.keep("a", EventInput({"message": str(number)}))
    memory.keep("a", EventInput({"message": "20"}))
    memory.keep("b", EventInput({"message": "other"}, "agent", {"k": "v"}))
    assert [given.data["message"] for given in memory.of("a")][:3] == ["20", "29", "28"]
    assert len(memory.of("a")) == 20
    assert memory.of("b") == (EventInput({"message": "other"}, "agent", {"k": "v"}),)
    assert memory.of("c") == ()


def test_inputs_with_secrets_are_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_API_KEY", "very-secret-value")
    memory = InputMemory(tmp_path)
    memory.keep("a", EventInput({"message": "use very-secret-value"}))
    assert memory.of("a") == ()


@pytest.mark.parametrize("text", ["", "[]", "{", '{"a": 1}', '{"a": [1, {"data": 2}]}', "[" * 100_000])
def test_a_broken_memory_is_an_empty_one(tmp_path: Path, text: str) -> None:
    memory = InputMemory(tmp_path)
    memory.path.write_text(text, encoding="utf-8")
    assert memory.of("a") == ()
    memory.keep("a", EventInput({"message": "x"}))
    assert json.loads(memory.path.read_text(encoding="utf-8"))["a"]


def test_errors_are_logged_with_their_trace_and_without_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_TOKEN", "very-secret-value")
    log = ErrorLog(tmp_path)
    try:
        raise ValueError("very-secret-value \x1b[2J")
    except ValueError as error:
        line = log.add(error, "drawing")
    text = log.path.read_text(encoding="utf-8")
    assert line.startswith("drawing: ValueError: [secret]")
    assert "Traceback" in text
    assert "very-secret-value" not in text
    assert "\x1b" not in text
