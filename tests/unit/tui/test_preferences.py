from __future__ import annotations

import json
from pathlib import Path

import pytest

from agentflow_tui.tui.error_log import ErrorLog
from agentflow_tui.tui.event_input import EventInput
from agentflow_tui.tui.input_memory import InputMemory
from agentflow_tui.tui.preferences import Preferences
from agentflow_tui.tui.settings import Settings
from agentflow_tui.tui.toml_file import LARGEST
from agentflow_tui.whole_file import write_whole


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


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("theme = 5", 'theme must be text, not 5 (put it in quotes, such as "writer")'),
        ('keys = "emacs"', "unknown keys 'emacs' (one of: default, vim)"),
        ("mouse = 1", "mouse must be true or false, not 1 (write true or false without quotes)"),
        (
            'confirm_quit = "yes"',
            "confirm_quit must be true or false, not the text 'yes' (write true or false without quotes)",
        ),
        ("panes = 3", "panes must be a table, not 3 (give it a table of its own, [like.this])"),
        ("[editor]\nindent = 900", "[editor] indent is 900; it must be at most 8"),
        ("[editor]\nfoo = 1", "editor.foo: no such setting"),
        ('"\\u001b[2J" = 1', "␛[2J: no such setting"),
    ],
)
def test_a_wrong_setting_has_its_default_and_is_told_in_words(
    settings: Settings, text: str, said: str
) -> None:
    settings.file.write_text(text, encoding="utf-8")
    assert settings.read() == (Preferences(), (f"settings.toml: {said}",))


def test_others_take_the_place_of_some() -> None:
    replaced = Preferences(theme="nord").replaced({("editor", "wrap"): True, ("keys",): "vim"})
    assert (replaced.theme, replaced.keys, replaced.editor.wrap) == ("nord", "vim", True)
    assert replaced.editor.line_numbers


def test_keeping_leaves_comments_alone(settings: Settings) -> None:
    settings.file.write_text('# mine\nkeys = "vim" # why\n\n[other]\nx = 1\n', encoding="utf-8")
    settings.keep({("editor", "wrap"): True, ("animation",): "none"})
    text = settings.file.read_text(encoding="utf-8")
    assert text.startswith('# mine\nkeys = "vim" # why\n')
    assert settings.read()[0].editor.wrap
    assert settings.read()[0].animation == "none"


def test_keeping_goes_through_a_link_and_keeps_the_mode_of_the_file(
    settings: Settings, tmp_path: Path
) -> None:
    kept_elsewhere = tmp_path / "dotfiles" / "agentflow.toml"
    kept_elsewhere.parent.mkdir()
    kept_elsewhere.write_text('keys = "vim"\n', encoding="utf-8")
    kept_elsewhere.chmod(0o644)
    settings.file.symlink_to(kept_elsewhere)
    settings.keep({("animation",): "none"})
    assert settings.file.is_symlink()
    assert kept_elsewhere.read_text(encoding="utf-8") == 'keys = "vim"\nanimation = "none"\n'
    assert kept_elsewhere.stat().st_mode & 0o777 == 0o644
    assert [file.name for file in kept_elsewhere.parent.iterdir()] == ["agentflow.toml"]


def test_what_is_new_is_private_unless_it_is_to_be_given_away(tmp_path: Path) -> None:
    write_whole(tmp_path / "inputs.json", "{}")
    write_whole(tmp_path / "graph.txt", "a → b", is_private=False)
    (tmp_path / "usual.txt").touch()
    assert (tmp_path / "inputs.json").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "graph.txt").stat().st_mode == (tmp_path / "usual.txt").stat().st_mode


@pytest.mark.parametrize("data", [b"theme = ", b"\xff", b"#" * (LARGEST + 1)])
def test_a_file_that_cannot_be_read_is_never_written_over(settings: Settings, data: bytes) -> None:
    settings.file.write_bytes(data)
    with pytest.raises(OSError, match="was left as it is"):
        settings.keep({("theme",): "nord"})
    assert settings.file.read_bytes() == data


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
