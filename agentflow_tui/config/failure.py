"""How a flow deals with failure: retry, circuit breaker, rate limit, error routing (semantics §5, §9)."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from agentflow_tui.config.table import Table, TimedTable, conflict, settle

Category = Literal["validation", "timeout", "network", "llm", "rate_limit", "auth", "resource", "unknown"]
"""What kind of failure an error is (semantics §9)."""

_Milliseconds = Annotated[float, Field(ge=0, le=86_400_000, allow_inf_nan=False)]
_Factor = Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False)]
_Count = Annotated[int, Field(ge=0, le=1000)]
_SPELLINGS = {
    "base_delay_ms": "initial_delay_ms",
    "backoff_multiplier": "backoff_factor",
    "enable_jitter": "jitter",
}


class RetryConfig(Table):
    """`[agents.X.retry_policy]` and `[error_routing.retry]`, in either spelling (semantics §9)."""

    max_retries: _Count = 3
    """How many attempts follow the first one."""
    initial_delay_ms: _Milliseconds = 1000.0
    """Pause before the first retry."""
    base_delay_ms: _Milliseconds | None = None
    """Another spelling of initial_delay_ms."""
    max_delay_ms: _Milliseconds = 30_000.0
    """The longest pause."""
    backoff_factor: _Factor = 2.0
    """By how much each pause is longer than the one before."""
    backoff_multiplier: _Factor | None = None
    """Another spelling of backoff_factor."""
    jitter: bool = True
    """Vary each pause by up to 10 %."""
    enable_jitter: bool | None = None
    """Another spelling of jitter."""
    retryable_errors: list[Category] = ["timeout", "network", "llm", "rate_limit"]
    """Which kinds of errors are worth another attempt."""

    @model_validator(mode="after")
    def _one_spelling(self) -> Self:
        for other, key in _SPELLINGS.items():
            value = getattr(self, other)
            if value is None:
                continue
            if key in self.model_fields_set and getattr(self, key) != value:
                raise conflict(other, f"{other} and {key} disagree", "keep one of them")
            settle(self, key, value)
        return self


class RateLimitConfig(Table):
    """`[agents.X.rate_limit]`."""

    requests_per_second: Annotated[float, Field(gt=0, le=1_000_000)] = 10.0
    """How many calls may start per second."""
    burst_size: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    """How many may start at once."""


class BreakerConfig(TimedTable):
    """`[agents.X.circuit_breaker]` and `[error_routing.circuit_breaker]`."""

    failure_threshold: Annotated[int, Field(ge=1)] = 5
    """Failures in a row that open it."""
    success_threshold: Annotated[int, Field(ge=1)] = 3
    """Successes that close it again."""
    half_open_max_calls: Annotated[int, Field(ge=1)] = 2
    """Probes in flight at one time."""
    timeout_ms: Annotated[float, Field(gt=0, le=86_400_000)] | None = None
    """How long it stays open, in milliseconds; also timeout_seconds or timeout."""
    reset_timeout_ms: _Milliseconds | None = None
    """Known to the reference, used by no one."""

    @model_validator(mode="after")
    def _one_unit(self) -> Self:
        if self.timeout_ms is not None:
            seconds = self.timeout_ms / 1000
            if self.timeout_seconds is not None and self.timeout_seconds != seconds:
                raise conflict("timeout_ms", "timeout_ms and the other timeout disagree", "keep one of them")
            settle(self, "timeout_seconds", seconds)
        return self

    @property
    def open_seconds(self) -> float:
        """How long the breaker stays open: 30 s unless set."""
        return 30.0 if self.timeout_seconds is None else self.timeout_seconds


class ErrorRouting(Table):
    """`[error_routing]`: who handles a failure: by category, then severity, then default (semantics §5)."""

    enabled: bool = False
    """Whether failures go to a handler at all."""
    max_retries: _Count = 0
    """Retries before a handler is asked."""
    retry_delay_ms: _Milliseconds = 1000.0
    """Pause before such a retry."""
    enable_circuit_breaker: bool = False
    """Give every agent a circuit breaker."""
    error_handler_name: str | None = None
    """The handler for everything that has none of its own."""
    category_handlers: dict[str, str] = {}
    """Handlers by category, such as validation or auth."""
    severity_handlers: dict[str, str] = {}
    """Handlers by severity: low, medium, high, critical."""
    circuit_breaker: BreakerConfig | None = None
    """Settings of the breakers."""
    retry: RetryConfig | None = None
    """Settings of the retries."""
