"""Every version of an object whose keys change is what a copy of it would be."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agentflow_tui.history.key_history import KeyHistory


@given(
    st.lists(
        st.tuples(st.dictionaries(st.sampled_from("abcd"), st.integers()), st.sets(st.sampled_from("abcd")))
    )
)
def test_every_version_of_a_key_history_equals_a_plain_copy(
    changes: list[tuple[dict[str, int], set[str]]],
) -> None:
    plain: dict[str, int] = {"a": -1, "z": -2}
    history = KeyHistory(dict(plain))
    versions = [(history.now, dict(plain))]
    for new, gone in changes:
        plain = {key: value for key, value in plain.items() if key not in gone} | new
        history.change(new, gone)
        versions.append((history.now, dict(plain)))
    for view, copy in versions:
        assert view == copy
        assert len(view) == len(copy)
        assert all((key in view) == (key in copy) for key in "abcdz")
