"""Two histories side by side: where they part, and what differs in the end."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields

from agentflow_tui.history import event as ev
from agentflow_tui.history.curve import Curve, curves
from agentflow_tui.history.delta import Delta
from agentflow_tui.history.diff import KeyChange, diff_states
from agentflow_tui.history.fan_event import BranchFailed, FanEnded, FanStarted
from agentflow_tui.history.fold import fold
from agentflow_tui.history.resume import EDIT_PATH
from agentflow_tui.history.run_state import AgentRun, ModelCall, RunState

_LEFT_OUT = frozenset(
    # When and in whose name something happened is never the same twice; call ids follow the clock.
    {
        "seq",
        "at",
        "run_id",
        "started_at",
        "session_id",
        "duration",
        "first_token_after",
        "source",
        "call",
        "event",
        "retry_in",
        "wait",
    }
)
_NO_PART = (ev.TokensReceived, ev.RunPaused, ev.RunResumed, ev.Warned)
"""How an answer was cut into pieces, pauses and remarks make no different run."""


@dataclass(frozen=True, slots=True)
class Divergence:
    """The first place where two histories tell different things."""

    left: ev.HistoryEvent | None
    """The left one's event; none when its history ends here."""
    right: ev.HistoryEvent | None
    fields: tuple[str, ...]
    """Which fields differ when the kind is the same."""

    @property
    def text(self) -> str:
        """The difference in words."""
        if self.left is None or self.right is None:
            there = self.left or self.right
            side = "right" if self.right is None else "left"
            return f"the {side} one ends; the other goes on with {_named(there)}" if there else ""
        if self.fields:
            return f"{_named(self.left)}: {', '.join(self.fields)} differ"
        return f"{_named(self.left)} on the left, {_named(self.right)} on the right"


@dataclass(frozen=True, slots=True)
class AgentTotals:
    """What one agent did in one run."""

    runs: int = 0
    failures: int = 0
    seconds: float = 0.0
    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    from_recordings: int = 0
    """Of the calls."""
    output: str = ""
    """The text of its last answer."""


@dataclass(frozen=True, slots=True)
class RunTotals:
    """What one run did."""

    status: str
    error: str
    seconds: float
    agent_runs: int
    calls: int
    prompt_tokens: int
    completion_tokens: int
    from_recordings: int
    new_tokens: int
    """Of the calls that a model was really asked in this run: neither recordings nor calls of the run that it
    was forked from."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that differs between two runs, and their totals."""

    divergence: Divergence | None
    """None when both tell the same."""
    data: tuple[KeyChange, ...]
    """From the left final state to the right one."""
    meta: tuple[KeyChange, ...]
    left: RunTotals
    right: RunTotals
    agents: tuple[tuple[str, AgentTotals, AgentTotals], ...]
    """Name, left, right; in order of first appearance, the left one's first."""
    curves: tuple[Curve, ...]
    """Of the numbers that loops changed."""


def compare(
    left: Sequence[ev.HistoryEvent],
    right: Sequence[ev.HistoryEvent],
    *,
    inherited: tuple[int, int] = (0, 0),
) -> Comparison:
    """Compare two histories; both may stop anywhere.

    So many events of each, `inherited`, are those of the run that it was forked from.
    """
    one, other = fold(left), fold(right)
    names = dict.fromkeys(run.agent for run in (*one.agent_runs, *other.agent_runs))
    return Comparison(
        first_divergence(left, right),
        diff_states(one.state.data, other.state.data),
        diff_states(one.state.meta, other.state.meta),
        run_totals(one, inherited[0]),
        run_totals(other, inherited[1]),
        tuple((name, agent_totals(one, name), agent_totals(other, name)) for name in names),
        curves(left, right),
    )


def first_divergence(left: Iterable[ev.HistoryEvent], right: Iterable[ev.HistoryEvent]) -> Divergence | None:
    """Return where two histories part; none when one is the exact replay of the other.

    Times, ids, pauses, warnings and how answers were streamed do not count, and neither does which branch of
    a parallel phase was faster: branches are compared one by one.
    """
    ours, theirs = _in_order(left), _in_order(right)
    for position in range(max(len(ours), len(theirs))):
        one = ours[position] if position < len(ours) else None
        other = theirs[position] if position < len(theirs) else None
        if one is None or other is None or type(one) is not type(other):
            return Divergence(one, other, ())
        names = tuple(
            field.name
            for field in fields(one)
            if field.name not in _LEFT_OUT and _differ(getattr(one, field.name), getattr(other, field.name))
        )
        if isinstance(one, ev.RunStarted) and isinstance(other, ev.RunStarted):
            keys = ("data", "metadata", "target")
            if any(one.event.get(key) != other.event.get(key) for key in keys):
                names = (*names, "event")
        if names:
            return Divergence(one, other, names)
    return None


def run_totals(state: RunState, inherited: int = 0) -> RunTotals:
    """Sum up a run, of which so many events are `inherited`."""
    asked = [
        call for call in state.calls.values() if call.source != "recording" and call.started_seq >= inherited
    ]
    return RunTotals(
        state.status,
        state.error,
        state.elapsed,
        len(state.agent_runs),
        len(state.calls),
        state.prompt_tokens,
        state.completion_tokens,
        sum(call.source == "recording" for call in state.calls.values()),
        sum((call.prompt_tokens or 0) + (call.completion_tokens or 0) for call in asked),
    )


def agent_totals(state: RunState, agent: str) -> AgentTotals:
    """Sum up what one agent did in a run."""
    runs: list[AgentRun] = [run for run in state.agent_runs if run.agent == agent]
    calls: list[ModelCall] = [call for call in state.calls.values() if call.agent == agent]
    return AgentTotals(
        len(runs),
        sum(run.status == "failed" for run in runs),
        sum(run.duration or 0.0 for run in runs),
        len(calls),
        sum(call.prompt_tokens or 0 for call in calls),
        sum(call.completion_tokens or 0 for call in calls),
        sum(call.source == "recording" for call in calls),
        calls[-1].text if calls else "",
    )


def _differ(one: object, other: object) -> bool:
    if isinstance(one, Delta) and isinstance(other, Delta):
        # To Python 1 equals True; to a reader of JSON it does not.
        same_meta = (one.meta_set, one.removed, one.meta_removed) == (
            other.meta_set,
            other.removed,
            other.meta_removed,
        )
        return not same_meta or _text(one) != _text(other)
    return one != other


def _text(delta: Delta) -> str:
    return json.dumps(dict(delta.set), sort_keys=True)


def _in_order(history: Iterable[ev.HistoryEvent]) -> list[ev.HistoryEvent]:
    return _by_branch([event for event in history if not isinstance(event, _NO_PART)])


def _by_branch(events: Sequence[ev.HistoryEvent]) -> list[ev.HistoryEvent]:
    """Put the events inside each parallel phase in the order of its branches."""
    ordered: list[ev.HistoryEvent] = []
    position = 0
    while position < len(events):
        event = events[position]
        ordered.append(event)
        position += 1
        if not isinstance(event, FanStarted):
            continue
        end = position
        while end < len(events) and not _ends(events[end], event.path):
            end += 1
        lanes: dict[str, list[ev.HistoryEvent]] = {branch: [] for branch in ("", *event.branches)}
        for inside in events[position:end]:
            lanes[_lane(inside, lanes.keys())].append(inside)
        lanes[""].sort(key=_failure)
        for branch in (*event.branches, ""):
            ordered += _by_branch(lanes[branch])
        position = end
    return ordered


def _failure(event: ev.HistoryEvent) -> tuple[str, str]:
    # Which branch failed first is a matter of speed as well; all else of the phase keeps its order.
    return (event.branch, event.error) if isinstance(event, BranchFailed) else ("", "")


def _ends(event: ev.HistoryEvent, fan: str) -> bool:
    return isinstance(event, ev.RunEnded) or (isinstance(event, FanEnded) and event.path == fan)


def _lane(event: ev.HistoryEvent, branches: Collection[str]) -> str:
    path = str(getattr(event, "path", ""))
    if path == EDIT_PATH:
        # A person's change is no node; it belongs to the branch whose state it changes.
        path = str(getattr(event, "scope", ""))
    while path and path not in branches:
        path = path.rpartition("/")[0]
    return path


def _named(event: ev.HistoryEvent) -> str:
    where = getattr(event, "agent", "") or getattr(event, "path", "")
    return f"event {event.seq} ({event.kind}{' of ' + str(where) if where else ''})"
