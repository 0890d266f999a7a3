"""Every key and value of a TOML text is found where it stands."""

from __future__ import annotations

import time
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from agentflow_tui.config.problem import KeyPath
from agentflow_tui.config.toml_positions import TomlPositions
from agentflow_tui.config.toml_string import character_offsets, string_end

TRICKY = (
    """# a comment = [not a table]
top = 1
a.b . "c d".e = "x" # text
'single' = 'it"""
    + "'"
    + '''
[orchestration] # [no]
mode = "mixed"
list = [ # first
  "a]", # ]
  'b#',
  [1, [2]],
  { k = "v", n.m = [3] },
]
empty = []
nothing = {}
long = """
  x "quoted" \\
     y"""
raw = \'\'\'
[[not.a.table]]
\'\'\'
date = 2026-11-22 10:00:00
[[orchestration.mixed.stages]]
name = "S"
config = { failure_threshold = 0.3, loop_condition = "a > 1" }
[[orchestration.mixed.stages.branches]]
name = "one"
[[orchestration.mixed.stages.branches]]
name = "two"
[orchestration.mixed.stages.branches.config]
max_iterations = 3
[[orchestration.mixed.stages]]
name = "T"
  [[  orchestration . mixed . "stages" . branches ]]
  name = "three"
[agents."a b"]
role="r"
[agents.'c.d'.llm]
temperature=0.5
'''.replace("it'\n", "it'\n")
)


def paths_of(value: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    if path:
        yield path, value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from paths_of(inner, (*path, key))


def assert_all_found(text: str) -> None:
    document, positions = tomllib.loads(text), TomlPositions(text)
    found = dict(paths_of(document))
    assert set(positions.spans) == set(found)
    for path, value in found.items():
        span = positions.spans[path]
        source = text[span.value_start : span.value_end]
        if not isinstance(value, dict | list):
            assert tomllib.loads(f"x = {source}")["x"] == value, path
        if isinstance(path[-1], str):
            key = text[span.key_start : span.key_end]
            assert next(iter(tomllib.loads(f"{key} = 1"))) == path[-1]


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_tricky_text(line_end: str) -> None:
    assert_all_found(TRICKY.replace("\n", line_end))


def test_lines_and_columns() -> None:
    positions = TomlPositions(TRICKY)
    span = positions.spans["orchestration", "mixed", "stages", 1, "branches", 0, "name"]
    line, column = positions.line_and_column(span.key_start)
    assert TRICKY.split("\n")[line - 1][column - 1 :] == 'name = "three"'
    item = positions.spans["orchestration", "list", 3, "n", "m", 0]
    assert TRICKY[item.value_start : item.value_end] == "3"


def test_nearest_place() -> None:
    positions = TomlPositions("[a]\nb = 1\n")
    assert positions.nearest(("a", "b", "c"))[0] == ("a", "b")
    assert positions.nearest(("a", "z"))[0] == ("a",)
    assert positions.nearest(("z",)) == ((), None)


KEYS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=6)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12)
SCALARS = (
    TEXTS | st.integers(-(2**60), 2**60) | st.booleans() | st.floats(allow_nan=False, allow_infinity=False)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(KEYS, VALUES, max_size=5))
def test_whatever_a_toml_writer_writes(document: dict[str, Any]) -> None:
    text = tomlkit.dumps(document)
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    assert_all_found(text)


@settings(deadline=None)
@given(TEXTS)
def test_characters_of_a_string(value: str) -> None:
    source = tomlkit.string(value).as_string()
    assert string_end(source + " # end", 0) == len(source)
    offsets = character_offsets(source)
    assert len(offsets) == len(value) + 1
    for index, character in enumerate(value):
        piece = source[offsets[index] : offsets[index + 1]]
        assert tomllib.loads(f'x = "{piece}"')["x"] == character if piece not in "\"'" else piece == character


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ('"""\n  a\\\n   b"""', "  ab"),
        ("'''\nx'y'''", "x'y"),
        ('"\\u00e4\\tb"', "ä\tb"),
        ('""""a""""', '"a"'),
    ],
)
def test_characters_of_long_strings(source: str, value: str) -> None:
    assert tomllib.loads(f"x = {source}")["x"] == value
    offsets = character_offsets(source)
    assert len(offsets) == len(value) + 1
    assert source[offsets[-2]] == value[-1]


def test_five_megabytes_in_proportion_to_reading_them() -> None:
    table = (
        '[agents.a{0}]\nsystem_prompt = "You are helper number {0}."\n[agents.a{0}.llm]\ntemperature = 0.5\n'
    )
    text = "".join(table.format(number) for number in range(50_000))
    start = time.process_time()
    tomllib.loads(text)
    reading = time.process_time() - start
    start = time.process_time()
    positions = TomlPositions(text)
    assert len(positions.spans) == 200_001
    assert time.process_time() - start < 4 * reading
