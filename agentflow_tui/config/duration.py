"""Durations as people write them in a flow: `500ms`, `90s`, `1m30s`, `2h` (semantics §9)."""

from __future__ import annotations

import math
import re
from typing import Annotated

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)", re.ASCII)
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_LONGEST_TEXT = 40
LONGEST_SECONDS = 366 * 86400.0
"""A year: a longer limit is a slip of the keyboard, and timers of the system overflow somewhere beyond."""


def parse_duration(text: str) -> float:
    """Turn `1m30s` into 90.0 seconds.

    Raises `ValueError` for anything that is not one or several number-and-unit parts, largest unit first.
    """
    position, total, smallest = 0, 0.0, math.inf
    stripped = text.strip()
    while part := _PART.match(stripped, position):
        unit = _SECONDS[part[2]]
        if unit >= smallest:
            break
        total, smallest, position = total + float(part[1]) * unit, unit, part.end()
    if not stripped or position != len(stripped) or len(stripped) > _LONGEST_TEXT:
        raise ValueError(f"{text[:_LONGEST_TEXT]!r} is not a duration")
    return total


def _duration(value: object) -> object:
    if not isinstance(value, str):
        raise PydanticCustomError(
            "duration_type",
            "must be a duration as text",
            {"hint": 'write it like "90s", "500ms", "1m30s" or "2h"'},
        )
    try:
        return parse_duration(value)
    except ValueError as error:
        raise PydanticCustomError(
            "duration",
            "{reason}",
            {"reason": str(error), "hint": 'write it like "90s", "500ms", "1m30s" or "2h"'},
        ) from None


Seconds = Annotated[float, Field(gt=0, le=LONGEST_SECONDS, allow_inf_nan=False)]
"""A limit as a number of seconds, above 0."""

Duration = Annotated[Seconds, BeforeValidator(_duration, json_schema_input_type=str)]
"""A limit that is written as text; its value is seconds."""
