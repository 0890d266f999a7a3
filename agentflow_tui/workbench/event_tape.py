"""The way of a run's events to those who listen."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

from agentflow_tui.history.event import HistoryEvent, RunStarted, Warned
from agentflow_tui.workbench.redaction import Redaction

Listener = Callable[[HistoryEvent], None]


class EventTape:
    """Hands every event on, without secrets; warnings of ours follow the first one."""

    def __init__(self, listeners: Sequence[Listener], redaction: Redaction, notes: Sequence[str]) -> None:
        """Each listener gets each event in order; each of `notes` becomes a warning."""
        self._listeners = tuple(listeners)
        self._redaction = redaction
        self._notes = tuple(notes)
        self._shift = 0

    def take(self, event: HistoryEvent) -> None:
        """Take an event of the engine; its `seq` moves behind the warnings."""
        if self._shift:
            event = dataclasses.replace(event, seq=event.seq + self._shift)
        self._tell(event)
        if isinstance(event, RunStarted):
            for note in self._notes:
                self._shift += 1
                self._tell(Warned(seq=event.seq + self._shift, at=event.at, message=note))

    def _tell(self, event: HistoryEvent) -> None:
        event = self._redaction.event(event)
        for listen in self._listeners:
            listen(event)


def listening(listeners: Sequence[Listener], redaction: Redaction, notes: Sequence[str]) -> Listener:
    """Return what the engine's events are to be given to: the listener itself if nothing is to be done."""
    if len(listeners) == 1 and not notes and redaction.is_idle:
        return listeners[0]
    return EventTape(listeners, redaction, notes).take
