"""Putting the deltas of branches together, the short way and the long one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agentflow_tui.engine.merge import Merge, joined
from agentflow_tui.history.delta import Delta

KEYS = st.sampled_from("abcdef")
DELTAS = st.builds(
    Delta,
    set=st.dictionaries(KEYS, st.integers(0, 2), max_size=2),
    removed=st.sampled_from([(), (), (), ("f",)]),
    meta_set=st.sampled_from([{}, {}, {}, {"m": "1"}]),
    meta_removed=st.sampled_from([(), (), (), ("m",)]),
)


def test_branches_with_keys_of_their_own_are_joined_in_list_order() -> None:
    found = joined([Delta(set={"b": 1}), Delta(), Delta(set={"a": [2]})])
    assert found == Delta(set={"b": 1, "a": [2]})
    assert list(found.set) == ["b", "a"]


def test_only_what_nobody_else_wrote_is_joined() -> None:
    assert joined([Delta(set={"a": 1}), Delta(set={"a": 1})]) is None
    assert joined([Delta(set={"a": 1}), Delta(removed=("a",))]) is None
    assert joined([Delta(meta_set={"a": "1"})]) is None
    assert joined([Delta(meta_removed=("a",))]) is None


@given(st.lists(DELTAS, max_size=4))
def test_what_is_joined_is_what_the_comparison_gives(deltas: list[Delta]) -> None:
    found = joined(deltas)
    merge = Merge()
    for place, delta in enumerate(deltas):
        merge.add(str(place), delta)
    if found is not None:
        assert found == merge.delta({})
        assert merge.conflicts() == []


def test_what_the_engine_marks_wins_over_what_agents_wrote_or_removed() -> None:
    merge = Merge()
    merge.add("liar", Delta(meta_set={"bad_failed": "no"}, meta_removed=("bad_error", "other")))
    found = merge.delta({"bad_failed": "true", "bad_error": "why"})
    assert found.meta_set == {"bad_failed": "true", "bad_error": "why"}
    assert found.meta_removed == ("other",)
