"""How a run ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from agentflow_tui.history.quick_init import quick


@quick
@dataclass(frozen=True, slots=True)
class RunResult:
    """The end of a run, with the last good state (semantics §5); the caller's own copy of it."""

    run_id: str
    status: str
    """`completed`, `failed` or `cancelled`."""
    error: str = ""
    category: str = ""
    hint: str = ""
    """The way out, when one is known."""
    session_id: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    meta: dict[str, str] = field(default_factory=dict)
    made: ClassVar[Callable[..., RunResult]]
    """Makes one from its fields, faster than a call of the class does: see `quick`."""
    calls: int = 0
    """How many model calls were answered."""
    calls_from_recordings: int = 0
    """How many of them no model had to answer."""
