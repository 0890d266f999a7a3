"""Differences are small where little changed, and can be put together again."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentflow_tui.history.diff import KeyChange, diff_states, diff_words

VALUE = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text("ab~/", max_size=4),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("ab~/1", max_size=2), inner, max_size=3)
    ),
    max_leaves=8,
)
STATE = st.dictionaries(st.text("abc", min_size=1, max_size=2), VALUE, max_size=4)


def test_added_removed_and_changed_keys_are_told_apart() -> None:
    changes = diff_states({"gone": 1, "score": 0.74, "same": [1]}, {"score": 0.83, "same": [1], "new": "x"})
    assert changes == (
        KeyChange(("gone",), "removed", old=1),
        KeyChange(("new",), "added", new="x"),
        KeyChange(("score",), "changed", 0.74, 0.83),
    )


def test_a_change_deep_inside_is_named_by_its_path() -> None:
    old = {"r": {"items": ["a", "b", "c"], "n": {"x": 1}}}
    new = {"r": {"items": ["a", "c"], "n": {"x": 2}}}
    assert {(c.key, c.kind, c.old, c.new) for c in diff_states(old, new)} == {
        ("r.items[1]", "removed", "b", None),
        ("r.n.x", "changed", 1, 2),
    }


def test_one_item_removed_from_the_middle_is_one_change() -> None:
    items: list[Any] = [{"id": n, "text": f"item {n}"} for n in range(50)]
    changes = diff_states({"l": items}, {"l": items[:20] + items[21:]})
    assert changes == (KeyChange(("l", "20"), "removed", old=items[20]),)


def test_true_is_not_one() -> None:
    assert diff_states({"k": True}, {"k": 1}) == (KeyChange(("k",), "changed", True, 1),)


def test_a_key_with_too_many_changes_is_one_change() -> None:
    old, new = {"l": {str(n): n for n in range(500)}}, {"l": {str(n): -n - 1 for n in range(500)}}
    assert [change.path for change in diff_states(old, new)] == [("l",)]


@given(STATE, STATE)
def test_every_difference_is_found_none_invented_and_neither_state_changed(
    old: dict[str, Any], new: dict[str, Any]
) -> None:
    before = repr((old, new))
    changes = diff_states(old, new)
    assert repr((old, new)) == before
    differing = {key for key in {*old, *new} if key not in old or key not in new or old[key] != new[key]}
    assert differing <= {change.path[0] for change in changes}
    assert diff_states(old, old) == ()
    assert all(change.kind in ("added", "removed", "changed", "moved") for change in changes)


def test_words_that_changed_are_found() -> None:
    changes = diff_words("the quick brown fox jumps over", "the slow brown fox leaps over")
    assert [(c.kind, c.text) for c in changes] == [
        ("same", "the "),
        ("removed", "quick"),
        ("added", "slow"),
        ("same", " brown fox "),
        ("removed", "jumps"),
        ("added", "leaps"),
        ("same", " over"),
    ]


def test_a_text_with_little_in_common_is_rewritten() -> None:
    changes = diff_words("one two three four five six", "alpha two beta gamma delta epsilon")
    assert [(c.kind, c.is_rewrite) for c in changes] == [("removed", True), ("added", True)]


@pytest.mark.parametrize(
    ("old", "new", "kinds"), [("", "a b", ["added"]), ("a b", "", ["removed"]), ("", "", [])]
)
def test_an_empty_text_has_one_change_at_most(old: str, new: str, kinds: list[str]) -> None:
    assert [change.kind for change in diff_words(old, new)] == kinds


@given(st.text("ab \n.", max_size=60), st.text("ab \n.", max_size=60))
def test_both_texts_can_be_read_from_the_changes(old: str, new: str) -> None:
    changes = diff_words(old, new)
    assert "".join(c.text for c in changes if c.kind != "added") == old
    assert "".join(c.text for c in changes if c.kind != "removed") == new


def test_a_huge_text_does_not_hold_the_screen_up() -> None:
    old = " ".join(f"word{n}" for n in range(60_000))
    new = " ".join(f"word{n if n % 40 else -n}" for n in range(60_000))
    began = time.process_time()
    changes = diff_words(old, new)
    assert time.process_time() - began < 2
    assert "".join(c.text for c in changes if c.kind != "removed") == new


def test_an_item_that_moved_is_one_change_that_says_from_where() -> None:
    items: list[Any] = [{"id": n, "text": f"item {n}"} for n in range(10)]
    changes = diff_states({"l": items}, {"l": [items[-1], *items[:-1]]})
    assert changes == (KeyChange(("l", "0"), "moved", items[-1], items[-1], ("l", "9")),)


@given(st.lists(st.integers(), min_size=2, max_size=8, unique=True), st.data())
def test_one_moved_item_is_never_told_as_lost_and_new(items: list[int], data: st.DataObject) -> None:
    source = data.draw(st.integers(0, len(items) - 1))
    rest = items[:source] + items[source + 1 :]
    target = data.draw(st.integers(0, len(rest)))
    moved = [*rest[:target], items[source], *rest[target:]]
    kinds = {change.kind for change in diff_states({"l": items}, {"l": moved})}
    assert kinds == (set() if moved == items else {"moved"})


@pytest.mark.parametrize("words", [("fox",), ("fox", "dog"), ("",)])
def test_of_a_huge_text_only_what_lies_between_the_differences_is_compared(words: tuple[str, ...]) -> None:
    old = "the quick brown fox jumps over the lazy dog\n" * 40_000
    new, place = old, len(old) // 3
    for word in words:
        at = old.index(word, place)
        new = new[:at] + "cat" + new[at + len(word) :]
    began = time.process_time()
    found = diff_words(old, new)
    assert time.process_time() - began < 0.5
    assert "".join(each.text for each in found if each.kind != "added") == old
    assert "".join(each.text for each in found if each.kind != "removed") == new
    assert sum(len(each.text) for each in found if each.kind != "same") < 40
    assert not any(each.is_rewrite for each in found)


def test_a_huge_text_that_differs_all_over_is_told_at_once() -> None:
    old = "the quick brown fox jumps over the lazy dog\n" * 100_000
    new = old.replace("fox", "cat")
    began = time.process_time()
    found = diff_words(old, new)
    assert time.process_time() - began < 0.5
    assert [each.kind for each in found if each.is_rewrite] == ["removed", "added"]


def test_long_lists_are_compared_only_where_they_begin_to_differ() -> None:
    old = list(range(10_000))
    (one,) = diff_states({"a": old}, {"a": [*old[:5_000], -1, *old[5_001:]]})
    assert one == KeyChange(("a", "5000"), "changed", 5_000, -1)
    everywhere = [number + number % 3 for number in old]
    began = time.process_time()
    (whole,) = diff_states({"a": {"b": old}}, {"a": {"b": everywhere}})
    assert time.process_time() - began < 0.5
    assert whole == KeyChange(("a",), "changed", {"b": old}, {"b": everywhere})
