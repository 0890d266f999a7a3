"""One moment that one coroutine waits for."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from agentflow_tui.engine.interpreter import Interpreter

T = TypeVar("T")


class Signal(Generic[T]):
    """Set once, with a value; whoever waits for it cannot be torn away before.

    When the task that waits is cancelled from outside, the run is told and the wait goes on, so that what
    runs inside is ended in order; the run must see to it that the signal is set soon.
    """

    __slots__ = ("_future", "_run", "is_set", "value")

    value: T
    """What it was set with."""

    def __init__(self, run: Interpreter) -> None:
        """Not set."""
        self.is_set = False
        self._future: asyncio.Future[None] | None = None
        self._run = run

    def set(self, value: T) -> None:
        """It has happened."""
        self.value = value
        self.is_set = True
        if self._future is not None and not self._future.done():
            self._future.set_result(None)

    async def wait(self) -> T:
        """The value, as soon as it is set; never raises."""
        self._run.time.wait()
        while not self.is_set:
            self._future = self._run.loop.create_future()
            try:
                await self._future
            except asyncio.CancelledError as wish:
                self._run.cancel_from_outside(wish.args)
        return self.value
