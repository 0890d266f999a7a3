"""Each folder's modules are its own, whatever other folders call theirs."""

from __future__ import annotations

import asyncio
import importlib
import pickle
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from agentflow_tui import FlowRunner
from agentflow_tui.agents.code_package import CodePackage
from agentflow_tui.agents.handler_error import HandlerError
from agentflow_tui.agents.signature import check_handler
from agentflow_tui.agents.trust import AlwaysTrust
from agentflow_tui.agents.user_code import UserCode
from agentflow_tui.engine import Event, State

STEPS = """
import words, parts.inner as inner
from parts import WHO as from_parts
from . import words as by_dot

async def run(event, state):
    from later import WHO as late
    return {"who": [words.WHO, inner.WHO, from_parts, by_dot.WHO, late]}

class Kept:
    pass
"""
FLOW = """
[orchestration]
mode = "sequential"
sequential_agents = ["a"]
[agents.a]
handler = "steps:run"
[[hooks]]
hook = "AfterAgentRun"
name = "words"
handler = "words:after"
"""


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    path, modules = list(sys.path), set(sys.modules)
    yield
    assert sys.path == path
    for name in set(sys.modules) - modules:
        sys.modules.pop(name, None)


def _folder(parent: Path, name: str, steps: str = STEPS) -> Path:
    folder = parent / name
    (folder / "parts").mkdir(parents=True)
    (folder / "steps.py").write_text(steps)
    (folder / "words.py").write_text(f"WHO = {name!r}\ndef after(call):\n    return {{'after': WHO}}\n")
    (folder / "later.py").write_text("from words import WHO\n")
    (folder / "parts" / "__init__.py").write_text("from .inner import WHO\n")
    (folder / "parts" / "inner.py").write_text("from ..words import WHO\n")
    (folder / "flow.toml").write_text(FLOW)
    return folder


async def _load(folder: Path, handler: str = "steps:run", *, is_fresh: bool = True) -> Any:
    code = UserCode(folder, AlwaysTrust(), is_fresh=is_fresh)
    return (await code.load({"a": (handler, check_handler)}))["a"]


async def _who(handler: Any) -> object:
    return (await handler(Event.make({}), State()))["who"]


@pytest.mark.parametrize("is_fresh", [True, False])
async def test_equally_named_modules_of_two_folders_never_meet(tmp_path: Path, *, is_fresh: bool) -> None:
    names = ("one", "two", "one")
    loaded = [await _load(_folder_once(tmp_path, name), is_fresh=is_fresh) for name in names]
    for name, handler in zip(names, loaded, strict=True):
        assert await _who(handler) == [name] * 5
    assert (loaded[0] is loaded[2]) is not is_fresh


def _folder_once(parent: Path, name: str) -> Path:
    return parent / name if (parent / name).exists() else _folder(parent, name)


async def test_two_runners_run_side_by_side(tmp_path: Path) -> None:
    names = ("one", "two")
    runners = [FlowRunner.from_file(_folder(tmp_path, name) / "flow.toml", trust=True) for name in names]
    results = await asyncio.gather(*(runner.run() for runner in runners * 5))
    assert [(result.data["who"], result.data["after"]) for result in results] == [
        ([name] * 5, name) for name in names * 5
    ]


def test_many_threads_load_many_folders_at_once(tmp_path: Path) -> None:
    names = [f"folder{number}" for number in range(8)]
    folders = [_folder(tmp_path, name) for name in names]
    with ThreadPoolExecutor(len(folders)) as threads:
        found = threads.map(lambda folder: asyncio.run(_both(folder)), folders * 3)
        assert list(found) == [[name] * 5 for name in names * 3]


async def _both(folder: Path) -> object:
    return await _who(await _load(folder, is_fresh=False))


async def test_what_a_module_defines_can_be_found_again(tmp_path: Path) -> None:
    handler = await _load(_folder(tmp_path, "one"))
    module = importlib.import_module(handler.__module__)
    assert module.run is handler
    assert type(pickle.loads(pickle.dumps(module.Kept()))) is module.Kept


async def test_a_module_that_the_program_has_imported_is_taken_as_it_is(tmp_path: Path) -> None:
    folder = _folder(tmp_path, "one", "import words_of_program\n" + STEPS.replace('"who"', '"all"'))
    (folder / "words_of_program.py").write_text("COUNT = []\nasync def run(event, state): ...\n")
    sys.path.append(str(folder))
    program = importlib.import_module("words_of_program")
    sys.path.remove(str(folder))
    assert await _load(folder, "words_of_program:run", is_fresh=False) is program.run
    steps = sys.modules[(await _load(folder, is_fresh=False)).__module__]
    assert steps.words_of_program is program


async def test_a_folder_without_code_gives_way_to_a_module_of_its_name(tmp_path: Path) -> None:
    steps = "import pytest\nimport onlyhere.inner\nasync def run(event, state):\n    return {'who': pytest}\n"
    folder = _folder(tmp_path, "one", steps)
    for name in ("pytest", "onlyhere"):
        (folder / name).mkdir()
        (folder / name / "inner.py").write_text("")
    assert await _who(await _load(folder)) is pytest


async def test_files_are_read_anew_also_behind_a_folder_without_code(tmp_path: Path) -> None:
    steps = "from bare import inner\nasync def run(event, state):\n    return {'who': inner.WHO}\n"
    folder = _folder(tmp_path, "one", steps)
    (folder / "bare").mkdir()
    for number in (1, 22):
        (folder / "bare" / "inner.py").write_text(f"WHO = {number}\n")
        assert await _who(await _load(folder)) == number


async def test_reading_anew_leaves_other_folders_alone(tmp_path: Path) -> None:
    first = await _load(_folder(tmp_path, "one"))
    await _load(_folder(tmp_path, "two"))
    assert sys.modules[first.__module__].run is first
    assert await _who(first) == ["one"] * 5


@pytest.mark.parametrize(
    ("steps", "text"),
    [
        ("import parts.gone\n", "ModuleNotFoundError: No module named 'parts.gone'"),
        ("from words import gone\n", "ImportError: cannot import name 'gone' from 'words'"),
        ("import gone_everywhere\n", "ModuleNotFoundError: No module named 'gone_everywhere'"),
        ("from .. import words\n", "ImportError: attempted relative import beyond top-level package"),
    ],
)
async def test_errors_name_modules_as_the_folder_does(tmp_path: Path, steps: str, text: str) -> None:
    with pytest.raises(HandlerError) as caught:
        await _load(_folder(tmp_path, "one", steps + STEPS))
    assert text in str(caught.value)


def test_a_folder_has_one_package(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path, target_is_directory=True)
    assert CodePackage.of(tmp_path) is CodePackage.of(tmp_path / "link")
    assert CodePackage.of(tmp_path) is not CodePackage.of(tmp_path.parent)
