from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentflow_tui.agents.structured_output import OutputError, StructuredOutput

FULL = StructuredOutput(
    {"text": "string", "score": "number", "count": "integer", "ok": "boolean", "tags": "list"}
)
ANSWER: dict[str, Any] = {"text": "a", "score": 0.5, "count": 3, "ok": True, "tags": ["x"]}


def test_the_schema_is_closed_and_keeps_the_order() -> None:
    schema = FULL.schema()
    assert schema["required"] == ["text", "score", "count", "ok", "tags"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["count"] == {"type": "integer"}
    assert "maxLength" not in json.dumps(schema)


def test_a_bounded_schema_shares_the_room_among_texts() -> None:
    schema = FULL.schema(200)
    assert schema["properties"]["text"]["maxLength"] == 100
    assert (
        schema["properties"]["tags"]["items"]["maxLength"] * schema["properties"]["tags"]["maxItems"] <= 100
    )
    assert schema["properties"]["score"] == {"type": "number"}


@pytest.mark.parametrize(
    "wrapped",
    ["{}", "```json\n{}\n```", "Sure! Here it is:\n```\n{}\n```\nDone.", "The answer is {} as you asked."],
)
def test_json_is_found_inside_other_text(wrapped: str) -> None:
    assert FULL.parse(wrapped.replace("{}", json.dumps(ANSWER))) == ANSWER


def test_other_keys_are_left_out_and_whole_numbers_fit_an_integer() -> None:
    found = FULL.parse(json.dumps({**ANSWER, "count": 3.0, "extra": 1}))
    assert found == ANSWER
    assert isinstance(found["count"], int)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("text", 1),
        ("text", None),
        ("score", "0.5"),
        ("score", True),
        ("count", 2.5),
        ("count", False),
        ("ok", "true"),
        ("ok", 1),
        ("tags", "x"),
        ("tags", {"a": 1}),
    ],
)
def test_another_type_is_refused_with_the_key(key: str, value: object) -> None:
    with pytest.raises(OutputError, match=key):
        FULL.parse(json.dumps({**ANSWER, key: value}))


@pytest.mark.parametrize("text", ["", "no json", "[1]", "{", '{"text": NaN}', "{" * 5000])
def test_what_is_no_object_is_refused(text: str) -> None:
    with pytest.raises(OutputError):
        FULL.parse(text)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_numbers_that_are_no_json_are_refused(number: str) -> None:
    with pytest.raises(OutputError):
        StructuredOutput({"score": "number"}).parse(f'{{"score": {number}}}')


@pytest.mark.parametrize("kind", ["integer", "number"])
@pytest.mark.parametrize("number", ["1e999", "9" * 400, "-" + "9" * 400])
def test_a_huge_number_is_no_crash(kind: str, number: str) -> None:
    with pytest.raises(OutputError, match="count"):
        StructuredOutput({"count": kind}).parse(f'{{"count": {number}}}')


def test_a_long_wrong_answer_is_quoted_short() -> None:
    with pytest.raises(OutputError) as caught:
        FULL.parse("x" * 10_000)
    assert len(str(caught.value)) < 150


def test_route_is_limited_to_known_agents() -> None:
    output = StructuredOutput({"route": "string"}, agents=("billing", "general"))
    assert output.schema()["properties"]["route"]["enum"] == ["billing", "general"]
    assert output.parse('{"route": "billing"}') == {"route": "billing"}
    with pytest.raises(OutputError, match="billing, general"):
        output.parse('{"route": "shell"}')


@given(cut=st.integers(min_value=0, max_value=200), text=st.text(max_size=60))
def test_a_cut_answer_gives_its_first_keys_or_an_error(cut: int, text: str) -> None:
    output = StructuredOutput({"score": "number", "text": "string"})
    whole = json.dumps({"score": 7, "text": text})
    try:
        found = output.parse(whole[:cut], is_cut_off=True)
    except OutputError:
        assert '"text": "' not in whole[:cut] or "\\" in whole[:cut][-6:]
    else:
        assert found["score"] == 7
        assert text.startswith(found["text"]) or "\\" in whole[:cut]


def test_a_cut_answer_without_a_required_key_is_an_error() -> None:
    output = StructuredOutput({"text": "string", "score": "number"})
    with pytest.raises(OutputError, match="score"):
        output.parse('{"text": "on and on', is_cut_off=True)
