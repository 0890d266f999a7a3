"""The callbacks that a flow's `[[hooks]]` name (semantics §6)."""

from __future__ import annotations

from agentflow_tui.agents.handler_error import HandlerError
from agentflow_tui.agents.signature import check_callback
from agentflow_tui.agents.user_code import UserCode
from agentflow_tui.config import Flow
from agentflow_tui.engine import Hooks
from agentflow_tui.engine.errors import HookNameError


async def register_file_hooks(flow: Flow, code: UserCode, hooks: Hooks) -> None:
    """Import each entry's function, `def f(call)` or `async def f(call)`, and register it, in file order.

    Raises:
        UntrustedCodeError: The user has not allowed the folder's code as it is now.
        HandlerError: An entry's function or name cannot be used; the text says which.
    """
    functions = []
    for entry in flow.hooks:
        who = f"[[hooks]] '{entry.name}' on {entry.hook}"
        try:
            loaded = await code.load({entry.name: (entry.handler, check_callback)})
        except HandlerError as error:
            raise HandlerError(f"{who}: {error}") from error
        functions.append((who, entry, loaded[entry.name]))
    for who, entry, function in functions:
        try:
            hooks.register(entry.hook, entry.name, function)
        except HookNameError as error:
            raise HandlerError(f"{who}: {error}") from error
