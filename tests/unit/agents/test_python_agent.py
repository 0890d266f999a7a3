from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from agentflow_tui.agents.agreed_code import admit
from agentflow_tui.agents.handler_error import HandlerError
from agentflow_tui.agents.python_agent import Handler
from agentflow_tui.agents.signature import check_handler
from agentflow_tui.agents.trust import code_digests
from agentflow_tui.agents.user_code import forget_modules, handler_file, load_function
from agentflow_tui.engine import Event, State


def load_handler(folder: Path, handler: str) -> Handler:
    admit(folder, code_digests(folder))
    loaded: Handler = load_function(folder, handler, check_handler)
    return loaded


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    path = list(sys.path)
    yield tmp_path
    forget_modules(tmp_path)
    sys.path[:] = path


async def test_an_async_function_is_found_and_can_import_its_neighbours(folder: Path) -> None:
    (folder / "neighbour_of_steps.py").write_text("WORD = 'hello'\n")
    (folder / "flow_steps.py").write_text(
        "import neighbour_of_steps\n"
        "async def run(event, state):\n"
        "    state.data['word'] = neighbour_of_steps.WORD\n"
        "    return state\n"
    )
    handler = load_handler(folder, "flow_steps:run")
    state = State({"a": 1})
    assert await handler(Event.make({}), state) is state
    assert state.data["word"] == "hello"


async def test_a_changed_file_is_read_again(folder: Path) -> None:
    file = folder / "changing_steps.py"
    for number in (1, 2):
        file.write_text(f"async def run(event, state):\n    return {{'n': {number}}}\n" + "#" * number)
        forget_modules(folder)
        assert await load_handler(folder, "changing_steps:run")(Event.make({}), State()) == {"n": number}


@pytest.mark.parametrize(
    ("source", "handler", "text"),
    [
        ("async def run(event, state): ...", "gone_steps:run", "there is no gone_steps.py"),
        ("async def run(event, state): ...", "bad_steps:walk", "has no 'walk'"),
        ("def run(event, state): ...", "bad_steps:run", "must be 'async def run"),
        ("run = 3", "bad_steps:run", "must be 'async def"),
        ("async def run(event): ...", "bad_steps:run", "two arguments"),
        ("x = 1\nraise RuntimeError('boom')", "bad_steps:run", r"RuntimeError: boom \(bad_steps\.py:2\)"),
        ("class Odd(Exception):\n def __str__(self): return self\nraise Odd", "bad_steps:run", "failed: Odd"),
        ("import sys; sys.exit(3)", "bad_steps:run", "SystemExit"),
        ("async def run(event, state: ...", "bad_steps:run", "SyntaxError"),
    ],
)
def test_what_is_wrong_is_said(folder: Path, source: str, handler: str, text: str) -> None:
    (folder / "bad_steps.py").write_text(source)
    with pytest.raises(HandlerError, match=text):
        load_handler(folder, handler)


@pytest.mark.parametrize("handler", ["steps", "steps:", ":run", "../x:run", "a/b:run", "a.:run", "a:b c"])
def test_only_module_and_function_are_understood(folder: Path, handler: str) -> None:
    with pytest.raises(HandlerError, match="module:function"):
        handler_file(folder, handler)


def test_a_link_out_of_the_folder_is_refused(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "evil.py"
    outside.write_text("async def run(event, state): ...")
    (folder / "evil.py").symlink_to(outside)
    with pytest.raises(HandlerError, match="there is no evil.py"):
        handler_file(folder, "evil:run")


def test_a_module_of_python_itself_is_not_hidden(folder: Path) -> None:
    (folder / "json.py").write_text("async def run(event, state): ...")
    with pytest.raises(HandlerError, match="another module is called 'json'"):
        load_handler(folder, "json:run")
    import json

    assert json.loads("1") == 1


def test_a_virtual_environment_in_the_folder_keeps_what_it_has_imported(folder: Path) -> None:
    inside = folder / ".venv" / "lib"
    inside.mkdir(parents=True)
    (inside / "kept_library.py").write_text("async def run(event, state): ...")
    (folder / "dropped_steps.py").write_text("import kept_library\nasync def run(event, state): ...")
    sys.path.append(str(inside))
    kept = importlib.import_module("kept_library")
    dropped = load_handler(folder, "dropped_steps:run").__module__
    assert dropped in sys.modules
    forget_modules(folder)
    assert sys.modules["kept_library"] is kept
    assert dropped not in sys.modules
    del sys.modules["kept_library"]
