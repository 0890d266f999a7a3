"""The columns of the metrics: what each shows of an agent, and what it sorts by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from agentflow_tui.telemetry.agent_metrics import AgentMetrics
from agentflow_tui.tui.panes.inspector.amount import grouped, seconds
from agentflow_tui.tui.panes.sparkline import sparkline
from agentflow_tui.tui.safe_text import one_line

LONGEST_NAME = 24
_TREND = 12
_NONE = "–"
_BREAKERS = {"": 0, "closed": 1, "half_open": 2, "open": 3}

Rank = float | str | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column."""

    key: str
    title: str
    show: Callable[[AgentMetrics], str]
    rank: Callable[[AgentMetrics], Rank]
    """What it sorts by; none goes last, whichever way round."""
    is_number: bool = True
    """Numbers stand to the right, and the largest come first."""


def _time(duration: float | None) -> str:
    return _NONE if duration is None else seconds(duration)


def _rate(agent: AgentMetrics) -> str:
    rate = agent.success_rate
    # 99.6 % is not all of them.
    return _NONE if rate is None else f"{int(rate * 100)}%"


def _runs(agent: AgentMetrics) -> str:
    return f"{grouped(agent.runs)}{f'+{agent.running}' if agent.running else ''}"


COLUMNS: tuple[Column, ...] = (
    Column("agent", "agent", lambda a: one_line(a.agent, LONGEST_NAME), lambda a: a.agent, is_number=False),
    Column("runs", "runs", _runs, lambda a: a.runs + a.running),
    Column("ok", "ok", _rate, lambda a: a.success_rate),
    Column("mean", "mean", lambda a: _time(a.mean), lambda a: a.mean),
    Column("p50", "p50", lambda a: _time(a.p50), lambda a: a.p50),
    Column("p95", "p95", lambda a: _time(a.p95), lambda a: a.p95),
    Column("last", "last", lambda a: sparkline(a.last[-_TREND:]), lambda a: a.last[-1] if a.last else None),
    Column("in", "tok in", lambda a: grouped(a.prompt_tokens), lambda a: a.prompt_tokens),
    Column("out", "tok out", lambda a: grouped(a.completion_tokens), lambda a: a.completion_tokens),
    Column("retries", "retry", lambda a: grouped(a.retries), lambda a: a.retries),
    Column("throttled", "waits", lambda a: grouped(a.throttled), lambda a: a.throttled),
    Column(
        "breaker",
        "breaker",
        lambda a: one_line(a.breaker.replace("_", "-"), LONGEST_NAME) or _NONE,
        lambda a: _BREAKERS.get(a.breaker),
        is_number=False,
    ),
)
