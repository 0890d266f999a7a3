"""A task that stands by for agents that wait for nothing."""

from __future__ import annotations

import asyncio
import threading
import types
from asyncio.tasks import _enter_task, _leave_task, _register_task, _unregister_task
from collections.abc import Callable, Coroutine, Generator
from contextvars import Context
from math import inf
from typing import TYPE_CHECKING, Any, NoReturn

from agentflow_tui.engine.crew import TURN_SECONDS

if TYPE_CHECKING:
    from agentflow_tui.engine.call import Call
    from agentflow_tui.engine.crew import Crew


class Standby(threading.local):
    """Begins calls at once, as long as they follow close upon each other; shared by the runs of a program.

    A task costs two turns of the event loop, as much as a whole short run, and many agents wait for nothing.
    Their calls are made where the run stands, yet in the name of a task that is kept for that: the agent
    finds it as `asyncio.current_task`, and when it does wait, that task takes it over from there. It is what
    asyncio itself calls an eager start, from Python 3.12 on.
    """

    def __init__(self) -> None:
        """No task stands by."""
        self._seat: _Seat | None = None
        self._since = -inf

    def take_on(self, call: Call, crew: Crew) -> bool:
        """Begin a call at once; false when it has to have a task of its own, with which turns come."""
        now = crew.clock.now()
        if now - self._since > TURN_SECONDS:
            self._since = now
            return False
        seat, loop = self._seat, crew.loop
        if seat is None or seat.loop is not loop or seat.is_spoilt:
            self._seat = _Seat(loop)
        elif seat.is_free and (caller := asyncio.current_task(loop)) is not None:
            seat.begin(call, crew, caller)
            return True
        return False


class _Seat:
    """The task, and whoever is in it. It is none of `asyncio.all_tasks` while nobody is."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.is_free = False
        self._taken: tuple[Call, Crew, _Begun] | None = None
        self._wake: asyncio.Future[None] = loop.create_future()
        self.task = asyncio.Task(self._serve(), loop=loop, context=Context())
        # Nothing is lost when the loop ends before it.
        self.task._log_destroy_pending = False  # type: ignore[attr-defined]
        _unregister_task(self.task)

    @property
    def is_spoilt(self) -> bool:
        """Whether the task has ended, or will, as somebody cancelled it."""
        return self._wake.done() if self.is_free else self.task.done()

    def begin(self, call: Call, crew: Crew, caller: asyncio.Task[Any]) -> None:
        """Take the first step of a call in the name of the task, while `caller` stands still."""
        task, loop, work, context = self.task, self.loop, call.work(), crew.context.copy()
        call.task = task
        task.set_name(call.name)
        self.is_free = False
        crew.at_work += 1
        _leave_task(loop, caller)
        _enter_task(loop, task)
        is_over = True
        try:
            wanted = context.run(work.send, None)
            is_over = False
        except (StopIteration, asyncio.CancelledError):
            pass
        except BaseException as error:  # as from a task: it is nothing that the run's caller expects
            loop.call_soon(_throw, error)
        finally:
            _leave_task(loop, task)
            _enter_task(loop, caller)
        if is_over:
            crew.end(call)
            self.is_free = True
            return
        self._taken = call, crew, _Begun(work, context, wanted)
        _register_task(task)
        if not self._wake.done():
            self._wake.set_result(None)

    async def _serve(self) -> None:
        while True:
            self.is_free = True
            is_cancelled = False
            try:
                await self._wake
            except asyncio.CancelledError:
                is_cancelled = True
            self._wake = self.loop.create_future()
            taken, self._taken = self._taken, None
            if taken is None:
                return
            call, crew, begun = taken
            try:
                await begun.rest(is_cancelled)
            finally:
                crew.end(call)
            if self.task.cancelling():
                return
            _unregister_task(self.task)


class _Begun:
    """A coroutine that has taken its first step, in a context of its own."""

    __slots__ = ("_context", "_wanted", "_work")

    def __init__(self, work: Coroutine[Any, Any, None], context: Context, wanted: Any) -> None:
        self._work = work
        self._context = context
        self._wanted = wanted
        self._mark(is_awaited=False)

    @types.coroutine
    def rest(self, is_cancelled: bool) -> Generator[Any, Any, None]:
        """Do what a task does with a coroutine; `is_cancelled` when that was asked for before its turn."""
        wanted, work = self._wanted, self._work
        is_told = is_cancelled and asyncio.isfuture(wanted) and wanted.cancel()
        if is_cancelled and not is_told and self._advance(work.throw, asyncio.CancelledError()):
            return
        while True:
            self._mark(is_awaited=True)
            how: Callable[[Any], Any] = work.send
            try:
                value = yield self._wanted
            except GeneratorExit:
                self._context.run(work.close)
                raise
            except BaseException as error:  # whatever the loop throws in is for the coroutine
                how, value = work.throw, error
            if self._advance(how, value):
                return

    def _advance(self, how: Callable[[Any], Any], value: Any) -> bool:
        """Go on to the next wait; true when there is none, as it is over."""
        try:
            self._wanted = self._context.run(how, value)
        except StopIteration:
            return True
        return False

    def _mark(self, *, is_awaited: bool) -> None:
        """Tell what is wanted whether somebody is about to wait for it, as a task does between its steps."""
        if asyncio.isfuture(self._wanted):
            self._wanted._asyncio_future_blocking = is_awaited


def _throw(error: BaseException) -> NoReturn:
    raise error
