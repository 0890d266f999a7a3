"""An agent's `prompt`: text with `{key}` places that the state's data fills, and nothing more clever."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_PLACE = re.compile(r"\{\{|\}\}|\{([^{}\s][^{}\n]*)\}")


class MissingKeyError(KeyError):
    """The state has no value for a place; `key` names it."""

    def __init__(self, key: str) -> None:
        """Keep the key's name."""
        super().__init__(key)
        self.key = key


class PromptTemplate:
    """A template; `{key}` is a data key, `{{` and `}}` are braces (semantics §7).

    Never formats attributes, indexes or conversions, so no template can reach into objects.
    """

    def __init__(self, text: str) -> None:
        """Find the places."""
        self.text = text
        self.keys = frozenset(match[1] for match in _PLACE.finditer(text) if match[1])

    def render(self, data: Mapping[str, Any]) -> str:
        """Fill the places: text as it is, other values as JSON.

        Raises:
            MissingKeyError: A key has no value in `data`.
        """
        return _PLACE.sub(lambda match: _fill(match, data), self.text)


def _fill(match: re.Match[str], data: Mapping[str, Any]) -> str:
    key = match[1]
    if key is None:
        return match[0][0]
    if key not in data:
        raise MissingKeyError(key)
    return as_text(data[key])


def as_text(value: Any) -> str:
    """Return text as it is and any other JSON value as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
