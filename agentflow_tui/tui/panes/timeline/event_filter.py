"""Which events the timeline shows: `errors agent:writer kind:model some text`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from agentflow_tui.history import event as ev
from agentflow_tui.history import policy_event as pol
from agentflow_tui.history.fan_event import BranchFailed, FanEnded
from agentflow_tui.tui.panes.timeline.entry import entry_of

ERRORS = "errors"
"""The word that lets only errors through."""
_ALWAYS = (
    ev.AgentFailed,
    ev.ModelCallFailed,
    BranchFailed,
    ev.CallbackFailed,
    pol.AttemptFailed,
    pol.ErrorRouted,
)
_ENDS = (ev.RunEnded, ev.NodeEnded, FanEnded, ev.IterationEnded)
_NAMES = ("agent", "from_agent", "to_agent", "handler", "branch", "path")


@dataclass(frozen=True, slots=True)
class EventFilter:
    """What an event must have to be shown; everything empty lets all through."""

    text: tuple[str, ...] = ()
    """Words that must all be there; lower case."""
    agents: tuple[str, ...] = ()
    """Parts of an agent's name or path, one of which must be there."""
    kinds: tuple[str, ...] = ()
    """Parts of a kind's name, one of which must be there."""
    only_errors: bool = False

    @property
    def is_empty(self) -> bool:
        """True when it lets everything through."""
        return not (self.text or self.agents or self.kinds or self.only_errors)

    def lets_through(self, event: ev.HistoryEvent, written: str = "") -> bool:
        """Tell whether an event is shown; `written` is all the text of a line of streamed text."""
        if self.only_errors and not is_error(event):
            return False
        if self.kinds and not _holds((event.kind.replace("_", " "), event.kind), self.kinds):
            return False
        if self.agents and not _holds((getattr(event, name, "") for name in _NAMES), self.agents):
            return False
        if not self.text:
            return True
        entry = entry_of(event)
        words = f"{entry.words} {entry.where} {entry.detail} {written}".casefold()
        return all(word in words for word in self.text)


def parse_filter(typed: str) -> EventFilter:
    """Return the filter that a person typed; every text is one, so nothing is raised."""
    found: dict[str, list[str]] = {"agent": [], "kind": [], "text": []}
    only_errors = False
    for word in typed.casefold().split():
        name, colon, value = word.partition(":")
        if word == ERRORS:
            only_errors = True
        elif colon and name in ("agent", "kind"):
            found[name] += [value] if value else []
        else:
            found["text"].append(word)
    return EventFilter(tuple(found["text"]), tuple(found["agent"]), tuple(found["kind"]), only_errors)


def toggled(typed: str, word: str) -> str:
    """Return what was typed with a word added, or without it when it is there."""
    words = typed.split()
    return " ".join([each for each in words if each != word] if word in words else [*words, word])


def is_error(event: ev.HistoryEvent) -> bool:
    """Tell whether an event says that something went wrong."""
    if isinstance(event, ev.ModelCallFailed) and event.is_cancelled:
        return False
    if isinstance(event, _ENDS):
        return event.status == "failed"
    return isinstance(event, _ALWAYS) or (isinstance(event, pol.BreakerChanged) and event.state == "open")


def _holds(names: Iterable[str], wanted: tuple[str, ...]) -> bool:
    folded = [name.casefold() for name in names if name]
    return any(part in name for part in wanted for name in folded)
