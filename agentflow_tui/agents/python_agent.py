"""An agent that is a Python function of the user's, in the flow's own folder (semantics §7)."""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from agentflow_tui.engine import AgentContext, Event, State

Handler = Callable[[Event, State], Awaitable[State | Mapping[str, Any] | None]]


class HandlerError(Exception):
    """A `handler` cannot be used; the text names it and says why."""


class PythonAgent:
    """Runs `async def f(event, state)`; what it raises is the agent run's error."""

    def __init__(self, name: str, handler: Handler) -> None:
        """Take a handler that `load_handler` found."""
        self.name = name
        self._handler = handler

    async def run(
        self,
        event: Event,
        state: State,
        context: AgentContext,  # noqa: ARG002 - every agent gets it
    ) -> State | Mapping[str, Any] | None:
        """Call the function; it may change the state and return it, return keys to set, or return nothing."""
        return await self._handler(event, state)


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


def load_handler(folder: Path, handler: str) -> Handler:
    """Import the module and return its function. Runs the user's code: ask for trust first.

    Raises:
        HandlerError: The file is missing, its import fails, or the function is missing or not `async def`.
    """
    file = handler_file(folder, handler)
    module_name, _, function_name = handler.partition(":")
    module = _import(folder.resolve(), module_name, handler)
    if not _is_same(getattr(module, "__file__", None), file):
        raise HandlerError(
            f"handler {handler!r}: another module is called {module_name!r}; rename {file.name}"
        )
    function = getattr(module, function_name, None)
    if function is None:
        raise HandlerError(f"handler {handler!r}: {file.name} has no {function_name!r}")
    call = function if inspect.isroutine(function) else getattr(function, "__call__", None)  # noqa: B004
    if not inspect.iscoroutinefunction(call):
        raise HandlerError(f"handler {handler!r} must be 'async def {function_name}(event, state)'")
    _check_parameters(function, handler)
    loaded: Handler = function
    return loaded


def forget_modules(folder: Path) -> None:
    """Drop what was imported from the folder, so that the next run sees the files as they are now."""
    root = folder.resolve()
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file and Path(file).is_relative_to(root) and name != "__main__":
            del sys.modules[name]
    importlib.invalidate_caches()


def _import(folder: Path, module_name: str, handler: str) -> Any:
    if str(folder) not in sys.path:
        # At the end: a file of the user's must not hide a module of Python's or ours.
        sys.path.append(str(folder))
    try:
        return importlib.import_module(module_name)
    except (Exception, SystemExit) as error:  # the user's own code: it may raise anything
        raise HandlerError(
            f"handler {handler!r}: importing it failed: {type(error).__name__}: {error}"
        ) from error


def _is_same(loaded: str | None, file: Path) -> bool:
    return loaded is not None and Path(loaded).resolve() == file.resolve()


def _check_parameters(function: Any, handler: str) -> None:
    try:
        inspect.signature(function).bind(None, None)
    except TypeError:
        raise HandlerError(f"handler {handler!r} must take two arguments: event and state") from None
