"""The values that a condition can name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Scope:
    """What the names of a condition stand for while it is evaluated (semantics §4); nothing here is changed.

    `data` and `meta` are the state's, `event` the event as a mapping. `iteration` counts from 1; it and
    `elapsed_seconds` are `None` where they have no meaning, and then the data key of that name is meant.
    """

    data: Mapping[str, Any]
    meta: Mapping[str, str] = field(default_factory=dict)
    event: Mapping[str, Any] = field(default_factory=dict)
    iteration: int | None = None
    elapsed_seconds: float | None = None
