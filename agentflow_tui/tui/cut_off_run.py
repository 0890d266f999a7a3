"""A run whose process died, as the next session tells of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content

from agentflow_tui.history.event import HistoryEvent
from agentflow_tui.history.resume import resume_point
from agentflow_tui.history.run_summary import RunSummary
from agentflow_tui.tui.safe_text import one_line

_LONGEST = 120
_MINUTE = len("2026-01-31T12:00")


@dataclass(frozen=True, slots=True)
class CutOffRun:
    """Where it stopped."""

    run_id: str
    title: str
    started_at: str
    """Wall-clock time, UTC, to the minute."""
    step: int
    """Which agent run comes next, or again, counted from 1."""
    in_flight: tuple[str, ...]
    """Agents that were at work."""
    has_unknown_calls: bool
    """Whether a model was being asked."""
    seq: int
    """Of its last event."""

    @classmethod
    def of(cls, summary: RunSummary, history: Sequence[HistoryEvent]) -> CutOffRun:
        """Take a run that never ended, with its events."""
        point = resume_point(history, len(history) - 1)
        return cls(
            summary.run_id,
            summary.name or summary.flow or summary.run_id[:8],
            summary.started_at[:_MINUTE].replace("T", " "),
            len(point.results) + 1,
            tuple(run.agent for run in point.in_flight),
            bool(point.unknown_calls),
            point.at_seq,
        )

    @property
    def body(self) -> Content:
        """What a person has to know before it goes on."""
        names = ", ".join(self.in_flight)
        where = (
            f"while {names} {'was' if len(self.in_flight) == 1 else 'were'} at work"
            if names
            else "between agents"
        )
        told = Content.assemble(
            (one_line(self.title, _LONGEST), "bold"),
            one_line(
                f", begun {self.started_at} UTC, stopped {where}: step {self.step:d}, event {self.seq:d}.",
                600,
            ),
        )
        if not self.in_flight:
            return told
        asked = "whether the model had answered" if self.has_unknown_calls else "whether that work was done"
        return Content.assemble(
            told, f"\nNobody knows {asked}: it is marked as of unknown outcome, and done again."
        )
