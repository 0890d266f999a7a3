"""Structured output: the JSON that an agent's `output` table asks for, and reading what a model made of it."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
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

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON schema to send with a request; every key is required, in file order."""
        properties = {key: dict(_SCHEMAS[kind]) for key, kind in self.output.items()}
        if ROUTE in properties and self.agents:
            properties[ROUTE] = {"type": "string", "enum": list(self.agents)}
        return {
            "type": "object",
            "properties": properties,
            "required": list(properties),
            "additionalProperties": False,
        }

    def parse(self, text: str) -> dict[str, Any]:
        """Return the keys and values of an answer; other keys in it are left out.

        Text around the JSON and a code fence are ignored, since models add them even when told not to.

        Raises:
            OutputError: No JSON object, a missing key, a value of another type, or an unknown agent as `route`.
        """
        found = _find_object(text)
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
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
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


def _quote(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
