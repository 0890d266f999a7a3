"""The configs that one run follows, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from agentflow_tui.config import Checked, Flow
from agentflow_tui.config.fingerprint import fingerprint
from agentflow_tui.engine import Event, ModeChoice
from agentflow_tui.history.event import HistoryEvent
from agentflow_tui.history.resume import EDIT_PATH
from agentflow_tui.history.swap_event import FlowSwapped
from agentflow_tui.plan.node import Plan
from agentflow_tui.plan.plan_error import PlanError
from agentflow_tui.workbench.not_ready import NotReadyError


@dataclass(frozen=True, slots=True)
class FlowVersion:
    """A config as it is followed for one event."""

    text: str
    flow: Flow
    choice: ModeChoice
    """The mode, and why this one."""

    @classmethod
    def make(cls, text: str, checked: Checked, event: Event) -> FlowVersion:
        """Take a checked text.

        Raises:
            NotReadyError: It has errors, or no such mode.
        """
        if checked.flow is None:
            raise NotReadyError.invalid(checked.errors)
        try:
            return cls(text, checked.flow, ModeChoice.make(checked.flow, event))
        except PlanError as error:
            raise NotReadyError(str(error)) from error

    @property
    def plan(self) -> Plan:
        """What the engine runs."""
        return self.choice.plan

    @property
    def fingerprint(self) -> str:
        """The same for two texts without a difference in meaning."""
        return fingerprint(self.flow)


def means_same(one: Checked, other: Checked) -> bool:
    """Tell whether two checked texts are flows without a difference in meaning."""
    return (
        one.flow is not None and other.flow is not None and fingerprint(one.flow) == fingerprint(other.flow)
    )


def swaps_in(history: Sequence[HistoryEvent]) -> tuple[FlowSwapped, ...]:
    """Return the events at which a run went over to another config between two iterations."""
    return tuple(event for event in history if isinstance(event, FlowSwapped) and event.path != EDIT_PATH)


def texts_of(history: Sequence[HistoryEvent], first: str) -> tuple[str, ...]:
    """Return the texts in their order, `first` being the one that the run began with.

    Where a fork began with another text, its past was lived with that one, back to the swap before.
    """
    texts = [first]
    for event in history:
        if isinstance(event, FlowSwapped) and event.path != EDIT_PATH:
            texts.append(event.text)
        elif isinstance(event, FlowSwapped):
            texts[-1] = event.text
    return tuple(texts)


def texts_asked_by(history: Sequence[HistoryEvent], first: str) -> tuple[str, ...]:
    """Return the texts by which agents asked: from the beginning, and from each `FlowSwapped` on."""
    return (first, *(event.text for event in history if isinstance(event, FlowSwapped)))


def versions_of(
    history: Sequence[HistoryEvent], first: str, check: Callable[[str], Checked], event: Event
) -> tuple[FlowVersion, ...]:
    """Return the configs of a history in their order; `first` is the text that it began with.

    Raises:
        NotReadyError: One of them has errors, or no such mode.
    """
    return tuple(FlowVersion.make(text, check(text), event) for text in texts_of(history, first))
