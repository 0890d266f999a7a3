from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentflow_tui.tui.dialogs.state_draft import Draft, Slot, StateDraft
from agentflow_tui.tui.event_input import InputError
from agentflow_tui.workbench.departure import REMOVED

DATA = {"text": "draft", "score": 4, "tags": ["a"]}
META = {"session_id": "s1"}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


def test_what_is_typed_is_an_edit_until_it_is_taken_back() -> None:
    draft = StateDraft(DATA, META)
    assert [slot.name for slot in draft.slots] == ["text", "score", "tags", "meta.session_id"]
    draft.put(Slot.named("score"), Draft("5", is_json=True))
    draft.put(Slot.named("meta.session_id"), Draft("s2"))
    draft.put(Slot.named("tags"), Draft("", is_removed=True))
    draft.add(Slot.named("meta.why"))
    draft.put(Slot.named("meta.why"), Draft("because"))
    assert draft.edits("data") == {"score": 5, "tags": REMOVED}
    assert draft.edits("meta") == {"session_id": "s2", "why": "because"}
    assert [each.sign for each in draft.pending()] == ["~", "-", "~", "+"]
    assert draft.take_back(Slot.named("score"))
    assert not draft.take_back(Slot.named("score"))
    assert draft.take_back(Slot.named("meta.why"))
    assert Slot.named("meta.why") not in draft.slots
    assert [each.slot.key for each in draft.pending()] == ["tags", "session_id"]


def test_the_same_value_typed_otherwise_is_no_edit_and_true_is_not_one() -> None:
    draft = StateDraft({"n": 1, "list": [1, 2]}, {})
    draft.put(Slot.named("list"), Draft("[1,2]", is_json=True))
    assert draft.pending() == []
    draft.put(Slot.named("n"), Draft("true", is_json=True))
    assert draft.edits("data") == {"n": True}


def test_wrong_json_names_the_key_and_the_place() -> None:
    draft = StateDraft(DATA, META)
    draft.put(Slot.named("tags"), Draft('["a",\n  b]', is_json=True))
    with pytest.raises(InputError, match="line 2, column 3 of tags") as caught:
        draft.edits("data")
    assert (caught.value.field, caught.value.line, caught.value.column) == ("tags", 2, 3)
    with pytest.raises(InputError, match="nested"):
        StateDraft({"deep": 1}, {}).take_json('{"data": ' + "[" * 100_000)
    draft.put(Slot.named("tags"), Draft("1" * 5000, is_json=True))
    with pytest.raises(InputError, match="too many digits"):
        draft.pending()
    draft.put(Slot.named("tags"), Draft("[" * 100_000, is_json=True))
    with pytest.raises(InputError):
        draft.pending()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "an object"),
        ('{"data": 1}', "data is an object"),
        ('{"other": {}}', "'other' is neither"),
        ('{"meta": {"k": 1}}', r"meta\.k must be text"),
        ('{"data": {,}}', "line 1, column 11"),
    ],
)
def test_a_whole_state_that_is_none_is_refused(text: str, said: str) -> None:
    draft = StateDraft(DATA, META)
    with pytest.raises(InputError, match=said):
        draft.take_json(text)
    assert draft.pending() == []


@given(
    st.dictionaries(st.text(max_size=4), JSON, max_size=4),
    st.dictionaries(st.text(max_size=4), JSON, max_size=4),
)
def test_any_state_can_be_written_over_any_other_as_json(old: dict[str, Any], new: dict[str, Any]) -> None:
    draft = StateDraft(old, {"k": "v"})
    draft.take_json(json.dumps({"data": new, "meta": {"k": "w"}}))
    assert json.loads(draft.to_json()) == {"data": new, "meta": {"k": "w"}}
    result = {key: value for key, value in old.items() if draft.edits("data").get(key) is not REMOVED}
    result |= {key: value for key, value in draft.edits("data").items() if value is not REMOVED}
    assert json.dumps(result, sort_keys=True) == json.dumps(new, sort_keys=True)
    assert draft.edits("meta") == {"k": "w"}
