"""Where a paused run stands: in front of its next agents."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from agentflow_tui.engine.control import Control
from agentflow_tui.engine.journal import Journal
from agentflow_tui.engine.run_time import RunTime
from agentflow_tui.history.event import RunPaused, RunResumed
from agentflow_tui.plan.node import Step

if TYPE_CHECKING:
    from agentflow_tui.engine.call import Call

_HELD_AFTER = 0.01
"""Seconds without anything running after which a run whose agents are all held stands still."""


class Gate:
    """Lets agents start as far as the control allows.

    The run stands still, and its time with it, while agents wait here and none is running.
    """

    __slots__ = ("_control", "_journal", "_running", "_time", "_waiting")

    def __init__(self, control: Control, journal: Journal, time: RunTime, running: dict[Call, str]) -> None:
        """Nobody waits; `running` says who has begun, and where.

        Whom no control holds, because it is of the past or all are free, puts itself in there.
        """
        self._control = control
        self._journal = journal
        self._time = time
        self._running = running
        self._waiting: dict[asyncio.Future[None], tuple[Call, Step, bool]] = {}

    def try_enter(self, call: Call, step: Step, *, in_phase: bool) -> bool:
        """Whether an agent may start without waiting; it has entered then."""
        control = self._control
        if self._waiting or control.is_held(step) or not control.take_step(in_phase=in_phase):
            return False
        self._running[call] = step.path
        return True

    async def enter(self, call: Call, step: Step, *, in_phase: bool) -> None:
        """Wait until an agent may start; the order of arrival is kept among those that are not held."""
        ticket: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[ticket] = call, step, in_phase
        self._admit()
        self._stand_still()
        try:
            await ticket
        except asyncio.CancelledError:
            # Admitted and cancelled in one moment: the place is free again.
            if self._waiting.pop(ticket, None) is None:
                self._running.pop(call, None)
                self.left()
            raise

    def left(self) -> None:
        """An agent that had begun has ended, and is not among those that run any more."""
        if self._waiting:
            self._stand_still()

    def changed(self) -> None:
        """The control was used."""
        for path, interruption in self._control.take_stops():
            for call, where in [each for each in self._running.items() if path in ("", each[1])]:
                if interruption.kind == "again":
                    self._control.begins_again(where)
                call.interrupt(interruption)
        self._admit()

    def _admit(self) -> None:
        for ticket, (call, step, in_phase) in tuple(self._waiting.items()):
            if ticket.done() or self._control.is_held(step):
                continue
            if self._control.is_paused:
                break
            self._go_on()
            if ticket.done():
                continue  # a limit that came due as the run stood still has stopped this one now
            if not self._control.take_step(in_phase=in_phase):
                break
            del self._waiting[ticket]
            self._running[call] = step.path
            ticket.set_result(None)

    def _stand_still(self) -> None:
        if not self._waiting or self._running or self._time.is_still:
            return
        if self._control.is_paused:
            self._stop(self._control.pause_reason)
        elif self._control.held:
            # Something else may be on its way to the gate.
            self._time.clock.call_later(_HELD_AFTER, self._stand_still_for_held)

    def _stand_still_for_held(self) -> None:
        steps = [step for _, step, _ in self._waiting.values()]
        is_free = self._running or self._time.is_still or self._control.is_paused
        if steps and not is_free and all(map(self._control.is_held, steps)):
            self._stop("held")

    def _stop(self, reason: str) -> None:
        self._time.stand_still()
        _, step, _ = next(iter(self._waiting.values()))
        self._journal.record(RunPaused, path=step.path, reason=reason)

    def _go_on(self) -> None:
        if self._time.is_still:
            self._time.go_on()
            self._journal.record(RunResumed, until=self._control.until)
