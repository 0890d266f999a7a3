"""A call of an agent that may take only so long."""

from __future__ import annotations

import asyncio
from math import inf

from agentflow_tui.engine.call import Call
from agentflow_tui.engine.clock import Clock
from agentflow_tui.engine.errors import AgentError, AgentTimeoutError
from agentflow_tui.engine.run_time import RunTime


class TimedCall(Call):
    """Is stopped when its time is over; time that the run spends paused does not count (semantics §5)."""

    due = inf
    """When its time is over, in active seconds of the run."""
    is_expired = False

    _time: RunTime
    _seconds: float | None
    """How long it may take, if there is a limit; it holds from `arm` on. Set before the call begins."""

    @property
    def clock(self) -> Clock:
        """The run's."""
        return self._time.clock

    def arm(self) -> None:
        """The time begins, now."""
        if self._seconds is not None:
            self._time.watch(self, self._seconds)

    def disarm(self) -> None:
        """There is no limit any more."""
        if self.due < inf:
            self.due = inf
            self._time.forget(self)

    def expire(self) -> None:
        """See `Limit`."""
        self.is_expired = True
        self.stop()

    def check_obeyed(self) -> None:
        """Raise when the agent held on to its work after it was told to stop: it does not count."""
        if self.is_expired or self.interruption is not None:
            raise asyncio.CancelledError

    def verdict(self, error: Exception | None) -> BaseException:
        """The error of an attempt that ended with one, or was cancelled, as the limit sees it."""
        if self.is_over or (error is None and self.interruption is not None):
            return asyncio.CancelledError()
        if not self.is_expired:
            return error or self.cancelled_error()
        self.is_expired = False
        self.relax()
        return self.timeout_error()

    def timeout_error(self) -> AgentTimeoutError:
        """What the agent failed with when its time was over."""
        return AgentTimeoutError(
            f"agent timeout after {self._seconds:g} s",
            hint=f"set [agents.{self.name}] timeout_seconds to allow more",
        )

    def cancelled_error(self) -> AgentError:
        """What the agent failed with when it was cancelled, and nobody outside of it did that."""
        if self.is_expired:
            return self.timeout_error()
        return AgentError("the agent cancelled itself", category="unknown")
