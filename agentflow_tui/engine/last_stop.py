"""Where a run stands whose last agent had a breakpoint behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentflow_tui.engine.cancel_scope import Interruption
from agentflow_tui.engine.signal import Signal
from agentflow_tui.history.event import RunPaused, RunResumed

if TYPE_CHECKING:
    from agentflow_tui.engine.interpreter import Interpreter


class LastStop:
    """Keeps a run from ending while a breakpoint after its last agent holds it; no time passes meanwhile."""

    __slots__ = ("_released", "_run")

    def __init__(self, run: Interpreter) -> None:
        """Nothing stands here."""
        self._run = run
        self._released: Signal[None] | None = None

    async def pass_by(self) -> None:
        """Return at once, or when the person lets the run end.

        To cancel it does that too, and changes nothing: no agent is left that could be stopped.
        """
        if not self._run.control.is_at_breakpoint or self._run.stops.interruption is not None:
            return
        self._run.time.stand_still()
        self._run.journal.record(RunPaused, reason=self._run.control.pause_reason)
        self._released = Signal(self._run)
        self._run.stops.inside[self] = None
        await self._released.wait()
        self._run.stops.inside.pop(self, None)
        self._run.time.go_on()
        if self._run.stops.interruption is None:
            self._run.journal.record(RunResumed, until=self._run.control.until)

    def changed(self) -> None:
        """The control was used."""
        if self._released is not None and not self._run.control.is_paused:
            self._released.set(None)

    def interrupt(self, interruption: Interruption) -> None:  # noqa: ARG002 - the scope keeps it
        """The run is stopped."""
        if self._released is not None:
            self._released.set(None)
