"""Changing a flow's text keeps what people wrote around the value."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentflow_tui.config.edit import EditError, remove_value, set_value
from agentflow_tui.config.problem import KeyPath

TEXT = """# my flow
[orchestration]
mode = "loop"   # the mode
loop_agent = "a"

[[orchestration.mixed.stages]]
name = "S" # first
agents = [
  "a", # one
  "b",
]

[agents.a] # the agent
llm = { model = "m" }
"""


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        (("orchestration", "mode"), "route", 'mode = "route"   # the mode'),
        (("orchestration", "max_iterations"), 7, "max_iterations = 7"),
        (("orchestration", "mixed", "stages", 0, "name"), "T", 'name = "T" # first'),
        (("orchestration", "mixed", "stages", 0, "agents", 0), "c", '  "c", # one'),
        (("agents", "a", "llm", "model"), "x", 'llm = { model = "x" }'),
        (("agents", "b c", "role"), "r", 'role = "r"'),
    ],
)
def test_set(path: KeyPath, value: object, line: str) -> None:
    edited = set_value(TEXT, path, value)
    assert line in edited.split("\n")
    for comment in ("# my flow", "# the mode", "# first", "# one", "# the agent"):
        assert comment in edited
    found: Any = tomllib.loads(edited)
    for part in path:
        found = found[part]
    assert found == value


def test_only_that_line_changes() -> None:
    before, after = TEXT.split("\n"), set_value(TEXT, ("orchestration", "mode"), "route").split("\n")
    assert [b for b, a in zip(before, after, strict=True) if a != b] == ['mode = "loop"   # the mode']


def test_remove() -> None:
    edited = remove_value(TEXT, ("orchestration", "loop_agent"))
    assert edited == TEXT.replace('loop_agent = "a"\n', "")
    assert remove_value(TEXT, ("orchestration", "nothing", "here")) == TEXT


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("[a", ("a",)),
        (TEXT, ("orchestration", "mode", "x")),
        (TEXT, ("agents", 0)),
        (TEXT, ("orchestration", "mixed", "stages", 5, "name")),
    ],
)
def test_impossible_changes(text: str, path: KeyPath) -> None:
    with pytest.raises(EditError):
        set_value(text, path, 1)


VALUES = (
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=20)
    | st.integers(0, 99)
    | st.booleans()
)


@settings(deadline=None)
@given(VALUES)
def test_any_value_is_read_back(value: object) -> None:
    assert tomllib.loads(set_value(TEXT, ("agents", "a", "prompt"), value))["agents"]["a"]["prompt"] == value
