"""Texts of the program name keys by their actions, so that they stay true for keys of one's own."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import agentflow_tui.tui
from agentflow_tui.tui.keymap.named_keys import with_keys
from agentflow_tui.tui.keymap.table import TABLE

ROOM = Path(agentflow_tui.tui.__file__).parent
FIXED = {"panes/graph/node_search.py"}
"""Read their keys themselves, whatever the table says."""
NAMES_A_KEY = re.compile(
    r"\b(esc|F\d+|(ctrl|alt)\+\w+)\b|\^[a-z]\b|\*\*(escape|.)\*\*|\b[Pp]ress [A-Za-z]\b|\bspace (runs|on/off)"
    r"|(^|[·;.:,] |[a-z] )[B-Zb-z] (shows|lists|goes|makes|sets|adds|runs|lets|copy|copies|writes|unpins)\b"
)
CAUGHT = (
    "n new · esc close",
    "not ready: F5 tries again",
    "**n** goes on",
    "save as with alt+s",
    "^s pin · y copies it",
    "There is no run yet: space runs the flow",
    "No run; r lists the stored runs.",
    "press i and correct the input",
)


def texts(source: str) -> Iterator[ast.Constant]:
    tree = ast.parse(source)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    told = {
        id(line.value)
        for node in ast.walk(tree)
        if isinstance(node, documented)
        for line in node.body
        if isinstance(line, ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node


@pytest.mark.parametrize("text", CAUGHT)
def test_a_text_with_a_fixed_key_is_caught(text: str) -> None:
    assert NAMES_A_KEY.search(text)


@pytest.mark.parametrize(
    "path", sorted(ROOM.rglob("*.py")), ids=lambda path: path.relative_to(ROOM).as_posix()
)
def test_no_text_names_a_fixed_key(path: Path) -> None:
    name = path.relative_to(ROOM).as_posix()
    if name.startswith("keymap/") or name.endswith("_keys.py") or name in FIXED:
        return
    found = [each.value for each in texts(path.read_text(encoding="utf-8")) if " " in str(each.value)]
    assert [text for text in found if NAMES_A_KEY.search(str(text))] == []


@pytest.mark.parametrize(
    "path", sorted(ROOM.rglob("*.py")), ids=lambda path: path.relative_to(ROOM).as_posix()
)
def test_every_action_that_a_text_names_is_there(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    for each in texts(source):
        with_keys(str(each.value))
    named = re.findall(r"key_(?:of|in_text)\(['\"]([^'\"]+)", source)
    assert set(named) <= {key.id for key in TABLE}


def test_no_explanation_of_a_key_names_another_key() -> None:
    assert [
        key.tooltip for key in TABLE if re.search(r"\b(esc|escape|F\d+|[B-Zb-z] and [A-Z])\b", key.tooltip)
    ] == []
