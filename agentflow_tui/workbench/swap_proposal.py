"""The edited text beside the config that a live run follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agentflow_tui.config.flow_diff import flow_diff
from agentflow_tui.engine import Agent
from agentflow_tui.engine.swap import Swap
from agentflow_tui.history.event import HistoryEvent, NodeEnded
from agentflow_tui.plan.swap_forecast import SwapForecast
from agentflow_tui.workbench.flow_version import FlowVersion


@dataclass(frozen=True, slots=True)
class SwapProposal:
    """What would take the place of what, and what would come of it; nothing has happened yet."""

    old: FlowVersion
    new: FlowVersion
    forecast: SwapForecast

    @classmethod
    def make(cls, old: FlowVersion, new: FlowVersion, history: Sequence[HistoryEvent]) -> SwapProposal:
        """Compare two configs for a run that has come so far."""
        ended = frozenset(event.path for event in history if isinstance(event, NodeEnded))
        changes = flow_diff(old.flow, new.flow, new.text)
        forecast = SwapForecast.make((old.flow, old.plan), (new.flow, new.plan), changes, ended)
        return cls(old, new, forecast)

    @property
    def is_empty(self) -> bool:
        """True when both texts mean the same."""
        return self.forecast.is_empty

    def swap(self, agents: Mapping[str, Agent], text: str) -> Swap:
        """Make it ready for the engine; `text` is the new text without secrets."""
        return Swap(
            self.new.plan,
            agents,
            text,
            self.old.fingerprint,
            self.new.fingerprint,
            tuple(each.change.text for each in self.forecast.changes),
        )
