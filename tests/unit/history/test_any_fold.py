"""Any history is folded to the same states, however often it is looked at on the way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from agentflow_tui.history import RunFold, fold
from agentflow_tui.history import event as ev
from agentflow_tui.history.delta import Delta
from agentflow_tui.history.fan_event import BranchFailed, FanEnded, FanStarted, MergeConflict
from agentflow_tui.history.stopped_by_hand import STOPPED_BY_PAUSE
from tests.story import Story

PATHS = st.sampled_from(["loop", "loop/a", "fan", "fan/a", "fan/b", "route"])
SCOPES = st.sampled_from(["", "fan/a", "fan/b"])
CALLS = st.sampled_from(["c1", "c2"])
WORDS = st.sampled_from(["", "word ", "line\n"])
DELTAS = st.builds(
    Delta,
    set=st.dictionaries(st.sampled_from("abc"), st.integers(0, 3), max_size=2),
    removed=st.lists(st.sampled_from("def"), max_size=1).map(tuple),
    meta_set=st.dictionaries(st.sampled_from("mn"), WORDS, max_size=1),
)
STATUS = st.sampled_from(["completed", "failed", "skipped"])


def of(cls: type[ev.HistoryEvent], **values: Any) -> st.SearchStrategy[ev.HistoryEvent]:
    return st.builds(cls, seq=st.just(0), at=st.just(0.0), **values)


AGENT = {"path": PATHS, "agent": st.just("a"), "scope": SCOPES}
ENDED = {**AGENT, "duration": st.just(1.0)}
MODEL = {"path": PATHS, "agent": st.just("a"), "call": CALLS}
ANY_EVENT = st.one_of(
    of(ev.NodeStarted, path=PATHS),
    of(ev.NodeEnded, path=PATHS, status=STATUS),
    of(FanStarted, path=st.just("fan"), branches=st.just(("fan/a", "fan/b")), scope=SCOPES),
    of(FanEnded, path=st.just("fan"), status=STATUS, delta=DELTAS),
    of(ev.IterationStarted, path=st.just("loop"), iteration=st.integers(1, 3)),
    of(ev.AgentStarted, **AGENT),
    of(ev.AgentCompleted, **ENDED, delta=DELTAS),
    of(ev.AgentFailed, **ENDED, error=WORDS, category=WORDS),
    of(ev.AgentCancelled, **ENDED, reason=st.sampled_from(["", STOPPED_BY_PAUSE])),
    of(ev.StateChanged, path=PATHS, delta=DELTAS, scope=SCOPES),
    of(ev.ModelCallStarted, **MODEL, provider=WORDS, model=WORDS, messages=st.just(())),
    of(ev.TokensReceived, path=PATHS, call=CALLS, text=WORDS),
    of(ev.ModelCallFailed, **MODEL, error=WORDS, category=WORDS),
    of(
        ev.ModelCallEnded,
        **MODEL,
        prompt_tokens=st.none() | st.integers(0, 9),
        completion_tokens=st.just(1),
        first_token_after=st.none(),
        duration=st.just(1.0),
        finish_reason=WORDS,
        response=WORDS,
    ),
    of(ev.RunPaused, path=st.just("") | PATHS),
    of(ev.RunResumed),
    of(BranchFailed, path=st.just("fan"), branch=st.sampled_from(["a", "fan/b", "x"]), error=WORDS),
    of(
        MergeConflict,
        path=st.just("fan"),
        key=WORDS,
        branches=st.just(("a",)),
        values=st.just((1,)),
    ),
    of(ev.HandedOver, path=st.just("route"), from_agent=WORDS, to_agent=WORDS, hop=st.just(1)),
    of(ev.ChoiceTaken, path=st.just("route"), option=st.just("") | PATHS, reason=WORDS),
    of(ev.LoopStalled, path=PATHS, iteration=st.just(2)),
    of(ev.Warned, message=WORDS),
    of(ev.CallbackFailed, hook=WORDS, name=WORDS, error=WORDS),
    of(ev.RunEnded, status=st.sampled_from(["completed", "failed", "cancelled"]), error=WORDS),
)
HISTORIES = st.lists(ANY_EVENT, max_size=25).map(lambda some: [*Story({"a": 0}).events, *some])


@given(HISTORIES, st.sets(st.integers(0, 25)))
@settings(max_examples=300, deadline=None)
def test_looking_in_between_changes_nothing(history: Sequence[ev.HistoryEvent], looks: set[int]) -> None:
    folded = RunFold()
    for number, event in enumerate(history):
        folded.apply(event)
        if number in looks:
            assert folded.snapshot() == fold(history[: number + 1])
    assert folded.snapshot() == fold(history)


@given(HISTORIES)
@settings(deadline=None)
def test_what_was_shown_once_stays_as_it_was(history: Sequence[ev.HistoryEvent]) -> None:
    folded = RunFold()
    shown = []
    for event in history:
        folded.apply(event)
        shown.append(folded.snapshot())
    for number, state in enumerate(shown):
        assert state == fold(history[: number + 1])
