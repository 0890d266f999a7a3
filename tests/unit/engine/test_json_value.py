"""The quick way of copying JSON against the way that names the place of what it refuses."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentflow_tui.engine import AgentError
from agentflow_tui.engine.json_value import _Copier, copy_json, thaw, thaw_object


class Text(str):
    __slots__ = ()


class Number(int):
    pass


TEXTS = st.sampled_from(["", "plain", "ümlaut", "\ud800", Text("own"), Text("ü")])
ATOMS = st.one_of(
    TEXTS,
    st.sampled_from([None, True, False, 0, -1, 1 << 64, -(1 << 64), 1 << 14_000, Number(3)]),
    st.sampled_from([0.5, -0.0, float("inf"), float("nan"), (), {1}, b"bytes", object]),
)
KEYS = st.one_of(TEXTS, st.sampled_from([1, None, True, (1,)]))


def _nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    objects = st.dictionaries(TEXTS, inner, max_size=4)
    return st.one_of(
        st.lists(inner, max_size=4),
        objects,
        objects.map(OrderedDict),
        st.dictionaries(KEYS, inner, max_size=2),
    )


VALUES = st.recursive(ATOMS, _nested, max_leaves=12)


def _told(value: Any, *, is_quick: bool) -> str:
    """A copy as text that shows each type, or the refusal."""
    try:
        copied = copy_json(value, "data") if is_quick else _Copier().copy(value, "data", 0)
    except AgentError as error:
        return f"refused: {error}"
    return _shown(copied)


def _shown(value: Any) -> str:
    kind = type(value).__name__
    if type(value) is dict:
        return f"{kind}{[(_shown(key), _shown(item)) for key, item in value.items()]}"
    if type(value) is list:
        return f"{kind}{[_shown(item) for item in value]}"
    return f"{kind} {value!r}"


def _open_in(value: Any) -> list[int]:
    """Which lists and dicts are in a value, by identity."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    here = [id(value)] if isinstance(value, dict | list) else []
    return here + [one for item in inner for one in _open_in(item)]


@given(VALUES)
def test_the_quick_copy_takes_and_refuses_what_the_careful_one_does(value: Any) -> None:
    assert _told(value, is_quick=True) == _told(value, is_quick=False)


@given(VALUES)
def test_no_copy_shares_a_list_or_an_object(value: Any) -> None:
    try:
        copied = copy_json(value, "data")
    except AgentError:
        return
    thawed, whole = thaw(copied), thaw_object({"it": copied})
    assert _shown(thawed) == _shown(whole["it"]) == _shown(copied)
    seen = set(_open_in(value))
    for copy in (copied, thawed, whole):
        own = _open_in(copy)
        assert len(own) == len(set(own))
        assert not seen & set(own)
        seen.update(own)


@pytest.mark.parametrize(
    "last", [{}, {"a": None, "b": "c"}, {"a": []}, {"a": {"b": 1}}, [], [{}], "text", None]
)
def test_no_copy_of_a_long_list_shares_a_list_or_an_object(last: Any) -> None:
    value = [{"n": place, "text": "x"} for place in range(20)] + [last]
    thawed = thaw(value)
    assert _shown(thawed) == _shown(value)
    assert not set(_open_in(value)) & set(_open_in(thawed))


@pytest.mark.parametrize("kind", [list, dict])
def test_a_hundred_levels_are_copied_and_one_more_is_not(kind: type[Any]) -> None:
    deep = kind()
    for _ in range(99):
        deep = [deep] if kind is list else {"a": deep}
    assert copy_json(deep, "data") == deep
    place = "[0][0]" if kind is list else ".a.a"
    for more in ([deep], {"a": deep}):
        with pytest.raises(AgentError, match="nested deeper than 100 levels") as refused:
            copy_json(more, "data")
        assert place in str(refused.value)
        assert _told(more, is_quick=False) == f"refused: {refused.value}"
