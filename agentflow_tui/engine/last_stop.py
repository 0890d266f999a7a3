"""Where a run stands whose last agent had a breakpoint behind it."""

from __future__ import annotations

from collections.abc import Callable

from agentflow_tui.engine.cancel_scope import CancelScope, Interruption
from agentflow_tui.engine.control import Control
from agentflow_tui.engine.journal import Journal
from agentflow_tui.engine.run_time import RunTime
from agentflow_tui.engine.signal import Signal
from agentflow_tui.history.event import RunPaused, RunResumed


class LastStop:
    """Keeps a run from ending while a breakpoint after its last agent holds it; no time passes meanwhile."""

    __slots__ = ("_control", "_journal", "_on_cancel", "_released", "_stops", "_time")

    def __init__(
        self,
        control: Control,
        journal: Journal,
        time: RunTime,
        stops: CancelScope,
        on_cancel: Callable[[], None],
    ) -> None:
        """Nothing stands here; `on_cancel` is told when the task that waits is cancelled from outside."""
        self._control = control
        self._journal = journal
        self._time = time
        self._stops = stops
        self._on_cancel = on_cancel
        self._released: Signal[None] | None = None

    async def pass_by(self) -> None:
        """Return at once, or when the person lets the run end.

        To cancel it does that too, and changes nothing: no agent is left that could be stopped.
        """
        if not self._control.is_at_breakpoint or self._stops.interruption is not None:
            return
        self._time.stand_still()
        self._journal.record(RunPaused, reason=self._control.pause_reason)
        self._released = Signal(self._on_cancel)
        self._stops.inside[self] = None
        await self._released.wait()
        self._stops.inside.pop(self, None)
        self._time.go_on()
        if self._stops.interruption is None:
            self._journal.record(RunResumed, until=self._control.until)

    def changed(self) -> None:
        """The control was used."""
        if self._released is not None and not self._control.is_paused:
            self._released.set(None)

    def interrupt(self, interruption: Interruption) -> None:  # noqa: ARG002 - the scope keeps it
        """The run is stopped."""
        if self._released is not None:
            self._released.set(None)
