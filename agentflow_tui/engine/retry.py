"""When to try again, and after how long (semantics §5 retry)."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, wait_exponential

from agentflow_tui.engine.breaker import BreakerOpenError
from agentflow_tui.engine.errors import categorize, said_by
from agentflow_tui.plan.policy import RetryPolicy

JITTER = 0.1
"""The share by which a delay varies, up or down."""


def retrying(
    policy: RetryPolicy,
    *,
    sleep: Callable[[float], Awaitable[None]],
    rng: Callable[[], float],
    failed: Callable[[BaseException, float], None],
) -> AsyncRetrying:
    """What calls a function until it works, or the policy gives up and its error comes through.

    `rng` gives numbers from 0 to 1; `failed` gets each error that is worth another attempt, and the seconds
    until that.
    """
    backoff = wait_exponential(policy.initial_delay, policy.max_delay, policy.backoff_factor)

    def wait(state: RetryCallState) -> float:
        asked = _retry_after(_error(state))
        if asked is not None:
            return asked
        delay = backoff(state)
        if policy.jitter:
            delay = min(delay * (1 + JITTER * (2 * rng() - 1)), policy.max_delay)
        return delay

    return AsyncRetrying(
        sleep=sleep,
        stop=stop_after_attempt(policy.max_retries + 1),
        wait=wait,
        retry=retry_if_exception(lambda error: _is_worth_it(policy, error)),
        before_sleep=lambda state: failed(_error(state), state.upcoming_sleep),
        reraise=True,
    )


def _is_worth_it(policy: RetryPolicy, error: BaseException) -> bool:
    # What is no Exception is a way to end a program or a task.
    return (
        isinstance(error, Exception)
        and not isinstance(error, BreakerOpenError)
        and categorize(error) in policy.retryable
    )


def _error(state: RetryCallState) -> BaseException:
    error = state.outcome.exception() if state.outcome is not None else None
    return error if error is not None else RuntimeError("no error")


def _retry_after(error: BaseException) -> float | None:
    """The wish of a server, in seconds, when the error carries one that makes sense."""
    asked = said_by(error, "retry_after")
    if isinstance(asked, bool) or not isinstance(asked, int | float):
        return None
    try:
        seconds = float(asked)
    except OverflowError:
        return None
    return max(0.0, seconds) if math.isfinite(seconds) else None
