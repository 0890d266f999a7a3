"""One thing that took time in a run, ready to be exported."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Value = str | bool | int | float | tuple[str, ...]
SpanStatus = Literal["unset", "ok", "error"]


@dataclass(frozen=True, slots=True)
class SpanNote:
    """Something that happened while a span went on."""

    name: str
    at: int
    """Nanoseconds since 1970, UTC."""
    attributes: dict[str, Value]


@dataclass(slots=True)
class Span:
    """A run, a node, an iteration, an agent run or a model call; it changes until it has an `end`."""

    name: str
    trace_id: int
    """128 bits, of the run."""
    span_id: int
    """64 bits, never 0."""
    parent_id: int | None
    start: int
    """Nanoseconds since 1970, UTC."""
    end: int = 0
    is_client: bool = False
    """True for a call of another program, such as a model server."""
    status: SpanStatus = "unset"
    description: str = ""
    """Of an error."""
    attributes: dict[str, Value] = field(default_factory=dict)
    notes: list[SpanNote] = field(default_factory=list)
