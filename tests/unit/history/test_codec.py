"""Events survive the way through JSON, and nothing else comes in that way."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentflow_tui.history.codec import KINDS, HistoryFormatError, decode, encode, to_line
from agentflow_tui.history.delta import Delta
from agentflow_tui.history.event import AgentCompleted, HistoryEvent, RunEnded, Warned
from agentflow_tui.history.fan_event import MergeConflict

TEXT = st.text(st.characters(codec=None, categories=None), max_size=12)
NUMBER = st.floats(allow_nan=False, allow_infinity=False)
VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | NUMBER | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
BY_HINT: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXT,
    int: st.integers(0, 2**53),
    float: NUMBER,
    int | None: st.none() | st.integers(),
    float | None: st.none() | NUMBER,
    tuple[str, ...]: st.lists(TEXT, max_size=3).map(tuple),
    tuple[Any, ...]: st.lists(VALUE, max_size=3).map(tuple),
    dict[str, Any]: st.dictionaries(TEXT, VALUE, max_size=3),
    tuple[dict[str, str], ...]: st.lists(st.dictionaries(TEXT, TEXT, max_size=2), max_size=2).map(tuple),
    Delta: st.builds(
        Delta,
        set=st.dictionaries(TEXT, VALUE, max_size=3),
        removed=st.lists(TEXT, max_size=2).map(tuple),
        meta_set=st.dictionaries(TEXT, TEXT, max_size=2),
        meta_removed=st.lists(TEXT, max_size=2).map(tuple),
    ),
}


def events_of(cls: type[HistoryEvent]) -> st.SearchStrategy[HistoryEvent]:
    hints = get_type_hints(cls)
    return st.builds(cls, **{each.name: BY_HINT[hints[each.name]] for each in fields(cls)})


def test_every_kind_of_event_has_its_name() -> None:
    assert set(KINDS) == {cls.kind for cls in HistoryEvent.__subclasses__()}
    assert {"run_started", "tokens_received", "run_ended"} <= set(KINDS)
    assert all(cls.kind == kind for kind, cls in KINDS.items())


@pytest.mark.parametrize("cls", KINDS.values(), ids=KINDS)
def test_every_kind_survives_the_round_trip(cls: type[HistoryEvent]) -> None:
    @given(events_of(cls))
    def holds(event: HistoryEvent) -> None:
        line = to_line(event)
        assert decode(json.loads(line)) == event
        assert "\n" not in line
        assert line.isascii()
        assert json.loads(line) == encode(event)

    holds()


def test_tuples_come_back_as_tuples() -> None:
    event = MergeConflict(seq=1, at=0.5, path="fan", key="k", branches=("a", "b"), values=(1, [2]))
    again = decode(json.loads(to_line(event)))
    assert again == event
    assert isinstance(again, MergeConflict)
    assert isinstance(again.values, tuple)


def test_fields_with_a_default_may_be_absent() -> None:
    assert decode({"kind": "warned", "seq": 3, "at": 1, "message": "m"}) == Warned(seq=3, at=1, message="m")


DELTA = {"set": {"k": 1}, "removed": [], "meta_set": {}, "meta_removed": []}
WHOLE = {
    "kind": "agent_completed",
    "seq": 1,
    "at": 0.0,
    "path": "p",
    "agent": "a",
    "delta": DELTA,
    "duration": 1,
}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"kind": "exploded"}, "unknown kind of event: 'exploded'"),
        ({"kind": ["x"]}, "unknown kind of event"),
        ({"extra": 1}, "agent_completed: unknown field 'extra'"),
        ({"path": 3}, "agent_completed: path: expected text, found int"),
        ({"seq": True}, "agent_completed: seq: expected a whole number, found bool"),
        ({"delta": {"set": []}}, "agent_completed: delta.set: expected an object, found list"),
        ({"delta": {"put": {}}}, "agent_completed: delta.unknown field 'put'"),
        ({"delta": {"removed": [1]}}, "agent_completed: delta.removed: expected text, found int"),
        ({"delta": {"meta_set": {"k": 1}}}, "agent_completed: delta.meta_set: expected text, found int"),
    ],
)
def test_a_strange_record_is_refused_by_line_and_field(change: dict[str, Any], says: str) -> None:
    assert isinstance(decode(WHOLE), AgentCompleted)
    with pytest.raises(HistoryFormatError) as caught:
        decode({**WHOLE, **change}, line=7)
    assert str(caught.value).startswith(f"line 7: {says}")
    assert caught.value.line == 7


def test_a_missing_field_is_named() -> None:
    with pytest.raises(HistoryFormatError, match="run_ended: field 'status' is missing"):
        decode({"kind": "run_ended", "seq": 0, "at": 0.0})


@pytest.mark.parametrize("record", [[1], None, "x", 3])
def test_what_is_no_object_is_refused(record: object) -> None:
    with pytest.raises(HistoryFormatError, match="line 2: a history event is a JSON object"):
        decode(record, line=2)


def test_a_record_can_be_read_by_other_programs() -> None:
    assert encode(RunEnded(seq=9, at=2.5, status="completed")) == {
        "kind": "run_ended",
        "seq": 9,
        "at": 2.5,
        "status": "completed",
        "error": "",
        "category": "",
    }
