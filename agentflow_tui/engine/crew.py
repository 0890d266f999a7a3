"""The tasks in which the calls of one run are made."""

from __future__ import annotations

import asyncio
from contextvars import copy_context
from sys import getrefcount
from typing import TYPE_CHECKING
from weakref import getweakrefcount

from agentflow_tui.engine.clock import Clock

if TYPE_CHECKING:
    from agentflow_tui.engine.call import Call
    from agentflow_tui.engine.standby import Standby

TURNS = 10
"""How many calls one task makes, which wait for nothing, before the rest of the program gets a turn."""
TURN_SECONDS = 0.002
"""How long it may be at it before."""

_UNSET = object()


class Crew:
    """Gives every call a task that looks new, with the context that the run began in.

    A call that begins in the moment in which another one ends goes on in that one's task: a new one costs as
    much as all the rest of the call. A task in which a call left something, a wish to be cancelled or a
    context variable, or that somebody knows, who may wait for its end or cancel it, is given no other one.
    Where several are at work, each gives way after every call.
    """

    __slots__ = ("_following", "_free", "_standby", "at_work", "clock", "context", "loop")

    def __init__(self, clock: Clock, standby: Standby | None = None) -> None:
        """Nobody works; what runs begins with the context of now. `standby` outlives the run."""
        self.clock = clock
        self._standby = standby
        self.loop = asyncio.get_running_loop()
        """Asked for once: each answer is a call of the operating system."""
        self.context = copy_context()
        """What every call begins with: nothing that another one set reaches it."""
        self.at_work = 0
        """How many tasks have something to do."""
        self._free: asyncio.Task[None] | None = None
        self._following: Call | None = None

    def start(self, call: Call, *, at_once: bool = False) -> None:
        """Have a call made, in a task that it is told of: very soon, or `at_once` where that can be.

        `at_once` is for a call that somebody is about to wait for: it may be over before this returns.
        """
        task, self._free = self._free, None
        if task is not None and not task.cancelling() and not self._is_marked():
            call.task, self._following = task, call
            task.set_name(call.name)
        elif not at_once or self._standby is None or not self._standby.take_on(call, self):
            self._start_task(call)

    def _start_task(self, call: Call) -> None:
        self.at_work += 1
        # No factory of the program's: one that starts tasks eagerly would run ahead of the history.
        call.task = asyncio.Task(
            self._work(call), loop=self.loop, name=call.name, context=self.context.copy()
        )

    async def _work(self, first: Call) -> None:
        call, task, now = first, first.task, self.clock.now
        del first
        references, watchers = getrefcount(call.task), getweakrefcount(task)
        turns, since = 0, now()
        while True:
            try:
                await call.work()
            except BaseException:
                self.end(call)
                raise
            # Counted here, as at the beginning, where the same names hold it. Asked by the attribute: from
            # Python 3.14 on, a name that is passed on is not counted in every place.
            is_known = (
                getrefcount(call.task) > references or getweakrefcount(task) > watchers or task._callbacks
            )
            following = self._go_on(None if is_known else task, call)
            if following is None:
                return
            call = following
            turns += 1
            is_long = turns == TURNS or now() - since > TURN_SECONDS
            if is_long or self.at_work > 1 or task.cancelling():
                try:
                    await asyncio.sleep(0)
                except asyncio.CancelledError:
                    self.at_work -= 1
                    if call.interruption is None:
                        # A wish that came late: it was for an agent before.
                        self._start_task(call)
                    raise
                turns, since = 0, now()

    def _is_marked(self) -> bool:
        """Whether a call set a variable of the context, to whatever: what looks the same can be changed."""
        if len(copy_context()) != len(self.context):
            return True
        for variable, value in self.context.items():  # noqa: SIM110 - asked after every call: no generator
            if variable.get(_UNSET) is not value:
                return True
        return False

    def end(self, call: Call) -> None:
        """The call that had a task to itself is over."""
        self.at_work -= 1
        call.finish()

    def _go_on(self, task: asyncio.Task[None] | None, call: Call) -> Call | None:
        """Finish a call; gives the one that begins with that, which `task` is free for."""
        self._free = task
        call.finish()
        # A call that failed may live on as garbage: nobody knows the task through it.
        del call.task
        following, self._free, self._following = self._following, None, None
        if following is None:
            self.at_work -= 1
        return following
