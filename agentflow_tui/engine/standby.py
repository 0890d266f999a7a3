"""A task that stands by for agents that wait for nothing."""

from __future__ import annotations

import asyncio
import threading
import types
from asyncio.tasks import _enter_task, _leave_task, _register_task, _unregister_task
from collections.abc import Callable, Coroutine, Generator
from contextvars import Context
from math import inf
from sys import getrefcount
from typing import TYPE_CHECKING, Any, NoReturn
from weakref import getweakrefcount

from agentflow_tui.engine.crew import TURN_SECONDS

if TYPE_CHECKING:
    from agentflow_tui.engine.call import Call
    from agentflow_tui.engine.crew import Crew


class Standby(threading.local):
    """Begins calls at once, as long as they follow close upon each other; shared by the runs of a program.

    A task costs two turns of the event loop, as much as a whole short run, and many agents wait for nothing.
    Their calls are made where the run stands, yet in the name of a task that is kept for that: the agent
    finds it as `asyncio.current_task`, and when it does wait, that task takes it over from there and ends
    with it. It is what asyncio itself calls an eager start, from Python 3.12 on. Who has waited is expected
    to wait again: to begin at once would save nothing.
    """

    def __init__(self) -> None:
        """No task stands by."""
        self._seat: _Seat | None = None
        self._since = -inf
        self._waiters: set[str] = set()

    def take_on(self, call: Call, crew: Crew) -> bool:
        """Begin a call at once; false when it has to have a task of its own, with which turns come."""
        if call.name in self._waiters:
            return False
        now = crew.clock.now()
        if now - self._since > TURN_SECONDS:
            self._since = now
            return False
        seat, loop = self._seat, crew.loop
        if seat is None or seat.loop is not loop or seat.wake.done():
            self._seat = _Seat(loop)
        elif seat.is_free and (caller := asyncio.current_task(loop)) is not None:
            if not seat.begin(call, crew, caller):
                self._waiters.add(call.name)
                self._seat = None
            return True
        return False


class _Seat:
    """The task: of one call after the other, as long as each is over at once and leaves nothing in it.

    It is none of `asyncio.all_tasks` before a call waits in it.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.is_free = False
        self._taken: tuple[Call, Crew, _Begun] | None = None
        self.wake: asyncio.Future[None] = loop.create_future()
        """Done when the task has ended, or will very soon: somebody cancelled it, knows it or waits in it."""
        self.task = asyncio.Task(self._serve(), loop=loop, context=Context())
        # Nothing is lost when the loop ends before it.
        self.task._log_destroy_pending = False  # type: ignore[attr-defined]
        _unregister_task(self.task)
        self._references = 0

    def begin(self, call: Call, crew: Crew, caller: asyncio.Task[Any]) -> bool:
        """Take the first step of a call in the name of the task, while `caller` stands still.

        True when that was all; else the task has become that of the call, for good.
        """
        task, loop, work, context = self.task, self.loop, call.work(), crew.context.copy()
        call.task = task
        task.set_name(call.name)
        if not self._references:
            self._references = getrefcount(self.task)
        self.is_free = False
        crew.at_work += 1
        _leave_task(loop, caller)
        _enter_task(loop, task)
        is_over = True
        try:
            try:
                wanted = context.run(work.send, None)
                is_over = False
            except (StopIteration, asyncio.CancelledError):
                pass
            except BaseException as error:  # as from a task: it is nothing that the run's caller expects
                loop.call_soon(_throw, error)
            if is_over:
                # Who listens is told of the end where he was told of the start.
                crew.at_work -= 1
                context.run(call.finish)
        finally:
            _leave_task(loop, task)
            _enter_task(loop, caller)
            self.is_free = is_over
        if is_over:
            # Who knows the task may wait for its end, cancel it, or keep something for it. Asked by the
            # attribute: from Python 3.14 on, a name that is passed on is not counted in every place.
            if getrefcount(self.task) > self._references or getweakrefcount(task) or task._callbacks:
                self._end()
            del call.task  # else one that failed, and lives on as garbage, would know it
            return True
        self._taken = call, crew, _Begun(work, context, wanted)
        _register_task(task)
        task._log_destroy_pending = True  # type: ignore[attr-defined]
        self._end()
        return False

    def _end(self) -> None:
        if not self.wake.done():
            self.wake.set_result(None)

    async def _serve(self) -> None:
        self.is_free = True
        wish: asyncio.CancelledError | None = None
        try:
            await self.wake
        except asyncio.CancelledError as error:
            if self._taken is None:
                raise
            wish = asyncio.CancelledError(*error.args)
        if self._taken is None:
            return
        (call, crew, begun), self._taken = self._taken, None
        try:
            await begun.rest(wish)
        finally:
            begun.context.run(crew.end, call)


class _Begun:
    """A coroutine that has taken its first step, in a context of its own."""

    __slots__ = ("_is_awaited", "_wanted", "_work", "context")

    def __init__(self, work: Coroutine[Any, Any, None], context: Context, wanted: Any) -> None:
        self._work = work
        self.context = context
        self._wanted = wanted
        self._is_awaited = asyncio.isfuture(wanted) and wanted._asyncio_future_blocking
        if self._is_awaited:
            # Between its steps a task says that nobody is about to wait for it.
            wanted._asyncio_future_blocking = False

    @types.coroutine
    def rest(self, wish: asyncio.CancelledError | None) -> Generator[Any, Any, None]:
        """Do what a task does with a coroutine; `wish` is a cancellation that came before its turn."""
        work = self._work
        if wish is None or self._is_obeyed(wish):
            if self._is_awaited:
                self._wanted._asyncio_future_blocking = True
        elif self._is_over(work.throw, wish):
            return
        while True:
            how: Callable[[Any], Any] = work.send
            try:
                value = yield self._wanted
            except GeneratorExit:
                self.context.run(work.close)
                raise
            except BaseException as error:  # whatever the loop throws in is for the coroutine
                how, value = work.throw, error
            if self._is_over(how, value):
                return

    def _is_obeyed(self, wish: asyncio.CancelledError) -> bool:
        """Cancel what is wanted, if that can be."""
        wanted = self._wanted
        if not asyncio.isfuture(wanted):
            return False
        if wanted.cancel(*wish.args):
            return True
        if not wanted.cancelled():
            wanted.exception()  # somebody has seen it
        return False

    def _is_over(self, how: Callable[[Any], Any], value: Any) -> bool:
        """Go on to the next wait; true when there is none."""
        try:
            self._wanted = self.context.run(how, value)
        except StopIteration:
            return True
        return False


def _throw(error: BaseException) -> NoReturn:
    raise error
