"""History events to OpenTelemetry's instruments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentflow_tui.history import event as ev
from agentflow_tui.history import policy_event as pol
from agentflow_tui.telemetry import gen_ai

if TYPE_CHECKING:
    from opentelemetry.metrics import Meter

_SECONDS = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92)
_TOKENS = tuple(4**power for power in range(14))
"""Bounds of the histograms, as the conventions for generative AI have them."""


class Instruments:
    """What all runs of a process count with."""

    def __init__(self, meter: Meter) -> None:
        """Make them all; their names are in `gen_ai`."""
        self.runs = meter.create_counter(gen_ai.RUNS, "{run}", "Runs that ended, by mode and status")
        self.run_duration = meter.create_histogram(
            gen_ai.RUN_DURATION, "s", "Time a run took", explicit_bucket_boundaries_advisory=_SECONDS
        )
        self.agent_runs = meter.create_counter(
            gen_ai.AGENT_RUNS, "{run}", "Agent runs that ended, by agent and status"
        )
        self.agent_duration = meter.create_histogram(
            gen_ai.AGENT_DURATION,
            "s",
            "Time an agent run took, by agent and status",
            explicit_bucket_boundaries_advisory=_SECONDS,
        )
        self.retries = meter.create_counter(
            gen_ai.AGENT_RETRIES, "{attempt}", "Attempts that failed and were followed by another"
        )
        self.throttled = meter.create_counter(
            gen_ai.AGENT_THROTTLED, "s", "Time that calls waited for an agent's rate limit"
        )
        self.breaker = meter.create_gauge(
            gen_ai.BREAKER_STATE, "1", "Circuit breaker of an agent: 0 closed, 1 half-open, 2 open"
        )
        self.errors = meter.create_counter(
            gen_ai.ERRORS, "{error}", "Agent runs that failed, by category and agent"
        )
        self.tokens = meter.create_histogram(
            gen_ai.TOKEN_USAGE,
            "{token}",
            "Tokens of a model call, by type",
            explicit_bucket_boundaries_advisory=_TOKENS,
        )
        self.call_duration = meter.create_histogram(
            gen_ai.OPERATION_DURATION,
            "s",
            "Time a model call took",
            explicit_bucket_boundaries_advisory=_SECONDS,
        )


class RunMeter:
    """Counts one run's events."""

    def __init__(self, instruments: Instruments) -> None:
        """Begin before the first event."""
        self._to = instruments
        self._mode = ""
        self._calls: dict[str, tuple[float, dict[str, str]]] = {}

    def apply(self, event: ev.HistoryEvent) -> None:
        """Take the next event."""
        match event:
            case ev.AgentCompleted() | ev.AgentFailed() | ev.AgentCancelled():
                self._agent(event)
            case ev.ModelCallStarted():
                provider = gen_ai.PROVIDER_NAMES.get(event.provider, event.provider)
                facts = {
                    gen_ai.OPERATION_NAME: gen_ai.CHAT,
                    gen_ai.PROVIDER_NAME: provider,
                    gen_ai.REQUEST_MODEL: event.model,
                }
                self._calls[event.call] = event.at, facts
            case ev.ModelCallEnded():
                self._answer(event)
            case ev.ModelCallFailed():
                began, facts = self._calls.pop(event.call, (event.at, {}))
                self._to.call_duration.record(event.at - began, facts | _outcome(event))
            case ev.RunStarted():
                self._mode = event.mode
            case ev.RunEnded():
                facts = {gen_ai.MODE: self._mode, gen_ai.STATUS: event.status}
                if event.status == "failed":
                    facts[gen_ai.ERROR_TYPE] = event.category or "unknown"
                self._to.runs.add(1, facts)
                self._to.run_duration.record(event.at, facts)
            case pol.AttemptFailed():
                self._to.retries.add(1, _failure(event.agent, event.category))
            case pol.Throttled():
                self._to.throttled.add(event.wait, {gen_ai.AGENT_NAME: event.agent})
            case pol.BreakerChanged() if event.state in gen_ai.BREAKER_STATES:
                facts = {gen_ai.AGENT_NAME: event.agent}
                self._to.breaker.set(gen_ai.BREAKER_STATES[event.state], facts)
            case _:
                pass

    def _agent(self, event: ev.AgentCompleted | ev.AgentFailed | ev.AgentCancelled) -> None:
        facts = {gen_ai.AGENT_NAME: event.agent, gen_ai.STATUS: event.kind.removeprefix("agent_")}
        self._to.agent_runs.add(1, facts)
        self._to.agent_duration.record(event.duration, facts)
        if isinstance(event, ev.AgentFailed):
            self._to.errors.add(1, _failure(event.agent, event.category))

    def _answer(self, event: ev.ModelCallEnded) -> None:
        _, facts = self._calls.pop(event.call, (event.at, {}))
        if event.source == gen_ai.RECORDING:
            # No model was asked, so there is neither a latency nor a cost.
            return
        self._to.call_duration.record(event.duration, facts)
        for kind, count in (
            (gen_ai.INPUT, event.prompt_tokens),
            (gen_ai.OUTPUT, event.completion_tokens),
        ):
            if count is not None:
                self._to.tokens.record(count, facts | {gen_ai.TOKEN_TYPE: kind})


def _outcome(event: ev.ModelCallFailed) -> dict[str, str]:
    # The convention wants `error.type` only where something went wrong, and has no name for a cancelled call.
    if event.is_cancelled:
        return {gen_ai.STATUS: "cancelled"}
    return {gen_ai.ERROR_TYPE: event.category or "unknown"}


def _failure(agent: str, category: str) -> dict[str, str]:
    return {gen_ai.AGENT_NAME: agent, gen_ai.ERROR_TYPE: category or "unknown"}
