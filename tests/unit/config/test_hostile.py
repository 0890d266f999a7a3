"""Whatever stands in a file, a check answers with problems that have a place and a way out."""

from __future__ import annotations

import copy
import tomllib
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from agentflow_tui.config import Checked, check_text

EVERYTHING = Path(__file__).with_name("everything.toml").read_text("utf-8")
DOCUMENT = tomllib.loads(EVERYTHING)


def paths_of(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    below = [inner for key, part in items for inner in paths_of(part, (*path, key))]
    return [path, *below] if path else below


PATHS = paths_of(DOCUMENT)
VALUES = st.recursive(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=8)
    | st.integers(-(2**62), 2**62)
    | st.floats()
    | st.booleans()
    | st.datetimes()
    | st.sampled_from(["a", "b", "c", "a = 1", "open('x')", "route", "parallel", "../x", "90s", "{x}"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["a", "mode", "x y"]), inner, max_size=2)
    ),
    max_leaves=4,
)


def assert_sound(text: str, checked: Checked) -> None:
    lines = text.split("\n")
    assert checked.is_valid is not any(p.severity == "error" for p in checked.problems)
    for problem in checked.problems:
        assert 1 <= problem.line <= max(len(lines), 1)
        assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1
        assert problem.end_column > problem.column
        assert problem.message
        assert problem.hint
        assert len(problem.message) < 400


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PATHS), VALUES), min_size=1, max_size=4))
def test_any_value_anywhere(changes: list[tuple[tuple[Any, ...], Any]]) -> None:
    document = copy.deepcopy(DOCUMENT)
    for path, value in changes:
        holder: Any = document
        for part in path[:-1]:
            try:
                holder = holder[part]
            except (KeyError, IndexError, TypeError):
                break
        else:
            key = path[-1]  # another change may have put a table where a list was, or a list for a table
            known = range(len(holder)) if isinstance(holder, list) else ()
            if key in known or (isinstance(holder, dict) and isinstance(key, str)):
                holder[key] = value
    text = tomlkit.dumps(document)
    assert_sound(text, check_text(text, env={}))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(EVERYTHING)), st.integers(0, 40), st.text(max_size=6))
def test_any_cut_in_the_text(start: int, length: int, inserted: str) -> None:
    text = EVERYTHING[:start] + inserted + EVERYTHING[start + length :]
    assert_sound(text, check_text(text, env={}))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80))
def test_any_text(text: str) -> None:
    assert_sound(text, check_text(text, env={}))


@settings(max_examples=30, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["LLM_MODEL", "LLM_SEED", "AGENT_A_ENABLED", "AGENT_A_LLM_TOP_P"]), st.text()
    )
)
def test_any_environment(values: dict[str, str]) -> None:
    env = {f"AGENTFLOW_{name}": value for name, value in values.items()}
    checked = check_text(EVERYTHING, env=env)
    assert_sound(EVERYTHING, checked)
    assert all("disabled" in problem.message for problem in checked.errors)


# Twice as many as Python goes into calls.
DEEP = ".".join(["a"] * 5000)


@pytest.mark.parametrize(
    "text",
    [f"{DEEP} = 1", f"[{DEEP}]", f"[providers.x]\n{DEEP} = 1", f"[[{DEEP}]]"],
    ids=["key", "table", "key in a table", "array"],
)
def test_dotted_keys_by_the_thousand_are_too_deep(text: str) -> None:
    (problem,) = check_text(text, env={}).problems
    assert problem.message == "the TOML is nested too deeply"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("a = 'x\x01y'", "remove the control character at column 7"),
        ("# a\x7f", "remove the control character at column 4"),
        ("a = 1\nb = \x02", "remove the control character at column 5"),
        ('a = "b\x00"', "remove the control character at column 7"),
        ("[[a", "close the table's name with ]]"),
        ("[[a]\nb = 1", "close the table's name with ]]"),
        ("[a\nb = 1", "close the table's name with ]"),
        ("a = { b = 1 c = 2 }", "put a comma between two keys and } at the end: { x = 1, y = 2 }"),
    ],
)
def test_the_way_out_of_a_syntax_error(text: str, hint: str) -> None:
    assert [problem.hint for problem in check_text(text, env={}).problems] == [hint]


@pytest.mark.parametrize("value", ["12", "nan", "2026-01-01", "true", "[1, inf]", "[{ a = [10:00:00] }]"])
@pytest.mark.parametrize("key", ["answers", "replies.a"])
def test_prepared_answers_are_json(key: str, value: str) -> None:
    problems = check_text(f"[agents.a]\n[providers.scripted]\n{key} = {value}\n", env={}).problems
    (error,) = [problem for problem in problems if problem.severity == "error"]
    assert (error.path, error.line) == (f"providers.scripted.{key}", 3)
    assert error.hint.startswith('write ["first answer"')


@pytest.mark.parametrize("value", ["'text'", "['a', 1, true, 0.5, [2], { b = 'c' }]", "{ a = 1 }"])
@pytest.mark.parametrize("key", ["answers", "replies.a"])
def test_prepared_answers_that_are_json_pass(key: str, value: str) -> None:
    assert check_text(f"[agents.a]\n[providers.scripted]\n{key} = {value}\n", env={}).is_valid
