"""The kinds of history event that tell what retries, breakers, rate limits and error routing did."""

from __future__ import annotations

from agentflow_tui.history.event import HistoryEvent
from agentflow_tui.history.event_kind import kind


@kind("attempt_failed")
class AttemptFailed(HistoryEvent):
    """An attempt failed and another one follows; the last failure of an agent run is its `AgentFailed`."""

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


@kind("attempt_started")
class AttemptStarted(HistoryEvent):
    """An agent is called after a wait, for a retry or for its rate limit."""

    path: str
    agent: str
    attempt: int
    scope: str = ""
    iteration: int | None = None


@kind("throttled")
class Throttled(HistoryEvent):
    """A call waits because of the agent's rate limit."""

    path: str
    agent: str
    wait: float
    """Seconds."""
    scope: str = ""
    iteration: int | None = None


@kind("breaker_changed")
class BreakerChanged(HistoryEvent):
    """An agent's circuit breaker is now `closed`, `open` or `half_open`; also told when it refuses a call."""

    path: str
    """Of the step whose call changed it."""
    agent: str
    state: str


@kind("error_routed")
class ErrorRouted(HistoryEvent):
    """A failure goes to an error handler, which runs next."""

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
