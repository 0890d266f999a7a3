"""A call of code that is not ours, under supervision."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from agentflow_tui.engine.cancel_scope import CancelScope, Interruption
from agentflow_tui.engine.clock import Timer
from agentflow_tui.engine.crew import Crew

GRACE_SECONDS = 2.0
"""How long a cancelled agent may take to clean up before it is left behind."""


class Call(ABC):
    """Ends when its work does, or `GRACE_SECONDS` after it was stopped, whatever that code does.

    `on_end` is called exactly once; nothing of the work counts after that.
    """

    interruption: Interruption | None = None
    is_abandoned = False
    is_over = False
    task: asyncio.Task[None]
    """The one in which the work is done, and perhaps that of other calls before and after it."""
    _grace: Timer | None = None

    def __init__(
        self,
        crew: Crew,
        scope: CancelScope,
        on_end: Callable[[Any], None],
        name: str,
        *,
        at_once: bool = False,
    ) -> None:
        """Have the work done by `crew`; an interruption of `scope` stops it. For `at_once` see `Crew.start`.

        `on_end` is given this call.
        """
        self.name = name
        self._crew = crew
        self._scope = scope
        self._on_end = on_end
        scope.inside[self] = None
        crew.start(self, at_once=at_once)

    @abstractmethod
    async def work(self) -> None:
        """What is to be done; whatever it raises ends the task."""

    def interrupt(self, interruption: Interruption) -> None:
        """Cancel the task for a reason from outside; no result of it counts any more."""
        if self.interruption is None and not self.is_over:
            self.interruption = interruption
            self.stop()

    def stop(self) -> None:
        """Cancel the task and bound the time that it may still take."""
        self.task.cancel()
        if self._grace is None:
            # A task that is cancelled before this call had its turn never comes to `finish` it.
            self.task.add_done_callback(self._task_ended)
            self._grace = self._crew.clock.call_later(GRACE_SECONDS, self._abandon)

    def finish(self) -> None:
        """The work is done: called in any case, as the last act of who did it."""
        if self.is_over:
            return
        self.is_over = True
        self._scope.inside.pop(self, None)
        if self._grace is not None:
            self._unbind(self._grace)
        self._settle()
        # The owner is let go, so that a run of many steps leaves no cycles behind.
        on_end, self._on_end = self._on_end, _nothing
        on_end(self)

    def relax(self) -> None:
        """The task has obeyed and goes on with work of ours: no bound any more."""
        self.task.uncancel()
        if self.interruption is None and self._grace is not None:
            self._unbind(self._grace)

    def _unbind(self, grace: Timer) -> None:
        grace.cancel()
        self._grace = None
        # The task may outlive this call by far.
        self.task.remove_done_callback(self._task_ended)

    def _task_ended(self, _: asyncio.Task[None]) -> None:
        self.finish()

    def _abandon(self) -> None:
        if not self.is_over:
            self.is_abandoned = True
            self.finish()

    def hand_over(self) -> Callable[[Any], None]:
        """Whom another call tells of its end in place of this one."""
        on_end, self._on_end = self._on_end, _nothing
        return on_end

    def _settle(self) -> None:  # noqa: B027 - a call may have nothing to do
        """What is to be done first when it is over."""


def _nothing(_: Call) -> None:
    """What a call that is over does at its end."""
