"""Where a run begins that does not begin at the beginning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from agentflow_tui.engine import AgentError, Event
from agentflow_tui.engine.past import Past
from agentflow_tui.engine.swap import Swap
from agentflow_tui.history import event as ev
from agentflow_tui.history import fold
from agentflow_tui.history.delta import EMPTY_DELTA, Delta
from agentflow_tui.history.fan_event import FanEnded
from agentflow_tui.history.open_scopes import OpenScopes
from agentflow_tui.history.resume import CUT_OFF, UNKNOWN_OUTCOME, resume_point
from agentflow_tui.history.run_state import StateView
from agentflow_tui.workbench.not_ready import NotReadyError
from agentflow_tui.workbench.redaction import masked_in

REMOVED = object()
"""In the edits of a fork: the key goes away."""


@dataclass(frozen=True, slots=True)
class Departure:
    """A history, the event after which the run leaves it, and what is different from there on."""

    history: Sequence[ev.HistoryEvent]
    at_seq: int
    event: Event
    edit: Delta = EMPTY_DELTA
    scope: str = ""
    """Of the edit: the path of a branch of a parallel phase, or empty for the run's own state."""
    is_crash: bool = False
    """The run itself goes on after its process died; else it is a fork, and the original stays."""

    @classmethod
    def make(  # noqa: PLR0913 - what a fork can change
        cls,
        history: Sequence[ev.HistoryEvent],
        at_seq: int,
        *,
        edits: Mapping[str, Any] | None = None,
        meta_edits: Mapping[str, Any] | None = None,
        event: Event | None = None,
        branch: str = "",
    ) -> Departure:
        """Leave after event `at_seq`; with another `event` nothing of the history stays.

        The edits are those of the state of `branch`, a path, or of the run's own state without one.

        Raises:
            NotReadyError: There is no such event, or the edits cannot be made there.
        """
        last = len(history) - (1 if history and isinstance(history[-1], ev.RunEnded) else 0) - 1
        if not -1 <= at_seq < len(history):
            raise NotReadyError(f"there is no event {at_seq}; the run has 0 to {len(history) - 1}")
        at = -1 if event is not None else min(at_seq, last)
        edit = _edit(edits or {}, meta_edits or {})
        if not edit.is_empty:
            _refuse_lost_edit(history, at, branch)
        return cls(history, at, event or event_of(history), edit, branch)

    @classmethod
    def after_crash(cls, history: Sequence[ev.HistoryEvent]) -> Departure:
        """Go on after the last event of a run that never ended.

        Raises:
            NotReadyError: It has ended.
        """
        if history and isinstance(history[-1], ev.RunEnded):
            raise NotReadyError("the run has ended; there is nothing to resume", hints=("fork or re-run it",))
        return cls(history, len(history) - 1, event_of(history), is_crash=True)

    @property
    def masked(self) -> tuple[str, ...]:
        """The keys, dotted, of the state that the run goes on with whose secrets were not kept.

        Agents get the mask there: a history does not hold what was behind it (design §4).
        """
        if self.at_seq < 0:
            views = {"": StateView(self.event.data, self.event.metadata)}
        else:
            then = fold(self.history[: self.at_seq + 1])
            views = {"": then.state, **then.scopes}
        views[self.scope] = views.get(self.scope, StateView()).after(self.edit)
        places = ((*masked_in(view.data), *masked_in(view.meta, ("metadata",))) for view in views.values())
        return tuple(dict.fromkeys(chain.from_iterable(places)))

    def past(self, swaps: Sequence[Swap] = ()) -> Past:
        """What the engine goes through first; `swaps` are the configs that the history went over to."""
        why = UNKNOWN_OUTCOME if self.is_crash else CUT_OFF
        return Past(self.history, self.at_seq, edit=self.edit, scope=self.scope, why=why, swaps=swaps)

    def done(self) -> list[ev.HistoryEvent]:
        """What lies behind without the agent runs that are cut off: those ask again."""
        past = self.history[: self.at_seq + 1]
        again = {run.path: run.seq for run in resume_point(past, self.at_seq).in_flight}
        return [
            event for event in past if event.seq < again.get(getattr(event, "path", ""), len(self.history))
        ]

    def behind(self, run_id: str) -> list[ev.HistoryEvent]:
        """The events that the run has already, in its own name."""
        events = list(self.history[: self.at_seq + 1])
        if events and isinstance(events[0], ev.RunStarted):
            events[0] = replace(events[0], run_id=run_id)
        return events


def event_of(history: Sequence[ev.HistoryEvent]) -> Event:
    """Return the input of a run.

    Raises:
        NotReadyError: The history does not begin with it, or it is damaged.
    """
    first = history[0] if history else None
    if not isinstance(first, ev.RunStarted):
        raise NotReadyError("the history has no beginning")
    facts = first.event
    data, metadata = facts.get("data") or {}, facts.get("metadata") or {}
    if not (isinstance(data, Mapping) and isinstance(metadata, Mapping)):
        raise NotReadyError("the input of the run is damaged: its data and metadata are no objects")
    try:
        return Event.make(
            data,
            metadata=metadata,
            target=str(facts.get("target") or ""),
            event_id=str(facts.get("id") or ""),
            timestamp=str(facts.get("timestamp") or ""),
        )
    except AgentError as error:
        raise NotReadyError(f"the input of the run is damaged: {error}") from error


def _edit(edits: Mapping[str, Any], meta_edits: Mapping[str, Any]) -> Delta:
    try:
        checked = Event.make(
            {key: value for key, value in edits.items() if value is not REMOVED},
            metadata={key: value for key, value in meta_edits.items() if value is not REMOVED},
        )
    except AgentError as error:
        raise NotReadyError(f"the edit cannot be made: {error}") from error
    return Delta(
        set=dict(checked.data),
        removed=tuple(sorted(key for key, value in edits.items() if value is REMOVED)),
        meta_set=dict(checked.metadata),
        meta_removed=tuple(sorted(key for key, value in meta_edits.items() if value is REMOVED)),
    )


def _refuse_lost_edit(history: Sequence[ev.HistoryEvent], at: int, branch: str) -> None:
    """Refuse to change a state that nobody looks at any more (semantics: going back in time)."""
    found = OpenScopes.at(history, at)
    if branch in found.scopes:
        return
    if not found.phase:
        raise NotReadyError(
            f"no parallel phase is open after event {at}, so there is no branch '{branch}'",
            hints=("without a branch the state of the run is changed",),
        )
    ended = next(
        (each.seq for each in history[at:] if isinstance(each, FanEnded) and each.path == found.phase), None
    )
    after = "" if ended is None else f", or after it has ended (event {ended})"
    ways = [f"change a branch: {', '.join(found.scopes)}"] if found.scopes else []
    ways.append(f"change the state of the run before the phase (event {found.before}){after}")
    what = f"branch '{branch}' has failed or has parallel branches of its own" if branch else "its branches"
    raise NotReadyError(
        f"event {at} is inside the parallel phase '{found.phase}', "
        + (f"where {what}" if branch else "whose branches have copies of the run's state"),
        hints=ways,
    )
