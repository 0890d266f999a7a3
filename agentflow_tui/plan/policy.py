"""What a flow says about calling an agent: again after a failure, not at all for a while, not too often."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agentflow_tui.config.failure import BreakerConfig, RetryConfig
    from agentflow_tui.config.flow import Flow

RETRYABLE = frozenset({"timeout", "network", "llm", "rate_limit"})
"""Categories that are retried unless the policy lists others (semantics §5)."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """The delay before retry n is `initial_delay * factor^(n-1)`, at most `max_delay` (semantics §5)."""

    max_retries: int = 3
    initial_delay: float = 1.0
    """Seconds."""
    max_delay: float = 30.0
    """Seconds."""
    backoff_factor: float = 2.0
    jitter: bool = True
    """Vary each delay by up to 10 %."""
    retryable: frozenset[str] = RETRYABLE
    """Categories of errors that are worth another attempt."""


@dataclass(frozen=True, slots=True)
class BreakerPolicy:
    """When an agent is not called for a while (semantics §5)."""

    failure_threshold: int = 5
    """Failures in a row that open it."""
    success_threshold: int = 3
    """Successes that close it again."""
    half_open_max_calls: int = 2
    """Probes in flight at one time."""
    open_seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class RateLimit:
    """How often an agent may be called (semantics §5)."""

    per_second: float
    burst: int = 1
    """Calls that may start at once."""


@dataclass(frozen=True, slots=True)
class Policies:
    """All that holds for the calls of one agent; at least one is set."""

    retry: RetryPolicy | None = None
    breaker: BreakerPolicy | None = None
    rate_limit: RateLimit | None = None


def policies_of(flow: Flow, agent: str) -> Policies | None:
    """Give an agent's policies, none when the flow sets none for it.

    Its own come first; then `retry_attempts` for retries, then `[error_routing]` if that is enabled.
    """
    settings, routing = flow.agents.get(agent), flow.error_routing
    limit = settings.rate_limit if settings else None
    breaker = settings.circuit_breaker if settings else None
    is_guarded = breaker is not None or (routing.enabled and routing.enable_circuit_breaker)
    policies = Policies(
        _retry_of(flow, settings.retry_policy if settings else None),
        _breaker_of(breaker or routing.circuit_breaker) if is_guarded else None,
        RateLimit(limit.requests_per_second, limit.burst_size) if limit else None,
    )
    return None if policies == Policies() else policies


def _retry_of(flow: Flow, own: RetryConfig | None) -> RetryPolicy | None:
    attempts, routing = flow.orchestration.retry_attempts, flow.error_routing
    if own is not None:
        policy = _retry(own)
    elif attempts is not None:
        policy = RetryPolicy(attempts)
    elif not routing.enabled:
        return None
    elif routing.retry is not None:
        policy = _retry(routing.retry)
    else:
        policy = RetryPolicy(routing.max_retries, routing.retry_delay_ms / 1000)
    return policy if policy.max_retries else None


def _retry(config: RetryConfig) -> RetryPolicy:
    return RetryPolicy(
        config.max_retries,
        config.initial_delay_ms / 1000,
        config.max_delay_ms / 1000,
        config.backoff_factor,
        config.jitter,
        frozenset(config.retryable_errors),
    )


def _breaker_of(config: BreakerConfig | None) -> BreakerPolicy:
    if config is None:
        return BreakerPolicy()
    return BreakerPolicy(
        config.failure_threshold, config.success_threshold, config.half_open_max_calls, config.open_seconds
    )
