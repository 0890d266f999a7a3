"""Events that become notes of the span around them, and which of their fields are exported."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from agentflow_tui.history import event as ev
from agentflow_tui.history import policy_event as pol
from agentflow_tui.history.fan_event import BranchFailed, MergeConflict
from agentflow_tui.history.swap_event import FlowSwapped

NOTE_FIELDS: Mapping[type[ev.HistoryEvent], tuple[str, ...]] = MappingProxyType(
    {
        ev.RunPaused: ("reason",),
        ev.RunResumed: ("until",),
        MergeConflict: ("key", "branches"),
        BranchFailed: ("branch",),
        ev.LoopStalled: ("iteration",),
        ev.ChoiceTaken: ("option",),
        ev.HandedOver: ("from_agent", "to_agent", "hop"),
        ev.CallbackFailed: ("hook", "name"),
        FlowSwapped: ("iteration", "before", "after"),
        ev.Warned: (),
        pol.AttemptFailed: ("attempt", "category", "retry_in"),
        pol.AttemptStarted: ("attempt",),
        pol.Throttled: ("wait",),
        pol.BreakerChanged: ("state",),
        pol.ErrorRouted: ("handler", "category", "severity", "chosen_by"),
    }
)
"""Fields that hold nothing a person, a model or a handler wrote."""

WRITTEN_FIELDS = ("error", "message")
"""Fields that are exported only with content."""
