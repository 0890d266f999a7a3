"""The state an agent works on: isolated, and honest about what changed (semantics §2)."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentflow_tui.engine import AgentError, Event, State
from agentflow_tui.engine.event import facts_of
from agentflow_tui.engine.json_value import same_json
from agentflow_tui.engine.state import delta_of
from agentflow_tui.history.delta import Delta

SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
KEYS = st.sampled_from(["a", "b", "c", "d", ""]) | st.text(max_size=3)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=5)
ACTS = st.lists(
    st.tuples(st.sampled_from(["set", "change"]), KEYS, VALUES)
    | st.tuples(st.sampled_from(["delete", "read"]), KEYS, st.none()),
    max_size=8,
)


def _act(data: Any, acts: list[tuple[str, str, Any]]) -> None:
    """Do the same to a state's data and to a dict."""
    for verb, key, value in acts:
        if verb == "set":
            data[key] = copy.deepcopy(value)
        elif verb == "delete":
            data.pop(key, None)
        elif key in data:
            found = data[key]
            if verb == "change" and isinstance(found, list):
                found.append(copy.deepcopy(value))
            elif verb == "change" and isinstance(found, dict):
                found["changed"] = copy.deepcopy(value)


def _applied(data: dict[str, Any], delta: Delta) -> dict[str, Any]:
    return {key: value for key, value in {**data, **delta.set}.items() if key not in delta.removed}


@given(OBJECTS, ACTS)
def test_a_state_behaves_like_a_dict_and_its_base_never_changes(data: dict[str, Any], acts: Any) -> None:
    base, expected = copy.deepcopy(data), copy.deepcopy(data)
    state = State.over(base, {})
    _act(state.data, acts)
    _act(expected, acts)
    assert same_json(base, data)
    assert same_json(dict(state.data), expected)
    assert len(state.data) == len(expected)
    assert all(key in state.data for key in expected)


@given(OBJECTS, ACTS)
def test_the_delta_is_what_changed_and_nothing_else(data: dict[str, Any], acts: Any) -> None:
    expected = copy.deepcopy(data)
    state = State.over(data, {})
    _act(state.data, acts)
    _act(expected, acts)
    delta = state.delta()
    assert same_json(_applied(data, delta), expected)
    assert all(key not in data or not same_json(data[key], value) for key, value in delta.set.items())
    assert all(key in data for key in delta.removed)


@given(OBJECTS, ACTS, ACTS)
def test_a_delta_and_a_fork_are_out_of_reach(data: dict[str, Any], acts: Any, later: Any) -> None:
    state = State.over(data, {})
    _act(state.data, acts)
    delta, fork = state.delta(), state.fork()
    before, forked = copy.deepcopy(delta), copy.deepcopy(dict(fork.data))
    _act(state.data, later)
    assert same_json(dict(delta.set), dict(before.set))
    assert same_json(dict(fork.data), forked)
    _act(fork.data, later)
    assert same_json(dict(delta.set), dict(before.set))


def test_looking_at_a_value_is_no_change() -> None:
    state = State.over({"list": [1, {"a": 2}]}, {})
    assert state.data["list"][1]["a"] == 2
    assert state.delta().is_empty


def test_an_in_place_change_sets_the_whole_key() -> None:
    state = State.over({"list": [1, {"a": 2}], "other": [0]}, {})
    state.data["list"][1]["a"] = 3
    assert state.delta() == Delta(set={"list": [1, {"a": 3}]})


@pytest.mark.parametrize(
    ("old", "new"), [(1, True), (0, False), (1, 1.0), ([1], [True]), ({"a": 0}, {"a": 0.0})]
)
def test_values_that_python_calls_equal_are_a_change_in_json(old: Any, new: Any) -> None:
    state = State.over({"k": old}, {})
    state.data["k"] = new
    assert state.delta().set == {"k": new}
    assert type(state.delta().set["k"]) is type(new)
    returned = delta_of({"k": new}, {"k": old}).set
    assert (returned, type(returned["k"])) == ({"k": new}, type(new))


def test_meta_is_text_only() -> None:
    state = State.over({}, {"old": "1"})
    state.meta["n"] = 3  # type: ignore[assignment]
    with pytest.raises(AgentError, match=r"meta\.n: an int is not text"):
        state.delta()
    state.meta["n"] = "3"
    del state.meta["old"]
    assert state.delta() == Delta(meta_set={"n": "3"}, meta_removed=("old",))


def test_what_is_not_there_cannot_be_read_or_removed() -> None:
    state = State.over({"a": 1}, {})
    del state.data["a"]
    for key in ("a", "b"):
        with pytest.raises(KeyError):
            state.data[key]
        with pytest.raises(KeyError):
            del state.data[key]
    assert "a" not in state.data
    state.data["a"] = 1
    assert state.delta().is_empty


def test_subclasses_of_json_types_become_the_plain_types() -> None:
    class Word(str):
        __slots__ = ()

    class Number(int):
        pass

    state = State({"w": Word("x"), "n": Number(3), "d": {Word("k"): [Number(1)]}})
    delta = state.delta()
    assert delta.set == {"w": "x", "n": 3, "d": {"k": [1]}}
    assert type(delta.set["w"]) is str
    assert type(delta.set["n"]) is int


def test_a_state_shows_itself_to_a_person() -> None:
    assert repr(State({"a": [1]}, {"m": "x"})) == "State(data={'a': [1]}, meta={'m': 'x'})"


def test_a_key_that_was_removed_stays_so_in_every_copy_of_a_state() -> None:
    state = State.over({"a": 1, "b": [2]}, {"m": "1"})
    del state.data["a"], state.meta["m"]
    for twin in (copy.deepcopy(state), pickle.loads(pickle.dumps(state)), copy.copy(state)):
        assert (dict(twin.data), dict(twin.meta)) == ({"b": [2]}, {})
        assert (twin.delta().removed, twin.delta().meta_removed) == (("a",), ("m",))


def test_no_public_way_leads_from_what_an_agent_gets_to_what_all_share() -> None:
    shared: dict[str, Any] = {"list": [1], "deep": {"a": [2]}}
    was, event = copy.deepcopy(shared), Event.make(shared)
    found = 0
    for part in ("data", "meta", "metadata", ""):
        for make in (lambda: State.over(shared, {"m": "1"}), lambda: event):
            kind = getattr(make(), part, None) if part else make()
            for name in [name for name in dir(kind) if not name.startswith("_")]:
                whole = getattr(make(), part) if part else make()
                _spoil(getattr(whole, name))
                found += 1
    assert found > 30
    assert (shared, facts_of(event)["data"]) == (was, was)


def _spoil(found: Any) -> None:
    """Use what was found as badly as can be: call it, and change what it is or gives."""
    if callable(found):
        with suppress(Exception):
            _spoil(found())
    elif isinstance(found, dict):
        for value in [*found.values()]:
            _spoil(value)
        found["spoilt"] = True
    elif isinstance(found, list):
        found.append("spoilt")
    elif isinstance(found, Mapping):
        with suppress(TypeError):
            found["spoilt"] = True  # type: ignore[index]
        for key in [*found]:
            _spoil(found[key])
