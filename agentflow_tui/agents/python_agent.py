"""An agent that is a Python function of the user's (semantics §7)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

from agentflow_tui.agents.watched_call import watched
from agentflow_tui.engine import AgentContext, Event, State
from agentflow_tui.engine.agent import Caller

Handler = Callable[[Event, State], Coroutine[Any, Any, State | Mapping[str, Any] | None]]


class PythonAgent:
    """Runs `async def f(event, state)`; what it raises is the agent run's error."""

    def __init__(self, name: str, handler: Handler) -> None:
        """Take a handler that `check_handler` accepts."""
        self.name = name
        self._handler = handler

    def run(
        self,
        event: Event,
        state: State,
        context: AgentContext,
    ) -> Awaitable[State | Mapping[str, Any] | None]:
        """Call the function; it may change the state and return it, return keys to set, or return nothing.

        One that blocks cannot be stopped, by a timeout neither; afterwards the history gets a warning, and a
        limit that it overran counts.
        """
        return watched(self._handler(event, state), context, _warn)

    def run_for(
        self, event: Event, state: State, caller: Caller
    ) -> Awaitable[State | Mapping[str, Any] | None]:
        """Do the same for one that says where it stands only when it is asked, which is seldom."""
        return watched(self._handler(event, state), caller, _warn_where)


def _warn_where(caller: Caller, seconds: float) -> None:
    _warn(caller.context(), seconds)


def _warn(context: AgentContext, seconds: float) -> None:
    context.recorder.warned(
        f"agent '{context.agent}' blocked everything for {seconds:.1f} s: "
        "await something, or move the work into asyncio.to_thread"
    )
