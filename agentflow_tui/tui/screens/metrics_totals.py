"""What the metrics say about all agents together, in lines."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from agentflow_tui.telemetry.agent_metrics import Metrics, ModeMetrics
from agentflow_tui.tui.panes.inspector.amount import counted, grouped, seconds
from agentflow_tui.tui.safe_text import clean, one_line

_LONGEST = 40


def headline(metrics: Metrics) -> Content:
    """Return how many runs there were, on one line."""
    ended = sum(mode.runs for mode in metrics.modes.values())
    running = sum(mode.running for mode in metrics.modes.values())
    parts = [counted(ended, "run"), f"{running} going on" if running else ""]
    told = " · ".join(filter(None, parts))
    return Content.assemble(("METRICS", "bold $accent"), clean(f"  {told} in this workbench"))


def totals(metrics: Metrics) -> Content:
    """Return a line for each mode, and one for the errors if there were any."""
    lines = [_mode(mode) for mode in metrics.modes.values()]
    if metrics.errors:
        lines.append(Content.assemble(("errors  ", "$error"), clean(" · ".join(_errors(metrics)))))
    return Content("\n").join(lines)


def _mode(mode: ModeMetrics) -> Content:
    counts = (
        (mode.running, "running"),
        (mode.completed, "completed"),
        (mode.failed, "failed"),
        (mode.cancelled, "cancelled"),
    )
    told = [f"{grouped(count)} {word}" for count, word in counts if count]
    if mode.mean is not None:
        told.append(f"{seconds(mode.mean)} on average")
    return Content.assemble((f"{one_line(mode.mode, _LONGEST)}  ", "$primary"), clean(" · ".join(told)))


def _errors(metrics: Metrics) -> Iterator[str]:
    for category, count in sorted(metrics.errors.items(), key=lambda each: -each[1]):
        yield f"{grouped(count)} {one_line(category, _LONGEST)}"
