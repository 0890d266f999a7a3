"""The moments of a history that nothing but the history knows, in their order."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from agentflow_tui.history import event as ev
from agentflow_tui.history import policy_event as pol
from agentflow_tui.history.delta import EMPTY_DELTA, Delta
from agentflow_tui.history.fan_event import FanEnded, FanStarted
from agentflow_tui.history.resume import CUT_OFF, EDIT_PATH, UNKNOWN_OUTCOME, KnownEvents
from agentflow_tui.history.stopped_by_hand import CANCELLED_BY_HAND, STOPPED_BY_PAUSE
from agentflow_tui.history.swap_event import FlowSwapped

_End = ev.AgentCompleted | ev.AgentFailed | ev.AgentCancelled
_INNER = (
    ev.ModelCallStarted,
    ev.TokensReceived,
    ev.ModelCallEnded,
    ev.ModelCallFailed,
    ev.Warned,
    ev.AgentPinned,
    pol.AttemptFailed,
    pol.AttemptStarted,
    pol.Throttled,
    pol.BreakerChanged,
)
"""What is told between the start and the end of an agent run, in its name."""


@dataclass(eq=False, slots=True)
class TimesAgo:
    """One agent run as it was."""

    agent: str
    began: int
    """The number of its first event."""
    inner: list[ev.HistoryEvent] = field(default_factory=list)
    end: _End | None = None
    """None when the history stops before."""
    turn: asyncio.Future[None] | None = None
    """Set when it may end; none before the engine has come to it."""
    is_over: bool = False
    told: int = 0
    """How many of `inner` were told again."""

    @property
    def reason(self) -> str:
        """Why it was cancelled."""
        return self.end.reason if isinstance(self.end, ev.AgentCancelled) else ""

    @property
    def kind_of_stop(self) -> Literal["agent", "again"]:
        """Whether the agent run was cancelled by hand, or stopped to run again."""
        return "again" if self.reason == STOPPED_BY_PAUSE else "agent"

    @property
    def is_stopped_from_outside(self) -> bool:
        """Whether something around it was stopped: then the engine stops it again."""
        is_by_hand = self.reason.startswith(CANCELLED_BY_HAND) or self.reason == STOPPED_BY_PAUSE
        return isinstance(self.end, ev.AgentCancelled) and not is_by_hand

    def take(self, event: ev.HistoryEvent) -> bool:
        """Whether this event is the next to be told."""
        if self.told < len(self.inner) and self.inner[self.told] is event:
            self.told += 1
            return True
        return False

    def rest(self) -> Iterator[ev.HistoryEvent]:
        """Everything that was not told, to be told now."""
        while self.told < len(self.inner):
            self.told += 1
            yield self.inner[self.told - 1]


@dataclass(frozen=True, slots=True)
class Moment:
    """An event that the engine cannot find out by itself."""

    event: ev.HistoryEvent
    after: int
    """So many events have to be told again before."""
    then: TimesAgo | None = None
    """The agent run that it belongs to."""


def moments_of(
    past: Sequence[ev.HistoryEvent], known: KnownEvents, *, is_replay: bool
) -> tuple[list[Moment], dict[tuple[str, int], TimesAgo]]:
    """Return the moments in order, and the agent runs by path and number.

    What happened inside agent runs is among them only in a replay.
    """
    moments: list[Moment] = []
    runs: dict[tuple[str, int], TimesAgo] = {}
    begun: Counter[str] = Counter()
    running: dict[str, TimesAgo] = {}
    told, after = {event.seq for event in known.events}, 0
    for event in past:
        after += event.seq - 1 in told
        path = getattr(event, "path", "")
        match event:
            case ev.AgentStarted():
                running[path] = runs[path, begun[path]] = TimesAgo(event.agent, event.seq)
                begun[path] += 1
            case ev.AgentCompleted() | ev.AgentFailed() | ev.AgentCancelled() if path in running:
                then = running.pop(path)
                if isinstance(event, ev.AgentCancelled) and event.reason in (UNKNOWN_OUTCOME, CUT_OFF):
                    begun[path] -= 1
                    moments = [moment for moment in moments if moment.then is not then]
                    continue
                then.end = event
                moments.append(Moment(event, after, then))
            case ev.CallbackFailed():
                inside = [then for then in running.values() if then.agent == event.agent]
                moments.append(Moment(event, after, inside[0] if inside else None))
                if inside:
                    inside[0].inner.append(event)
            case FlowSwapped() if is_replay and path == EDIT_PATH:
                moments.append(Moment(event, after))
            case ev.RunPaused() | ev.RunResumed():
                moments.append(Moment(event, after))
            case _ if is_replay and isinstance(event, _INNER) and path in running:
                running[path].inner.append(event)
                moments.append(Moment(event, after, running[path]))
    return [m for m in moments if m.then is None or m.then.end is not None or is_replay], runs


def cut_off(history: Sequence[ev.HistoryEvent]) -> set[int]:
    """Return the numbers of the events of agent runs that a crash or a fork cut off and that ran again."""
    running: dict[str, list[ev.HistoryEvent]] = {}
    gone: set[int] = set()
    for event in history:
        path = getattr(event, "path", "")
        if isinstance(event, ev.AgentStarted):
            running[path] = []
        if path in running and not isinstance(event, FlowSwapped):
            running[path].append(event)
        if isinstance(event, ev.AgentCancelled) and event.reason in (UNKNOWN_OUTCOME, CUT_OFF):
            gone.update(each.seq for each in running.pop(path, []))
    return gone


def lived(history: Sequence[ev.HistoryEvent]) -> list[ev.HistoryEvent]:
    """Return the history without what was `cut_off`; what is left is numbered anew."""
    gone = cut_off(history)
    if not gone:
        return list(history)
    left = (event for event in history if event.seq not in gone)
    return [replace(event, seq=seq) for seq, event in enumerate(left)]


def opening(past: Sequence[ev.HistoryEvent], root: str) -> Delta | None:
    """Return what callbacks did to the state before the node `root` began; none when it had not begun."""
    for event in past:
        match event:
            case ev.StateChanged() if event.path == root:
                return event.delta
            case ev.NodeStarted() | FanStarted() | ev.AgentStarted():
                return EMPTY_DELTA
    return None


def closing(past: Sequence[ev.HistoryEvent], root: str) -> Delta | None:
    """Return what callbacks did to the state after the node `root` had ended; none if nothing."""
    delta, has_ended = None, False
    for event in past:
        if getattr(event, "path", None) != root:
            continue
        match event:
            case ev.NodeEnded() | FanEnded() | ev.AgentCompleted() | ev.AgentFailed() | ev.AgentCancelled():
                delta, has_ended = None, True
            case ev.StateChanged() if has_ended:
                delta = event.delta
    return delta
