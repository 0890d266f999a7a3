"""A task of code that is not ours, under supervision."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextvars import Context
from typing import Any

from agentflow_tui.engine.cancel_scope import CancelScope, Interruption
from agentflow_tui.engine.clock import Clock, Timer

GRACE_SECONDS = 2.0
"""How long a cancelled agent may take to clean up before it is left behind."""


class Call:
    """Ends when its work says `finish`, or `GRACE_SECONDS` after it was stopped, whatever that code does.

    `on_end` is called exactly once; nothing of the task counts after that.
    """

    __slots__ = ("_clock", "_grace", "_on_end", "_scope", "interruption", "is_abandoned", "is_over", "task")

    def __init__(  # noqa: PLR0913 - what a call is made of
        self,
        work: Coroutine[Any, Any, Any],
        scope: CancelScope,
        clock: Clock,
        on_end: Callable[[Any], None],
        *,
        name: str,
        context: Context,
    ) -> None:
        """Start the work as a task with a copy of `context`; an interruption of `scope` stops it.

        `on_end` is given this call.
        """
        self._clock = clock
        self._scope = scope
        self._on_end = on_end
        self._grace: Timer | None = None
        self.interruption: Interruption | None = None
        self.is_abandoned = False
        self.is_over = False
        # No factory of the program's: one that starts tasks eagerly would run ahead of the history.
        loop = asyncio.get_running_loop()
        self.task = asyncio.Task(work, loop=loop, name=name, context=context.copy())
        scope.add(self)

    def interrupt(self, interruption: Interruption) -> None:
        """Cancel the task for a reason from outside; no result of it counts any more."""
        if self.interruption is None and not self.task.done():
            self.interruption = interruption
            self.stop()

    def stop(self) -> None:
        """Cancel the task and bound the time that it may still take."""
        self.task.cancel()
        if self._grace is None:
            # A task that is cancelled before its first step never gets to call `finish`.
            self.task.add_done_callback(lambda _: self.finish())
            self._grace = self._clock.call_later(GRACE_SECONDS, self._abandon)

    def finish(self) -> None:
        """The work is done: called by the work itself, in any case, as its last act."""
        if not self.is_over:
            self._end()

    def relax(self) -> None:
        """The task has obeyed and goes on with work of ours: no bound any more."""
        self.task.uncancel()
        if self.interruption is None and self._grace is not None:
            self._grace.cancel()
            self._grace = None

    def _abandon(self) -> None:
        if not self.is_over:
            self.is_abandoned = True
            self._end()

    def _end(self) -> None:
        self.is_over = True
        self._scope.remove(self)
        if self._grace is not None:
            self._grace.cancel()
        self._settle()
        # The owner is let go, so that a run of many steps leaves no cycles behind.
        on_end, self._on_end = self._on_end, _nothing
        on_end(self)

    def hand_over(self) -> Callable[[Any], None]:
        """Whom another call tells of its end in place of this one."""
        on_end, self._on_end = self._on_end, _nothing
        return on_end

    def _settle(self) -> None:
        """What is to be done first when it is over."""


def _nothing(_: Call) -> None:
    """What a call that is over does at its end."""
