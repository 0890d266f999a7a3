"""What a flow file's comments tell people: when to choose it, and an input to try it with.

Two comment lines are understood, anywhere in the file; the flow itself does not change with them:

    # When to choose it: one line that a gallery shows
    # Try it with: {"message": "a JSON object that the input dialog starts with"}
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

_WHEN = re.compile(r"^#[ \t]*When to choose it:[ \t]*(\S.*?)[ \t\r]*$", re.MULTILINE | re.IGNORECASE)
_TRY = re.compile(r"^#[ \t]*Try it with:[ \t]*(\{.*\})[ \t\r]*$", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FlowNotes:
    """The notes of one file; empty where it has none."""

    when_to_choose: str = ""
    example_input: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, text: str) -> FlowNotes:
        """Find the notes; an example that is no JSON object counts as absent."""
        when, example = _WHEN.search(text), _TRY.search(text)
        return cls(when[1] if when else "", _object(example[1]) if example else {})


def _object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
