"""Structured output: the JSON that an agent's `output` table asks for, and reading what a model made."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from sys import float_info
from typing import Any

ROUTE = "route"
"""The key that hands over to another agent instead of entering the data (semantics §7)."""

_SCHEMAS: dict[str, dict[str, Any]] = {
    "string": {"type": "string"},
    "number": {"type": "number"},
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "list": {"type": "array", "items": {"type": "string"}},
}
_FENCE = re.compile(r"```[a-zA-Z]*\n(.*?)```", re.DOTALL)
_SHORTEST_TEXT = 20
_LONGEST_LIST = 4
_SHOWN = 80
"""Characters of a wrong answer that an error quotes."""


class OutputError(ValueError):
    """A model's answer is not the JSON that was asked for; the text says what is wrong."""


class StructuredOutput:
    """The keys and types that one agent answers with."""

    def __init__(self, output: Mapping[str, str], *, agents: Collection[str] = ()) -> None:
        """Take the `[agents.X.output]` table and the names that the key `route` may take."""
        self.output = dict(output)
        self.agents = tuple(agents)

    def schema(self, characters: int | None = None) -> dict[str, Any]:
        """Return the JSON schema to send with a request; every key is required, in file order.

        `characters` is how long all texts together may be, for servers whose grammar can bound them: a small
        model that rambles would otherwise be cut off in the middle of its JSON.
        """
        properties = {key: _SCHEMAS[kind] for key, kind in self.output.items()}
        if characters is not None:
            texts = sum(kind in {"string", "list"} for kind in self.output.values())
            share = max(_SHORTEST_TEXT, characters // max(1, texts))
            properties = {key: _bounded(schema, share) for key, schema in properties.items()}
        if ROUTE in properties and self.agents:
            properties[ROUTE] = {"type": "string", "enum": list(self.agents)}
        return {
            "type": "object",
            "properties": properties,
            "required": list(properties),
            "additionalProperties": False,
        }

    def parse(self, text: str, *, is_cut_off: bool = False) -> dict[str, Any]:
        """Return the keys and values of an answer; other keys in it are left out.

        Text around the JSON and a code fence are ignored, since models add them even when told not to. An
        answer that was cut off is taken as far as it goes, like a plain one: it counts if no key is missing.

        Raises:
            OutputError: No JSON object, a missing key, a wrong type, or an unknown agent as `route`.
        """
        found = _find_object(text + _closing(text) if is_cut_off else text)
        return {key: self._value(key, kind, found) for key, kind in self.output.items()}

    def _value(self, key: str, kind: str, found: Mapping[str, Any]) -> Any:
        if key not in found:
            raise OutputError(f"the answer lacks {key!r}")
        value = _fit(found[key], kind)
        if value is None:
            raise OutputError(f"{key!r} should be {kind} and is {_quote(json.dumps(found[key]))}")
        if key == ROUTE and self.agents and value not in self.agents:
            raise OutputError(f"{ROUTE!r} names {_quote(str(value))}; agents are {', '.join(self.agents)}")
        return value


def _bounded(schema: dict[str, Any], characters: int) -> dict[str, Any]:
    match schema["type"]:
        case "string":
            return {**schema, "maxLength": characters}
        case "array":
            item = {**schema["items"], "maxLength": max(_SHORTEST_TEXT, characters // _LONGEST_LIST)}
            return {**schema, "items": item, "maxItems": _LONGEST_LIST}
        case _:
            return schema


def _closing(text: str) -> str:
    """Return what closes the string, lists and objects that are open at the end of the text."""
    closers, is_text, is_escaped = [], False, False
    for character in text[max(0, text.find("{")) :]:
        if is_text:
            is_escaped, was_escaped = character == "\\" and not is_escaped, is_escaped
            is_text = character != '"' or was_escaped
        elif character == '"':
            is_text = True
        elif character in "{[":
            closers.append("}" if character == "{" else "]")
        elif character in "}]" and closers:
            closers.pop()
    # A backslash at the very end would escape the quote; doubled, it is itself.
    return "\\" * is_escaped + '"' * is_text + "".join(reversed(closers))


def _find_object(text: str) -> Mapping[str, Any]:
    fenced = _FENCE.search(text)
    bodies = [text, *([fenced[1]] if fenced else [])]
    start, end = text.find("{"), text.rfind("}")
    if 0 <= start < end:
        bodies.append(text[start : end + 1])
    for body in bodies:
        try:
            value = json.loads(body, parse_constant=_refuse)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            return value
    raise OutputError(f"the answer is no JSON object: {_quote(text)}")


def _refuse(name: str) -> Any:
    # NaN and Infinity are no JSON, and would poison every comparison after them.
    raise ValueError(name)


def _fit(value: Any, kind: str) -> Any:
    """Return the value if it has that type, else None (JSON null fits none)."""
    # 1e999 is JSON that Python reads as infinity, and a whole number may be too large for a float.
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and _is_finite(value)
    match kind:
        case "string":
            return value if isinstance(value, str) else None
        case "number":
            return value if is_number else None
        case "integer":
            return int(value) if is_number and value == int(value) else None
        case "boolean":
            return value if isinstance(value, bool) else None
        case _:
            return value if isinstance(value, list) else None


def _is_finite(number: float) -> bool:
    return abs(number) <= float_info.max


def _quote(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
