"""pydantic's findings, said the way a flow's author can use them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic_core import ErrorDetails

from agentflow_tui.config.finding import Finding
from agentflow_tui.config.flow import Flow
from agentflow_tui.config.known_keys import known_keys
from agentflow_tui.config.llm import LlmConfig
from agentflow_tui.config.nearest import nearest_name
from agentflow_tui.config.problem import KeyPath, format_path, shorten

_TYPES = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "string_type": "text",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "finite_number": "a finite number",
}
_LIMITS = {
    "greater_than": ("gt", "above"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "below"),
    "less_than_equal": ("le", "at most"),
}
_USUAL_TABLES = ("orchestration", "llm", "agent_flow")
"""Where a key belongs that stands in no table, the likeliest first."""
_AGENT_KEY = 3  # agents, the name, the key
_MODE_SUGGESTIONS = {
    "collaborate": 'write mode = "collaborative"',
    "collab": 'write mode = "collaborative"',
    "parallel": 'write mode = "collaborative", or mode = "mixed" with a stage whose mode is "parallel"',
    "seq": 'write mode = "sequential"',
    "pipeline": 'write mode = "sequential"',
    "hybrid": 'write mode = "mixed"',
}


def unknown_key(error: ErrorDetails) -> Finding:
    """Say that a key is not known, and which one may be meant (semantics §8)."""
    path = error["loc"]
    name = str(path[-1])
    known = known_keys(Flow, path[:-1])
    meant = nearest_name(name, known)
    table = format_path(path[:-1])
    if path[0] == "agents" and len(path) == _AGENT_KEY and name in LlmConfig.model_fields:
        hint = f"move it to [{table}.llm]"
    elif inner := _table_that_knows(name, path[:-1], known):
        hint = f"move it to [{inner}]"
    elif meant is not None:
        hint = f"did you mean {meant}?"
    else:
        where = f"[{table}]" if table else "a flow"
        hint = f"{where} knows {shorten(', '.join(sorted(known)), 240)}; remove it or move it"
    return Finding("warning", path, f"unknown key {shorten(name)!r}; it is ignored", hint, at_key=True)


def _table_that_knows(name: str, path: KeyPath, known: Sequence[str]) -> str | None:
    """Return the table right below `path` in which `name` is a key, as in `condition` outside of its loop."""
    tables = known if path else _USUAL_TABLES
    inner = next((key for key in tables if name in known_keys(Flow, (*path, key))), None)
    return None if inner is None else _header((*path, inner))


def type_finding(error: ErrorDetails) -> Finding:
    """Say what kind of value belongs there, with the way out."""
    path, kind = error["loc"], error["type"]
    context: dict[str, Any] = error.get("ctx", {})
    hint = str(context.get("hint", ""))
    if kind == "literal_error":
        return _word_finding(error)
    if kind == "conflict":
        return Finding("error", (*path, context["key"]), context["reason"], hint, at_key=True)
    if kind == "condition":
        columns = (context["column"], context["end_column"])
        return Finding("error", path, error["msg"], hint or _CONDITION, columns)
    message, suggestion = _value_texts(error, context)
    return Finding("error", path, f"{_key(path)} {message}", hint or suggestion, at_key=kind == "missing")


def _value_texts(error: ErrorDetails, context: dict[str, Any]) -> tuple[str, str]:
    kind, value = error["type"], error["input"]
    if kind == "missing":
        return "is missing", f"add {_key(error['loc'])} here"
    if kind in _LIMITS:
        key, word = _LIMITS[kind]
        limit = f"{word} {_plain(context[key])}"
        return f"is {shorten(value)}; it must be {limit}", f"choose a value {limit}"
    if kind in _TYPES:
        what = _TYPES[kind]
        if isinstance(value, dict) and error["loc"][-1] in _TABLE_LISTS:
            return "must be a list of tables, not one table", f"write [[{_header(error['loc'])}]]"
        return f"must be {what}, not {_found(value)}", _example(what, error["loc"], value)
    return shorten(error["msg"], 200), "write another value"


def _key(path: KeyPath) -> str:
    """Name the last key of a path, whose item a list position is."""
    key = next((part for part in reversed(path) if isinstance(part, str)), "the file")
    return f"an item of {shorten(key)}" if isinstance(path[-1], int) else shorten(key)


_TABLE_LISTS = ("hooks", "switch", "rules", "stages", "branches", "choices")
"""Keys with many tables, which are easily written with the brackets of one: `[hooks]`."""


def _header(path: KeyPath) -> str:
    return shorten(".".join(part for part in path if isinstance(part, str)))


_CONDITION = 'a condition looks like "quality_score >= 0.9 and has(review)"'


def _word_finding(error: ErrorDetails) -> Finding:
    path, value = error["loc"], error["input"]
    expected = str(error.get("ctx", {}).get("expected", ""))
    words = [word.strip("'") for word in expected.replace(" or ", ", ").split(", ")]
    if not isinstance(value, str):
        return Finding(
            "error", path, f"{_key(path)} must be text, not {_found(value)}", f"one of: {', '.join(words)}"
        )
    hint = _MODE_SUGGESTIONS.get(value.lower()) if path[-1] in ("mode", "pattern") else None
    if hint is None:
        meant = nearest_name(value, words)
        hint = f"did you mean {meant}?" if meant else f"one of: {', '.join(words)}"
    return Finding("error", path, f"unknown {_what(path)} {shorten(value)!r}", hint)


def _what(path: KeyPath) -> str:
    if isinstance(path[-1], int):
        return f"item of {_key(path[:-1])}"
    return "type of answer" if path[-2:-1] == ("output",) else _key(path)


def _plain(limit: float) -> str:
    return str(int(limit)) if limit == int(limit) else str(limit)


def _found(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case dict():
            return "a table"
        case list():
            return "a list"
        case str():
            return f"the text {shorten(value)!r}"
    return shorten(value)


def _example(what: str, path: KeyPath, value: object) -> str:
    if path[-1] == "output":
        return 'name keys and types: { score = "number" }'
    if path[:-1] == ("agents",) and isinstance(value, list):
        return f"write [{_header(path)}] with single brackets"
    examples = {
        "a whole number": "write it without quotes, such as 5",
        "a number": "write it without quotes, such as 0.7",
        "text": 'put it in quotes, such as "writer"',
        "true or false": "write true or false without quotes",
        "a list": 'write ["first", "second"]',
        "a table": "give it a table of its own, [like.this]",
    }
    return examples.get(what, f"write {what}")
