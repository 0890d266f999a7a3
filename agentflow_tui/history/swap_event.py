"""The kind of history event that tells of another config from here on."""

from __future__ import annotations

from agentflow_tui.history.event import HistoryEvent
from agentflow_tui.history.event_kind import kind


@kind("flow_swapped")
class FlowSwapped(HistoryEvent):
    """From here on the run follows another config."""

    path: str
    """Of the loop between whose iterations it happened; `(edit)` where a fork began with another text."""
    iteration: int
    """The last one that ended before, from 1; 0 before the first."""
    text: str
    """Of the config in force from here on, without secrets."""
    before: str
    """Fingerprint of the config until here."""
    after: str
    """Fingerprint of the config in force from here on."""
    changes: tuple[str, ...] = ()
    """What means something else now, one line each."""
