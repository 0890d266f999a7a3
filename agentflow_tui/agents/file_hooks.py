"""The callbacks that a flow's `[[hooks]]` name (semantics §6)."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import Any

from agentflow_tui.agents.handler_error import HandlerError
from agentflow_tui.agents.signature import check_callback
from agentflow_tui.agents.user_code import UserCode
from agentflow_tui.config import Flow
from agentflow_tui.config.agent import HookConfig
from agentflow_tui.engine import Hooks, State
from agentflow_tui.engine.hooks import Callback, HookCall


class FileHooks:
    """Registered in file order when made, callable once `load` was awaited."""

    def __init__(self, flow: Flow, hooks: Hooks) -> None:
        """Register every entry of the flow with `hooks`; nothing is imported yet."""
        self._callbacks = [_FileCallback(entry) for entry in flow.hooks]
        for callback in self._callbacks:
            hooks.register(callback.entry.hook, callback.entry.name, callback)

    async def load(self, code: UserCode) -> None:
        """Import each entry's function: `def f(call)` or `async def f(call)`.

        Raises:
            UntrustedCodeError: The user has not allowed the folder's code as it is now.
            HandlerError: A function cannot be used; the text names the entry.
        """
        for callback in self._callbacks:
            entry = callback.entry
            try:
                loaded = await code.load({entry.name: (entry.handler, check_callback)})
            except HandlerError as error:
                raise HandlerError(f"[[hooks]] '{entry.name}' on {entry.hook}: {error}") from error
            callback.function = loaded[entry.name]


class _FileCallback:
    def __init__(self, entry: HookConfig) -> None:
        self.entry = entry
        self.function: Callback | None = None

    def __call__(
        self, call: HookCall
    ) -> State | Mapping[str, Any] | None | Awaitable[State | Mapping[str, Any] | None]:
        if self.function is None:
            raise HandlerError(f"[[hooks]] '{self.entry.name}' was not loaded")
        return self.function(call)
