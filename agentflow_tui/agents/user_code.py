"""The Python code of a flow's folder: found without importing it, imported once it is trusted."""

from __future__ import annotations

import asyncio
import importlib
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from agentflow_tui.agents.agreed_code import admit
from agentflow_tui.agents.code_package import CodePackage
from agentflow_tui.agents.handler_error import HandlerError
from agentflow_tui.agents.trust import code_digests, code_files, hash_of
from agentflow_tui.engine.fault import fault_text

Check = Callable[[Any, str], None]
"""Refuses, by `HandlerError`, a function that cannot be called as it has to be."""


class Consent(Protocol):
    """Who says whether a folder's code may run."""

    def is_trusted(self, folder: Path, content_hash: str) -> bool:
        """Return True when exactly this content of this folder may."""


class UntrustedCodeError(Exception):
    """The flow would run Python code in `folder` that the user has not allowed as it is now."""

    def __init__(self, folder: Path, files: tuple[Path, ...], content_hash: str) -> None:
        """Name the folder, the handlers' files and what all its code is now."""
        self.folder = folder
        self.files = files
        self.content_hash = content_hash
        super().__init__(
            f"this flow runs Python code from {folder} ({', '.join(file.name for file in files)})"
        )


class UserCode:
    """The functions that one run of a flow takes from its folder; agents and callbacks share modules."""

    def __init__(self, folder: Path | None, consent: Consent, *, is_fresh: bool = True) -> None:
        """Import from `folder` (none: the flow was never saved) what `consent` allows.

        `is_fresh` reads the files as they are now; without it what the process has imported is used.
        """
        # Once: what a link on the way leads to can change between the consent and an import.
        self._folder = folder.resolve() if folder is not None else None
        self._consent = consent
        self._is_fresh = is_fresh
        self._is_admitted = False

    async def load(self, functions: Mapping[str, tuple[str, Check]]) -> dict[str, Any]:
        """Import functions, given as key to `module:function` and its check; give them by key.

        Raises:
            UntrustedCodeError: The user has not allowed the folder's code as it is now.
            HandlerError: A function cannot be used.
        """
        if not functions:
            return {}
        if self._folder is None:
            raise HandlerError(
                "a flow without a folder has no Python code: save the flow first; "
                "in a program, from_text(…, folder=…) says where its functions are"
            )
        files = tuple(sorted({handler_file(self._folder, handler) for handler, _ in functions.values()}))
        # In a thread: importing can take seconds, and the screen must stay alive.
        await asyncio.to_thread(self._admit, self._folder, files)
        return {
            key: await asyncio.to_thread(load_function, self._folder, handler, check)
            for key, (handler, check) in functions.items()
        }

    def _admit(self, folder: Path, files: tuple[Path, ...]) -> None:
        if self._is_admitted:
            return
        try:
            digests = code_digests(folder)
            content_hash = hash_of(folder, digests)
            if not self._consent.is_trusted(folder, content_hash):
                raise UntrustedCodeError(folder, files, content_hash)
            admit(folder, digests)
            if self._is_fresh:
                forget_modules(folder)
        except OSError as error:
            raise HandlerError(f"the code in {folder} cannot be looked at: {error}") from error
        self._is_admitted = True


def handler_file(folder: Path, handler: str) -> Path:
    """Return the source file that `module:function` names, without importing anything.

    Raises:
        HandlerError: It is not written like that, or no such file is inside the folder.
    """
    module, separator, function = handler.partition(":")
    parts = module.split(".")
    if not separator or not function.isidentifier() or not all(part.isidentifier() for part in parts):
        raise HandlerError(f"handler {handler!r} is not written as 'module:function'")
    root = folder.resolve()
    below = root.joinpath(*parts)
    for file in (below.with_suffix(".py"), below / "__init__.py"):
        if file.is_file() and file.resolve().is_relative_to(root):
            return file
    raise HandlerError(f"handler {handler!r}: there is no {'/'.join(parts)}.py in {root}")


def load_function(folder: Path, handler: str, check: Check) -> Any:
    """Import the module and return its function. Runs the user's code: ask for trust first.

    Raises:
        HandlerError: The file is missing, its import fails, or `check` refuses the function.
    """
    file = handler_file(folder, handler)
    module_name, _, function_name = handler.partition(":")
    module = _import(folder, module_name, handler)
    if not _is_same(getattr(module, "__file__", None), file):
        raise HandlerError(
            f"handler {handler!r}: another module is called {module_name!r}; rename {file.name}"
        )
    function = getattr(module, function_name, None)
    if function is None:
        raise HandlerError(f"handler {handler!r}: {file.name} has no {function_name!r}")
    check(function, f"handler {handler!r}")
    return function


def forget_modules(folder: Path) -> None:
    """Drop what was imported of the folder's own code, so that the next run sees the files as they are now.

    Raises:
        OSError: The folder holds too much.
    """
    CodePackage.of(folder).forget()
    # Not all below the folder: a virtual environment there holds this very program.
    own = {file.resolve(): file.name for file in code_files(folder)}
    names = {*own.values(), *(file.name for file in own)}
    kept = {"__main__", __name__.partition(".")[0]}
    for name, module in list(sys.modules.items()):
        file = Path(getattr(module, "__file__", None) or "")
        # The name first: asking the disk about every module that is loaded takes long.
        if file.name in names and name.partition(".")[0] not in kept and file.resolve() in own:
            sys.modules.pop(name, None)
    importlib.invalidate_caches()


def _import(folder: Path, module_name: str, handler: str) -> Any:
    package = CodePackage.of(folder)
    try:
        return package.load(module_name)
    except (Exception, SystemExit) as error:  # the user's own code: it may raise anything
        text = fault_text(error).replace(f"{package.name}.", "")
        raise HandlerError(f"handler {handler!r}: importing it failed: {text}") from error


def _is_same(loaded: str | None, file: Path) -> bool:
    return loaded is not None and Path(loaded).resolve() == file.resolve()
