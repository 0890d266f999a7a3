"""Callbacks around every event and every agent run (semantics §6)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from agentflow_tui.engine.errors import HookNameError
from agentflow_tui.engine.event import Event
from agentflow_tui.engine.state import State

Hook = Literal[
    "BeforeEventHandling", "AfterEventHandling", "BeforeAgentRun", "AfterAgentRun", "AgentError", "AllHooks"
]
HOOKS: tuple[Hook, ...] = get_args(Hook)


@dataclass(frozen=True, slots=True)
class HookCall:
    """What a callback is told."""

    hook: Hook
    """The hook that fires, also for a callback on `AllHooks`."""
    event: Event
    state: State
    """The callback's own copy; return it, changed, to pass it on."""
    agent: str | None = None
    """Name of the agent; none for the two event hooks."""
    attempt: int | None = None
    iteration: int | None = None
    stage: str = ""
    result: State | None = None
    """After a run: what it left, the same object as `state`."""
    error: BaseException | None = None
    duration: float | None = None
    """Seconds; after a run."""


Callback = Callable[
    [HookCall], State | Mapping[str, Any] | None | Awaitable[State | Mapping[str, Any] | None]
]


class Hooks:
    """Named callbacks, in order of registration per hook; safe to change from inside a callback."""

    def __init__(self) -> None:
        """No callbacks."""
        self.registered: dict[str, dict[str, Callback]] = {}
        """By hook and name; changed by `register` and `unregister`."""

    def register(self, hook: Hook, name: str, callback: Callback) -> None:
        """Add a callback at the end of a hook's list.

        Raises `HookNameError` when the name is empty or taken on that hook, `ValueError` when there is no
        such hook.
        """
        if hook not in HOOKS:
            raise ValueError(f"there is no hook '{hook}'; the hooks are {', '.join(HOOKS)}")
        if not name:
            raise HookNameError(f"a callback on '{hook}' needs a name")
        if name in self.registered.get(hook, {}):
            raise HookNameError(f"callback '{name}' is already registered for hook '{hook}'")
        self.registered.setdefault(hook, {})[name] = callback

    def unregister(self, hook: Hook, name: str) -> bool:
        """Take a callback away; false when there was none of that name."""
        callbacks = self.registered.get(hook, {})
        found = callbacks.pop(name, None) is not None
        if not callbacks:
            self.registered.pop(hook, None)
        return found

    def is_idle(self, hook: Hook) -> bool:
        """Whether nobody has registered for this hook."""
        return not self.registered or not self.callbacks(hook)

    def callbacks(self, hook: Hook) -> tuple[tuple[str, Callback], ...]:
        """The callbacks that fire for a hook, in order: its own, then those on `AllHooks`."""
        own = self.registered.get(hook)
        every = self.registered.get("AllHooks")
        if own is None and every is None:
            return ()
        return (*(own or {}).items(), *(every or {}).items())
