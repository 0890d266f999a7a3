"""What an engine needs to go on from a position of a history: the results so far, in their order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, fields

from agentflow_tui.history import event as ev
from agentflow_tui.history.fan_event import BranchFailed, FanEnded, FanStarted, MergeConflict
from agentflow_tui.history.policy_event import ErrorRouted
from agentflow_tui.history.swap_event import FlowSwapped

EDIT_PATH = "(edit)"
"""The path of a `StateChanged` by which a person changed the state; no node of a plan has it."""
UNKNOWN_OUTCOME = "unknown outcome: the process ended while it was in flight"
CUT_OFF = "cut off: the fork begins before its end"

_Result = ev.AgentCompleted | ev.AgentFailed | ev.AgentCancelled
_TOLD_AGAIN = (
    ev.RunStarted,
    ev.NodeStarted,
    ev.NodeEnded,
    FanStarted,
    FanEnded,
    MergeConflict,
    BranchFailed,
    ev.IterationStarted,
    ev.IterationEnded,
    ev.LoopStalled,
    ev.ChoiceTaken,
    ev.HandedOver,
    ErrorRouted,
    ev.AgentStarted,
    ev.AgentCompleted,
    ev.AgentFailed,
    ev.AgentCancelled,
    ev.StateChanged,
    ev.CallbackFailed,
    FlowSwapped,
)
"""What an engine that is driven with the results tells once more; the rest only happens live."""
_VARYING = frozenset({"seq", "at", "duration", "run_id", "started_at", "delta", "event", "values"})


@dataclass(frozen=True, slots=True)
class AgentResult:
    """How one agent run ended."""

    path: str
    number: int
    """Which run of the step at `path` it was, from 0; it does not depend on which branch is faster."""
    end: _Result
    """With the delta, or the error; `scope` and `iteration` too."""


@dataclass(frozen=True, slots=True)
class ResumePoint:
    """A history up to `at_seq`, as an engine takes it up."""

    at_seq: int
    results: tuple[AgentResult, ...]
    """In the order in which the agent runs ended."""
    in_flight: tuple[ev.AgentStarted, ...]
    """Agent runs that had begun and not ended: they are run again, in the sight of the user."""
    unknown_calls: tuple[ev.ModelCallStarted, ...]
    """Model calls that had begun and not ended: nobody knows whether the model answered."""
    closing: tuple[ev.HistoryEvent, ...]
    """Events to append, numbered from `at_seq` + 1, so that nothing in the history is left open; none when
    the run had ended."""


def resume_point(history: Sequence[ev.HistoryEvent], n: int, *, why: str = UNKNOWN_OUTCOME) -> ResumePoint:
    """Return what an engine needs to go on after event `n` (-1: from the beginning).

    `why` is what the closing events say: `UNKNOWN_OUTCOME` after a crash, `CUT_OFF` in a fork.
    """
    past = history[: max(n, -1) + 1]
    results: list[AgentResult] = []
    begun: Counter[str] = Counter()
    running: dict[str, ev.AgentStarted] = {}
    calls: dict[str, ev.ModelCallStarted] = {}
    for event in past:
        match event:
            case ev.AgentStarted():
                running[event.path] = event
                begun[event.path] += 1
            case ev.AgentCompleted() | ev.AgentFailed() | ev.AgentCancelled():
                running.pop(event.path, None)
                if is_interruption(event):
                    begun[event.path] -= 1
                else:
                    results.append(AgentResult(event.path, begun[event.path] - 1, event))
            case ev.ModelCallStarted():
                calls[event.call] = event
            case ev.ModelCallEnded() | ev.ModelCallFailed():
                calls.pop(event.call, None)
    in_flight, unknown = tuple(running.values()), tuple(calls.values())
    is_over = bool(past) and isinstance(past[-1], ev.RunEnded)
    closing = () if is_over else _closing(past, in_flight, unknown, why)
    return ResumePoint(len(past) - 1, tuple(results), in_flight, unknown, closing)


class KnownEvents:
    """Tells an engine's repetitions from its news while it is driven with the results of a history.

    Branches of a parallel phase may come in another order, so each event is looked up by what it says and
    counted, not by its number.
    """

    def __init__(self, history: Sequence[ev.HistoryEvent], n: int) -> None:
        """Take the history up to event `n`."""
        past = history[: max(n, -1) + 1]
        # What is run again begins again, also what an earlier interruption had closed.
        again = {event.seq for event in (*resume_point(past, n).in_flight, *_cut_off(past))}
        self.events = [event for event in past if event.seq not in again and _is_told_again(event)]
        """What has to be told again, in order."""
        self._left = Counter(map(_identity, self.events))
        self.left = len(self.events)
        """How many events were not told again yet."""

    @property
    def is_exhausted(self) -> bool:
        """True when the engine has told everything again; what is left over is a drift."""
        return not self.left

    @property
    def missing(self) -> ev.HistoryEvent | None:
        """The first event of the history that was not told again."""
        told = self._left.copy()
        found = None
        for event in reversed(self.events):
            identity = _identity(event)
            if told[identity] > 0:
                told[identity] -= 1
                found = event
        return found

    @property
    def drift(self) -> str:
        """In words, that a run takes another way than this history, and where."""
        missing = self.missing
        if missing is None:
            return "the flow takes another way than it did"
        where = getattr(missing, "agent", "") or getattr(missing, "path", "")
        return f"event {missing.seq} ({missing.kind}{f' of {where}' if where else ''}) does not come"

    def take(self, event: ev.HistoryEvent) -> bool:
        """Return True when the history has this event already: it must not be appended again."""
        identity = _identity(event)
        if not isinstance(event, _TOLD_AGAIN) or self._left[identity] <= 0:
            return False
        self._left[identity] -= 1
        self.left -= 1
        return True


def told_before(history: Iterable[ev.HistoryEvent]) -> list[int]:
    """Return for each event how many `KnownEvents` of the history up to it there are, without it."""
    counts: list[int] = []
    running: set[str] = set()
    begun: set[str] = set()
    told = 0
    for event in history:
        counts.append(told - len(running))
        told += _is_told_again(event)
        match event:
            case ev.AgentStarted():
                running.add(event.path)
                begun.add(event.path)
            case ev.AgentCompleted() | ev.AgentFailed() | ev.AgentCancelled():
                running.discard(event.path)
                if is_interruption(event) and event.path in begun:
                    begun.remove(event.path)
                    told -= 1
    return counts


def _closing(
    past: Sequence[ev.HistoryEvent],
    in_flight: Sequence[ev.AgentStarted],
    unknown: Sequence[ev.ModelCallStarted],
    why: str,
) -> tuple[ev.HistoryEvent, ...]:
    seq, at = len(past), past[-1].at if past else 0.0
    closing: list[ev.HistoryEvent] = []
    for call in unknown:
        closing.append(
            ev.ModelCallFailed(
                seq=seq + len(closing),
                at=at,
                path=call.path,
                agent=call.agent,
                call=call.call,
                error=why,
                category="unknown",
            )
        )
    for run in in_flight:
        closing.append(
            ev.AgentCancelled(
                seq=seq + len(closing),
                at=at,
                path=run.path,
                agent=run.agent,
                scope=run.scope,
                iteration=run.iteration,
                duration=max(0.0, at - run.at),
                reason=why,
            )
        )
    return tuple(closing)


def is_interruption(event: ev.HistoryEvent) -> bool:
    """Tell whether an agent run was cut off by a crash or a fork, and began again behind it."""
    return isinstance(event, ev.AgentCancelled) and event.reason in (UNKNOWN_OUTCOME, CUT_OFF)


def _is_told_again(event: ev.HistoryEvent) -> bool:
    is_ours = isinstance(event, _TOLD_AGAIN)
    return is_ours and not _is_of_a_person(event) and not is_interruption(event)


def _is_of_a_person(event: ev.HistoryEvent) -> bool:
    return isinstance(event, ev.StateChanged | FlowSwapped) and event.path == EDIT_PATH


def _cut_off(past: Sequence[ev.HistoryEvent]) -> list[ev.AgentStarted]:
    """Return the beginnings of agent runs that an earlier crash cut off and that were closed since."""
    running: dict[str, ev.AgentStarted] = {}
    cut_off = []
    for event in past:
        if isinstance(event, ev.AgentStarted):
            running[event.path] = event
        elif is_interruption(event) and isinstance(event, ev.AgentCancelled) and event.path in running:
            cut_off.append(running.pop(event.path))
    return cut_off


def _identity(event: ev.HistoryEvent) -> Hashable:
    if isinstance(event, ev.RunStarted):
        return event.kind
    return (event.kind, *(str(getattr(event, f.name)) for f in fields(event) if f.name not in _VARYING))
