"""Calling the callbacks of a hook, whatever they do."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Mapping
from typing import Any

from agentflow_tui.engine.errors import AgentError, a_kind_of
from agentflow_tui.engine.event import Event
from agentflow_tui.engine.fault import fault_text
from agentflow_tui.engine.hooks import Callback, Hook, HookCall, Hooks
from agentflow_tui.engine.journal import Journal
from agentflow_tui.engine.state import State
from agentflow_tui.history.event import CallbackFailed


class HookFiring:
    """The hooks of one run (semantics §6)."""

    __slots__ = ("_event", "_hooks", "_journal")

    def __init__(self, hooks: Hooks, event: Event, journal: Journal) -> None:
        """Fire `hooks` for `event`; errors go to `journal`."""
        self._hooks = hooks
        self._event = event
        self._journal = journal

    async def fire(self, hook: Hook, state: State, **facts: Any) -> State:
        """Call the callbacks in order, each with the state that the one before returned; give the last one.

        An error goes to the history; in `BeforeAgentRun` it is raised as well. `facts` are fields of
        `HookCall`.
        """
        for name, callback in self._hooks.callbacks(hook):
            if (name, callback) not in self._hooks.callbacks(hook):
                continue
            try:
                state = await self._call(hook, callback, state, facts)
            except GeneratorExit:
                raise
            except BaseException as error:  # a callback is the user's code: it may raise anything
                if isinstance(error, asyncio.CancelledError | KeyboardInterrupt) and _is_being_cancelled():
                    raise
                text = fault_text(error)
                agent = facts.get("agent") or ""
                self._journal.record(CallbackFailed, hook=hook, name=name, error=text, agent=agent)
                if hook == "BeforeAgentRun":
                    raise
        return state

    async def _call(self, hook: Hook, callback: Callback, state: State, facts: Mapping[str, Any]) -> State:
        own = state.fork()
        result = own if hook == "AfterAgentRun" else None
        answer = callback(HookCall(hook=hook, event=self._event, state=own, result=result, **facts))
        returned = await answer if inspect.isawaitable(answer) else answer
        if returned is None:
            return state
        return state_from(returned, given=own, before=state.fork(), who="a callback").fork()


def state_from(returned: Any, *, given: State, before: State, who: str) -> State:
    """The state that an agent or a callback left (semantics §2).

    `given` is the state it got and may have changed, `before` the same unchanged, which is used up. Raises
    `AgentError` when `returned` is neither a state nor a mapping nor nothing.
    """
    if returned is None:
        return before
    if isinstance(returned, State):
        if returned.is_over(given):
            return returned
        before.update(returned.data)
        before.meta.update(returned.meta)
        return before
    if isinstance(returned, Mapping):
        before.update(returned)
        return before
    raise AgentError(
        f"{who} returned {a_kind_of(returned)}; it may return its state, a mapping of keys to set, or nothing"
    )


def _is_being_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
