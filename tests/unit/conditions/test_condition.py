"""What conditions mean (semantics §4, §9)."""

from __future__ import annotations

import copy
import warnings
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentflow_tui.conditions import Condition, ConditionError, ConditionSyntaxError, Scope, parse_condition
from agentflow_tui.conditions.comparison import compare_path


def value_of(text: str, /, **data: Any) -> Any:
    return parse_condition(text).evaluate(Scope(data))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("missing", None),
        ("missing == null", True),
        ("missing > 1", False),
        ("missing < 1", False),
        ("missing >= null", False),
        ("not missing > 1", True),
        ("'a' < 1", False),
        ("'a' < 'b'", True),
        ("true > false", False),
        ("[1] < [2]", False),
        ("1 == true", False),
        ("0 == false", False),
        ("true == True and false == False and null == None", True),
        ("1 == 1.0", True),
        ("'1' == 1", False),
        ("1 < 2 < 3", True),
        ("1 < 3 < 2", False),
        ("1 < 2 > 1", True),
        ("1 in [1, 2]", True),
        ("true in [1]", False),
        ("1 in 'a1'", False),
        ("'a' in missing", False),
        ("'a' not in missing", True),
        ("7 // 2", 3),
        ("7 % 4", 3),
        ("-(2 - 5)", 3),
        ("+2", 2),
        ("missing + 1", None),
        ("missing + 1 > 0", False),
        ("-missing", None),
        ("len(missing)", 0),
        ("len('abc')", 3),
        ("lower(missing)", None),
        ("contains(missing, 'a')", False),
        ("contains([1, 2], 2)", True),
        ("contains('abc', 1)", False),
        ("startswith(missing, 'a')", False),
        ("startswith('abc', 'ab')", True),
        ("abs(missing)", None),
        ("abs(-2)", 2),
        ("min(3, 1, 2)", 1),
        ("max([3, 1])", 3),
        ("min([])", None),
        ("max(1, missing)", None),
        ("[1, 'a', null, true]", [1, "a", None, True]),
        ("'a' 'b'", "ab"),
        ("1 or missing", 1),
        ("0x10 + 1_000", 1016),
    ],
)
def test_values(text: str, expected: object) -> None:
    value = value_of(text)
    assert value == expected
    assert type(value) is type(expected)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a / b", "division by zero"),
        ("a // b", "division by zero"),
        ("a % b", "division by zero"),
        ("name + 1", "text cannot be used with +"),
        ("flag * 2", "a boolean cannot be used"),
        ("-name", "text cannot be used"),
        ("len(a)", "a number has no length"),
        ("lower(a)", "lower works on text"),
        ("abs(name)", "abs works on numbers"),
        ("max(a, name)", "max works on numbers"),
        ("table + 1", "a table cannot be used"),
    ],
)
def test_what_cannot_be_answered(text: str, message: str) -> None:
    scope = Scope({"a": 1, "b": 0, "name": "x", "flag": True, "table": {}})
    with pytest.raises(ConditionError, match="condition") as failed:
        parse_condition(text).holds(scope)
    assert message in str(failed.value)
    assert text in str(failed.value)


def test_and_stops_before_the_part_that_cannot_be_answered() -> None:
    assert value_of("n != 0 and 10 / n > 1", n=0) is False


def test_any_key_is_reached_with_brackets() -> None:
    assert value_of('data["any-key"] == 1', **{"any-key": 1}) is True
    assert value_of('has(data["a b"].c)', **{"a b": {"c": None}}) is True
    assert value_of('report["sub key"]', report={"sub key": 2}) == 2
    assert value_of('data["meta"]', meta=3) == 3
    assert value_of("data.meta", meta=3) == 3


def test_names_of_the_run() -> None:
    scope = Scope({"iteration": 9}, {"tier": "gold"}, {"data": {"k": 1}}, iteration=2, elapsed_seconds=1.5)
    assert parse_condition("meta.tier == 'gold' and event.data.k == 1").holds(scope)
    assert parse_condition("iteration").evaluate(scope) == 2
    assert parse_condition("iteration").evaluate(Scope({"iteration": 9})) == 9
    assert parse_condition("elapsed_seconds").evaluate(scope) == 1.5
    assert parse_condition("elapsed_seconds").evaluate(Scope({})) is None


def test_names_and_their_places() -> None:
    condition = parse_condition(
        '  größe > 1 and report.score < 2 and meta.x and data["b-c"] and iteration > 1'
    )
    assert condition.names == {"größe", "report", "b-c"}
    places = {use.name: condition.text[use.column - 1 : use.end_column - 1] for use in condition.uses}
    assert places == {"größe": "größe", "report": "report.score", "b-c": 'data["b-c"]'}


@pytest.mark.parametrize(
    ("text", "column", "end_column"),
    [
        ("a > 1 and exec('x')", 11, 15),
        ("   open('x')", 4, 8),
        ("größe == 'ü' and open('x')", 18, 22),
        ("a == 'x = y' and b = 2", 20, 21),
        ("a ** 2", 1, 7),
        ("1 + 'a'", 5, 8),
        ("a == 1\tand b.c()", 12, 15),
    ],
)
def test_columns(text: str, column: int, end_column: int) -> None:
    with pytest.raises(ConditionSyntaxError) as refused:
        parse_condition(text)
    assert (refused.value.column, refused.value.end_column) == (column, end_column)


def test_single_equals_is_explained() -> None:
    with pytest.raises(ConditionSyntaxError) as refused:
        parse_condition("n = 3")
    assert "==" in refused.value.hint


@pytest.mark.parametrize(
    ("text", "column", "message", "hint"),
    [
        ("priority ==", 12, "ends too early", "behind"),
        ("  a and", 8, "ends too early", "behind"),
        ("a && b", 3, "&&", "and"),
        ("a || b", 3, "||", "or"),
        ("!a", 1, "!", "not"),
        ("a === b", 3, "===", "=="),
        ("a <> b", 3, "<>", "!="),
        ("class == 1", 1, "class", 'data["class"]'),
        ("a b", 3, "'b'", ""),
        ("len(a", 4, "'(' was never closed", "close"),
        ("a == 'x", 6, "unterminated text", "close"),
        ("a == 'p=q' or d = 1", 17, "=", "=="),
        ("€ > 1", 1, "€", ""),
    ],
)
def test_faults_are_said_for_people(text: str, column: int, message: str, hint: str) -> None:
    with pytest.raises(ConditionSyntaxError) as refused:
        parse_condition(text)
    fault = refused.value
    assert (fault.column, message in fault.message, hint in fault.hint) == (column, True, True), vars(fault)


def test_odd_literals_warn_nobody() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert parse_condition(r"contains(m, '\d')").holds(Scope({"m": r"\d"}))


def test_conditions_are_equal_by_text() -> None:
    assert parse_condition("a > 1") == parse_condition("a > 1")
    assert hash(parse_condition("a > 1")) == hash(parse_condition("a > 1"))
    assert parse_condition("a > 1") != parse_condition("a > 2")


def test_evaluating_changes_nothing() -> None:
    data = {"a": {"b": [1, {"c": 2}]}, "n": 1}
    before = copy.deepcopy(data)
    assert parse_condition("contains(a.b, 1) and len(a.b) == n + 1").holds(Scope(data))
    assert data == before


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)
PARTS = st.sampled_from(
    [
        "a",
        "b.c",
        "1",
        "0",
        "'x'",
        "true",
        "null",
        "[1, a]",
        "len(a)",
        "lower(b)",
        "abs(a)",
        "has(a.b)",
        "max(a, 1)",
    ]
)
SIGNS = st.sampled_from(["+", "-", "*", "/", "//", "%", "<", ">=", "==", "!=", "in", "not in", "and", "or"])


@given(
    parts=st.lists(PARTS, min_size=1, max_size=6),
    signs=st.lists(SIGNS, min_size=5, max_size=5),
    a=JSON,
    b=JSON,
)
def test_whatever_the_values_only_the_two_errors_come(
    parts: list[str], signs: list[str], a: Any, b: Any
) -> None:
    text = parts[0] + "".join(f" {sign} {part}" for sign, part in zip(signs, parts[1:], strict=False))
    try:
        condition = parse_condition(text)
    except ConditionSyntaxError:
        return
    try:
        condition.evaluate(Scope({"a": a, "b": b}))
    except ConditionError as error:
        assert str(error)


@pytest.mark.parametrize("root", ["data", "meta", "event"])
def test_a_whole_table_is_no_text_and_no_number(root: str) -> None:
    assert not parse_condition(f"{root} == 'x'").holds(Scope({}))
    assert parse_condition(f"{root} != null").holds(Scope({}))
    assert not parse_condition(f"{root} > 0").holds(Scope({}))


@given(
    path=st.sampled_from(
        ["a", "b.c", "meta.m", "event.a", "iteration", "elapsed_seconds", "a['b.c']", "data", "meta", "event"]
    ),
    sign=st.sampled_from(["<", "<=", ">", ">=", "==", "!=", "in", "not in"]),
    literal=st.sampled_from(["1", "1.0", "0.5", "true", "null", "'x'", "''", "-1"]),
    a=JSON,
    b=JSON,
    iteration=st.none() | st.integers(1, 3),
)
def test_the_short_way_says_what_the_long_way_says(
    path: str, sign: str, literal: str, a: Any, b: Any, iteration: int | None
) -> None:
    condition = parse_condition(f"{path} {sign} {literal}")
    scope = Scope({"a": a, "b": b}, {"m": "x"}, {"a": a}, iteration, 1.0 if iteration else None)
    assert (compare_path(condition.tree) is None) is (literal == "-1")
    assert (condition.of_data is None) is (literal == "-1" or path != "a")
    assert condition.of_data is None or condition.of_data(scope.data) is condition.holds(scope)
    assert condition.holds(scope) is bool(condition.evaluate(scope))


@given(st.text(max_size=60))
def test_any_text_parses_or_is_refused(text: str) -> None:
    try:
        assert isinstance(parse_condition(text), Condition)
    except ConditionSyntaxError as error:
        assert 1 <= error.column <= len(text) + 1


@settings(max_examples=1000, deadline=None)
@given(st.text(alphabet="ab1. '\"()[]{}=<>!&|:+-*/%,#\\nf_", max_size=16))
def test_signs_in_any_order_parse_or_are_refused(text: str) -> None:
    try:
        assert parse_condition(text).text == text
    except ConditionSyntaxError as error:
        assert 1 <= error.column <= len(text) + 1
        assert error.message
