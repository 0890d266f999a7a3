"""Where a paused run stands: in front of its next agents."""

from __future__ import annotations

import asyncio

from agentflow_tui.engine.control import Control
from agentflow_tui.engine.journal import Journal
from agentflow_tui.engine.run_time import RunTime
from agentflow_tui.history.event import RunPaused, RunResumed


class Gate:
    """Lets agents start as far as the control allows.

    The run stands still, and its time with it, while agents wait here and none is running.
    """

    __slots__ = ("_control", "_journal", "_running", "_time", "_waiting")

    def __init__(self, control: Control, journal: Journal, time: RunTime) -> None:
        """Nobody waits, nothing runs."""
        self._control = control
        self._journal = journal
        self._time = time
        self._running = 0
        self._waiting: dict[asyncio.Future[None], str] = {}

    def try_enter(self) -> bool:
        """Whether an agent may start without waiting; it has entered then."""
        if self._waiting or not self._control.take_step():
            return False
        self._running += 1
        return True

    def pass_by(self) -> None:
        """An agent run of the past has begun: no control holds it."""
        self._running += 1

    async def enter(self, path: str) -> None:
        """Wait until the agent at `path` may start; the order of arrival is kept."""
        ticket: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[ticket] = path
        self._stand_still()
        try:
            await ticket
        except asyncio.CancelledError:
            # Admitted and cancelled in one moment: the place is free again.
            if self._waiting.pop(ticket, None) is None:
                self.leave()
            raise

    def leave(self) -> None:
        """An agent that had entered has ended."""
        self._running -= 1
        self._stand_still()

    def changed(self) -> None:
        """The control was used."""
        if self._waiting and not self._control.is_paused:
            self._go_on()
        for ticket in [ticket for ticket in self._waiting if not ticket.done()]:
            if not self._control.take_step():
                break
            del self._waiting[ticket]
            self._running += 1
            ticket.set_result(None)

    def _stand_still(self) -> None:
        if not self._waiting or self._running or self._time.is_still or not self._control.is_paused:
            return
        self._time.stand_still()
        path = next(iter(self._waiting.values()))
        self._journal.record(RunPaused, path=path, reason=self._control.pause_reason)

    def _go_on(self) -> None:
        if self._time.is_still:
            self._time.go_on()
            self._journal.record(RunResumed, until=self._control.until)
