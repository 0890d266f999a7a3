"""Whether a function of the user's can be called as an agent or as a callback."""

from __future__ import annotations

import inspect
from typing import Any

from agentflow_tui.agents.handler_error import HandlerError


def check_handler(function: Any, what: str) -> None:
    """Refuse what is not `async def f(event, state)`; `what` names it in the error.

    Raises:
        HandlerError: It is no coroutine function, or takes other arguments.
    """
    call = function if inspect.isroutine(function) else getattr(function, "__call__", None)  # noqa: B004
    if not inspect.iscoroutinefunction(call):
        raise HandlerError(f"{what} must be 'async def {_name(function)}(event, state)'")
    if not _takes(function, 2):
        raise HandlerError(f"{what} must take two arguments: event and state")


def check_callback(function: Any, what: str) -> None:
    """Refuse what is not `def f(call)` or `async def f(call)`; `what` names it in the error.

    Raises:
        HandlerError: It cannot be called, or takes other arguments.
    """
    if not callable(function):
        raise HandlerError(f"{what} must be a function: 'def {_name(function)}(call)', async or not")
    if not _takes(function, 1):
        raise HandlerError(f"{what} must take one argument: the call")


def check_name(name: object, written: str) -> None:
    """Refuse a decorator without its name: it would be given the function and forget it in silence.

    Raises:
        TypeError: `name` is no text; the error says how the decorator is `written`.
    """
    if not isinstance(name, str):
        raise TypeError(f"the name is missing: write {written}")


def _name(function: Any) -> str:
    return str(getattr(function, "__name__", "f"))


def _takes(function: Any, count: int) -> bool:
    try:
        inspect.signature(function).bind(*[None] * count)
    except (TypeError, ValueError):
        return False
    return True
