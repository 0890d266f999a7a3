"""What is imported from a flow's folder is what was hashed, and nothing else."""

from __future__ import annotations

import importlib.util
import py_compile
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from agentflow_tui.agents import agreed_code
from agentflow_tui.agents.handler_error import HandlerError
from agentflow_tui.agents.signature import check_handler
from agentflow_tui.agents.trust import Trust, content_hash
from agentflow_tui.agents.user_code import UserCode
from agentflow_tui.engine import Event, State

HANDLER = "async def run(event, state):\n    return {'who': WHO}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    folder, path, modules = tmp_path / "flow", list(sys.path), set(sys.modules)
    folder.mkdir()
    yield folder
    sys.path[:] = path
    agreed_code._agreed.pop(folder.resolve(), None)
    for name in set(sys.modules) - modules:
        del sys.modules[name]


async def _who(folder: Path, module: str) -> object:
    """Agree to the folder as it is, run its handler and say what answered."""
    trust = Trust(folder.parent / "trust.json")
    trust.grant(folder, content_hash(folder))
    loaded = await UserCode(folder, trust).load({"a": (f"{module}:run", check_handler)})
    return (await loaded["a"](Event.make({}), State()))["who"]


@pytest.fixture
def beside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytecode is beside its source, wherever else Python was told to keep it."""
    monkeypatch.setattr(sys, "pycache_prefix", None)


def _poison(source: Path) -> None:
    """Put bytecode beside a source that Python takes without looking at the source."""
    _compile(HANDLER.replace("WHO", "'poison'"), Path(importlib.util.cache_from_source(str(source))))


def _compile(text: str, compiled: Path) -> None:
    source = compiled.parents[1] / "poison.txt"
    source.write_text(text)
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    py_compile.compile(str(source), str(compiled), doraise=True, invalidation_mode=mode)


@pytest.mark.usefixtures("beside")
@pytest.mark.parametrize("module", ["agreed_steps", "agreed_package.steps"])
async def test_bytecode_beside_a_source_is_never_run(folder: Path, module: str) -> None:
    source = folder.joinpath(*module.split(".")).with_suffix(".py")
    source.parent.mkdir(exist_ok=True)
    source.write_text(HANDLER.replace("WHO", "'source'"))
    _poison(source)
    assert await _who(folder, module) == "source"


async def test_bytecode_without_a_source_is_not_imported(folder: Path) -> None:
    (folder / "agreed_steps.py").write_text("from lone_agreed import WHO\n" + HANDLER)
    _compile("WHO = 'poison'", folder / "lone_agreed.pyc")
    with pytest.raises(HandlerError, match="No module named 'lone_agreed'"):
        await _who(folder, "agreed_steps")


@pytest.mark.parametrize("skipped", ["node_modules", "site-packages", ".hidden", "env", "package/env"])
async def test_what_the_hash_leaves_out_is_not_imported(folder: Path, skipped: str) -> None:
    place = folder / skipped
    place.mkdir(parents=True)
    (place / "foreign.py").write_text("WHO = 'foreign'\n")
    if place.name == "env":
        (place / "pyvenv.cfg").write_text("")
    name = f"{skipped.replace('/', '.')}.foreign"
    how = (
        f"import sys; sys.path.append({str(place)!r}); name = 'foreign'\n"
        if skipped[0] == "."
        else f"name = {name!r}\n"
    )
    (folder / "agreed_steps.py").write_text(f"{how}WHO = __import__(name, fromlist=['WHO']).WHO\n{HANDLER}")
    with pytest.raises(HandlerError, match="not among the files that were agreed to"):
        await _who(folder, "agreed_steps")


async def test_a_link_to_a_folder_outside_is_not_followed(folder: Path) -> None:
    outside = folder.parent / "outside"
    outside.mkdir()
    (outside / "foreign.py").write_text("WHO = 'foreign'\n")
    (folder / "linked_agreed").symlink_to(outside, target_is_directory=True)
    (folder / "agreed_steps.py").write_text("from linked_agreed.foreign import WHO\n" + HANDLER)
    with pytest.raises(HandlerError, match="not among the files that were agreed to"):
        await _who(folder, "agreed_steps")


async def test_a_link_to_a_folder_inside_is_followed(folder: Path) -> None:
    (folder / "real_agreed").mkdir()
    (folder / "real_agreed" / "words.py").write_text("WHO = 'inside'\n")
    (folder / "linked_agreed").symlink_to(folder / "real_agreed", target_is_directory=True)
    (folder / "agreed_steps.py").write_text("from linked_agreed.words import WHO\n" + HANDLER)
    assert await _who(folder, "agreed_steps") == "inside"


async def test_a_file_that_changes_after_the_consent_is_not_imported(folder: Path) -> None:
    (folder / "later_agreed.py").write_text("WHO = 1\n")
    (folder / "agreed_steps.py").write_text(
        f"from pathlib import Path\nPath({str(folder / 'later_agreed.py')!r}).write_text('WHO = 2')\n"
        "from later_agreed import WHO\n" + HANDLER
    )
    with pytest.raises(HandlerError, match="has changed since"):
        await _who(folder, "agreed_steps")


async def test_a_link_to_the_folder_that_changes_after_the_consent_is_not_followed(folder: Path) -> None:
    other, link = folder.parent / "other", folder.parent / "link"
    other.mkdir()
    (folder / "agreed_steps.py").write_text(HANDLER.replace("WHO", "'agreed'"))
    (other / "agreed_steps.py").write_text(HANDLER.replace("WHO", "'other'"))
    link.symlink_to(folder, target_is_directory=True)

    class Consent:
        def is_trusted(self, folder: Path, content_hash: str) -> bool:  # noqa: ARG002
            link.unlink()
            link.symlink_to(other, target_is_directory=True)
            return True

    loaded = await UserCode(link, Consent()).load({"a": ("agreed_steps:run", check_handler)})
    assert (await loaded["a"](Event.make({}), State()))["who"] == "agreed"
