"""The kinds of history event that tell what retries, breakers, rate limits and error routing did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from agentflow_tui.history.event import HistoryEvent
from agentflow_tui.history.quick_init import quick


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptFailed(HistoryEvent):
    """An attempt failed and another one follows; the last failure of an agent run is its `AgentFailed`."""

    kind: ClassVar[str] = "attempt_failed"
    path: str
    agent: str
    attempt: int
    """Counted from 1."""
    error: str
    category: str
    retry_in: float
    """Seconds until the next attempt."""
    scope: str = ""
    iteration: int | None = None


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptStarted(HistoryEvent):
    """An agent is called after a wait, for a retry or for its rate limit."""

    kind: ClassVar[str] = "attempt_started"
    path: str
    agent: str
    attempt: int
    scope: str = ""
    iteration: int | None = None


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class Throttled(HistoryEvent):
    """A call waits because of the agent's rate limit."""

    kind: ClassVar[str] = "throttled"
    path: str
    agent: str
    wait: float
    """Seconds."""
    scope: str = ""
    iteration: int | None = None


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerChanged(HistoryEvent):
    """An agent's circuit breaker is now `closed`, `open` or `half_open`; also told when it refuses a call."""

    kind: ClassVar[str] = "breaker_changed"
    path: str
    """Of the step whose call changed it."""
    agent: str
    state: str


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorRouted(HistoryEvent):
    """A failure goes to an error handler, which runs next."""

    kind: ClassVar[str] = "error_routed"
    path: str
    """Of the handler's step."""
    handler: str
    """Name of the agent."""
    error: str
    category: str
    severity: str
    """low, medium, high or critical."""
    chosen_by: str
    """`category`, `severity` or `default`."""
    scope: str = ""
