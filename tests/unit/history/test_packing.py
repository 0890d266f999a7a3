"""Rows give exactly the events back that they were made of, and what repeats costs next to nothing."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentflow_tui.history import event as ev
from agentflow_tui.history.codec import HistoryFormatError, to_line
from agentflow_tui.history.delta import Delta
from agentflow_tui.history.packing import BIG, PackedEvent, Packer, Unpacker

LONG = "The quick brown fox. " * 300


def changed(seq: int, **values: Any) -> ev.HistoryEvent:
    return ev.StateChanged(seq=seq, at=0.0, path="p", delta=Delta(set=values))


def pack(events: Sequence[ev.HistoryEvent], packer: Packer | None = None) -> list[PackedEvent]:
    packer = packer or Packer()
    return [packer.pack(event) for event in events]


def unpack(rows: Sequence[PackedEvent]) -> list[ev.HistoryEvent]:
    blobs = {name: data for row in rows for name, data in row.blobs.items()}
    unpacker = Unpacker(blobs.get)
    return [unpacker.unpack(row.data, row.parts, line=line) for line, row in enumerate(rows, 1)]


def same(events: Sequence[ev.HistoryEvent], rows: Sequence[PackedEvent]) -> bool:
    # As text: to Python 1 equals True, and order does not count.
    return [to_line(event) for event in events] == [to_line(event) for event in unpack(rows)]


def test_small_events_are_plain_rows() -> None:
    [row] = pack([changed(0, k="v")])
    assert (row.parts, row.blobs) == (None, {})
    assert '"k":"v"' in row.data


def test_the_same_text_is_kept_once() -> None:
    events = [
        ev.TokensReceived(seq=0, at=0.0, path="a", call="c", text=LONG),
        changed(1, response=LONG, a_response=LONG),
    ]
    rows = pack(events)
    assert same(events, rows)
    assert sum(len(row.blobs) for row in rows) == 1
    assert rows[1].size < 700


@pytest.mark.parametrize("where", [0, 3000, len(LONG)])
def test_a_text_that_changes_in_one_place_costs_the_change(where: int) -> None:
    events = [changed(0, text=LONG), changed(1, text=LONG[:where] + "new words" + LONG[where + 20 :])]
    rows = pack(events)
    assert same(events, rows)
    assert rows[1].size < 300


def test_an_object_that_changes_in_two_places_costs_the_changes() -> None:
    old = {"first": 1, "list": [{"id": n, "text": f"item {n}"} for n in range(300)], "last": 1}
    new = {**old, "first": 2, "last": 2}
    events = [changed(0, doc=old), changed(1, doc=new)]
    rows = pack(events)
    assert same(events, rows)
    assert '"p"' in (rows[1].parts or "")
    assert rows[1].size < 300


@pytest.mark.parametrize(("old", "new"), [(1, True), (1, 1.0), (0, False), (None, 0), ("1", 1)])
def test_values_that_python_calls_equal_stay_apart(old: Any, new: Any) -> None:
    items = [{"n": n, "text": "x" * 20} for n in range(100)]
    events = [
        changed(0, doc={"v": old, "items": items, "w": old}),
        changed(1, doc={"v": new, "items": items, "w": new}),
    ]
    assert same(events, pack(events))


def test_the_order_of_keys_is_kept() -> None:
    keys = [f"key{n:03}" for n in range(300)]
    events = [changed(0, doc=dict.fromkeys(keys, 1)), changed(1, doc=dict.fromkeys(reversed(keys), 1))]
    assert same(events, pack(events))


def test_packing_can_begin_anew_anywhere() -> None:
    events = [changed(n, text=LONG + str(n), doc=[LONG, n]) for n in range(6)]
    rows = [*pack(events[:3]), *pack(events[3:])]
    assert same(events, rows)


def test_a_prompt_that_holds_the_text_costs_the_change_too() -> None:
    def asked(seq: int, text: str) -> ev.HistoryEvent:
        return ev.ModelCallStarted(
            seq=seq,
            at=0.0,
            path="loop/a",
            agent="a",
            call=f"c{seq}",
            provider="p",
            model="m",
            messages=({"role": "system", "content": "short"}, {"role": "user", "content": text}),
        )

    events = [asked(n, LONG + f"And then {n}.") for n in range(4)]
    rows = pack(events)
    assert same(events, rows)
    assert all(row.size < 400 for row in rows[1:])


def test_packing_leaves_the_event_alone() -> None:
    value = {"list": [LONG]}
    event = changed(0, k=value)
    pack([event])
    assert value == {"list": [LONG]}


def test_damage_is_found() -> None:
    [row] = pack([changed(0, text=LONG)])
    [name] = row.blobs
    for found in (None, b"not compressed", *pack([changed(0, text=LONG + "x")])[0].blobs.values()):
        with pytest.raises(HistoryFormatError, match="line 7: a value of it"):
            Unpacker({name: found}.get).unpack(row.data, row.parts, line=7)
    for parts in ("[", "[1]", '[[["no"],"b","x"]]', '[[["delta","set","k"],"s",[0,1,"x"]]]', '[[[],"?",0]]'):
        with pytest.raises(HistoryFormatError, match="line 1"):
            Unpacker(dict[str, bytes]().get).unpack(row.data, parts, line=1)


_leaf = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)
_json = st.recursive(
    _leaf, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4)
)
_noises, _kinds = st.integers(0, 99), st.integers(0, 2)
_states = st.lists(st.dictionaries(st.sampled_from("abc"), _json), min_size=1, max_size=8)


@st.composite
def _histories(draw: st.DrawFn) -> list[ev.HistoryEvent]:
    """States with big values that change here and there."""
    noise = random.Random(draw(_noises))
    filling = "".join(noise.choices('abc \n"\\\u00e9\ud800', k=BIG))
    values = draw(_states)
    events = []
    for seq, each in enumerate(values):
        kind = draw(_kinds)
        big: dict[str, Any] = {
            key: {"first": value, "filling": [filling, filling[::2]], "last": value}
            if kind == 0
            else filling + str(value) + filling
            if kind == 1
            else value
            for key, value in each.items()
        }
        events.append(changed(seq, **big))
    return events


@settings(max_examples=150, deadline=None)
@given(_histories(), st.integers(0, 8))
def test_any_history_comes_back_exactly(events: list[ev.HistoryEvent], cut: int) -> None:
    assert same(events, [*pack(events[:cut]), *pack(events[cut:])])
