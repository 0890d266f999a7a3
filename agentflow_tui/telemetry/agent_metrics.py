"""Numbers about agents and runs, for a person who looks at them: exact, counted from the history alone."""

from __future__ import annotations

from array import array
from bisect import insort
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from agentflow_tui.history import event as ev
from agentflow_tui.history import policy_event as pol
from agentflow_tui.telemetry import gen_ai

LAST_DURATIONS = 32
"""How many durations a sparkline can show."""


@dataclass(frozen=True, slots=True)
class AgentMetrics:
    """One agent over all runs that were counted. Times are seconds; none before there is one."""

    agent: str
    running: int = 0
    """Runs that have not ended yet."""
    successes: int = 0
    failures: int = 0
    cancelled: int = 0
    retries: int = 0
    """Attempts that failed and were followed by another."""
    throttled: int = 0
    """Calls that waited for the agent's rate limit."""
    breaker: str = ""
    """The circuit breaker's last known state: `closed`, `half_open`, `open`; empty when none was told."""
    mean: float | None = None
    """Mean, p50 and p95 are over every run that succeeded or failed; a cancelled one says nothing."""
    p50: float | None = None
    p95: float | None = None
    last: tuple[float, ...] = ()
    """The last `LAST_DURATIONS` of the same, newest last."""
    calls: int = 0
    """Answers of a model; one that was taken from a recording counts neither here nor as tokens."""
    prompt_tokens: int = 0
    completion_tokens: int = 0

    @property
    def runs(self) -> int:
        """Every run that has ended, in whatever way."""
        return self.successes + self.failures + self.cancelled

    @property
    def success_rate(self) -> float | None:
        """Share of successes among the runs that were not cancelled, 0 to 1; none without such a run."""
        judged = self.successes + self.failures
        return self.successes / judged if judged else None


@dataclass(frozen=True, slots=True)
class ModeMetrics:
    """All runs of one mode."""

    mode: str
    running: int = 0
    completed: int = 0
    failed: int = 0
    cancelled: int = 0
    seconds: float = 0.0
    """Of all runs that have ended, together, pauses included."""

    @property
    def runs(self) -> int:
        """Every run that has ended, in whatever way."""
        return self.completed + self.failed + self.cancelled

    @property
    def mean(self) -> float | None:
        """Seconds that a run took on average; none before one has ended."""
        return self.seconds / self.runs if self.runs else None


@dataclass(frozen=True, slots=True)
class Metrics:
    """All numbers at one moment."""

    agents: Mapping[str, AgentMetrics] = field(default_factory=lambda: MappingProxyType({}))
    """By name, in order of the first start."""
    modes: Mapping[str, ModeMetrics] = field(default_factory=lambda: MappingProxyType({}))
    """By mode, in order of the first run."""
    errors: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Agent runs that failed, by category."""


class MetricsFold:
    """Counts while a history grows, or several, one run after the other.

    An event costs the same however many came before, but for keeping durations sorted, which moves 8 bytes
    for each one kept; a snapshot makes anew only what changed.
    """

    def __init__(self) -> None:
        """Begin with nothing counted."""
        self._agents: dict[str, _Tally] = {}
        self._modes: dict[str, _ModeTally] = {}
        self._errors: dict[str, int] = {}
        self._mode: _ModeTally | None = None
        self._shown = Metrics()
        self._is_stale = False

    def apply(self, event: ev.HistoryEvent) -> None:
        """Take the next event."""
        match event:
            case ev.TokensReceived():
                return
            case ev.AgentStarted():
                self._of(event.agent).running += 1
            case ev.AgentCompleted():
                tally = self._ended(event.agent, event.duration)
                tally.successes += 1
            case ev.AgentFailed():
                tally = self._ended(event.agent, event.duration)
                tally.failures += 1
                category = event.category or "unknown"
                self._errors[category] = self._errors.get(category, 0) + 1
            case ev.AgentCancelled():
                tally = self._ended(event.agent, None)
                tally.cancelled += 1
            case ev.ModelCallEnded() if event.source != gen_ai.RECORDING:
                self._of(event.agent).answer(event.prompt_tokens, event.completion_tokens)
            case pol.AttemptFailed():
                self._of(event.agent).retries += 1
            case pol.Throttled():
                self._of(event.agent).throttled += 1
            case pol.BreakerChanged():
                self._of(event.agent).breaker = event.state
            case ev.RunStarted():
                self._mode = self._modes.setdefault(event.mode, _ModeTally())
                self._mode.running += 1
            case ev.RunEnded() if self._mode is not None:
                self._mode.end(event.status, event.at)
                self._mode = None
            case _:
                return
        self._is_stale = True

    def snapshot(self) -> Metrics:
        """Return the numbers so far; the same object while nothing changed."""
        if self._is_stale:
            self._is_stale = False
            self._shown = Metrics(
                MappingProxyType({name: tally.shown(name) for name, tally in self._agents.items()}),
                MappingProxyType({mode: tally.shown(mode) for mode, tally in self._modes.items()}),
                MappingProxyType(dict(self._errors)),
            )
        return self._shown

    def _of(self, agent: str) -> _Tally:
        tally = self._agents.setdefault(agent, _Tally())
        tally.view = None
        return tally

    def _ended(self, agent: str, duration: float | None) -> _Tally:
        tally = self._of(agent)
        # A history can be read from its middle, where the start is missing.
        tally.running = max(0, tally.running - 1)
        if duration is not None:
            insort(tally.durations, duration)
            tally.last.append(duration)
            tally.seconds += duration
        return tally


def percentile(ordered: array[float], percent: int) -> float | None:
    """Return the value below which so many percent lie, between neighbours in proportion (inclusive).

    `ordered` is sorted; none when it is empty.
    """
    if not ordered:
        return None
    whole, rest = divmod((len(ordered) - 1) * percent, 100)
    low = ordered[whole]
    return low if not rest else (low * (100 - rest) + ordered[whole + 1] * rest) / 100


@dataclass(slots=True)
class _Tally:
    """What is counted of one agent."""

    running: int = 0
    successes: int = 0
    failures: int = 0
    cancelled: int = 0
    retries: int = 0
    throttled: int = 0
    breaker: str = ""
    seconds: float = 0.0
    durations: array[float] = field(default_factory=lambda: array("d"))
    last: deque[float] = field(default_factory=lambda: deque(maxlen=LAST_DURATIONS))
    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    view: AgentMetrics | None = None

    def answer(self, prompt_tokens: int | None, completion_tokens: int | None) -> None:
        self.calls += 1
        self.prompt_tokens += prompt_tokens or 0
        self.completion_tokens += completion_tokens or 0

    def shown(self, agent: str) -> AgentMetrics:
        if self.view is None:
            self.view = AgentMetrics(
                agent,
                self.running,
                self.successes,
                self.failures,
                self.cancelled,
                self.retries,
                self.throttled,
                self.breaker,
                self.seconds / len(self.durations) if self.durations else None,
                percentile(self.durations, 50),
                percentile(self.durations, 95),
                tuple(self.last),
                self.calls,
                self.prompt_tokens,
                self.completion_tokens,
            )
        return self.view


@dataclass(slots=True)
class _ModeTally:
    """What is counted of one mode."""

    running: int = 0
    completed: int = 0
    failed: int = 0
    cancelled: int = 0
    seconds: float = 0.0

    def end(self, status: str, at: float) -> None:
        self.running -= 1
        self.seconds += at
        if status == "completed":
            self.completed += 1
        elif status == "cancelled":
            self.cancelled += 1
        else:
            self.failed += 1

    def shown(self, mode: str) -> ModeMetrics:
        return ModeMetrics(mode, self.running, self.completed, self.failed, self.cancelled, self.seconds)
