"""Who ran when: one lane per agent step, one bar per run of it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field

from agentflow_tui.history import event as ev
from agentflow_tui.history import policy_event as pol


@dataclass(slots=True)
class Bar:
    """One agent run."""

    started_at: float
    started_seq: int
    status: str = "running"
    ended_at: float | None = None
    ended_seq: int | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened to an agent while it ran."""

    at: float
    glyph: str
    status: str
    """Gives the colour: retrying, throttled or open."""
    until: float
    """The end of the wait that it began; `at` when it began none."""


@dataclass(slots=True)
class Lane:
    """The runs of one step of the plan."""

    path: str
    agent: str
    bars: list[Bar] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)


class Lanes:
    """The lanes of a history that grows, in the order in which the agents first ran."""

    def __init__(self) -> None:
        """Start without events."""
        self.lanes: list[Lane] = []
        self.iterations: list[tuple[int, float]] = []
        """Number and start of each iteration."""
        self.end = 0.0
        self._lane_of: dict[str, Lane] = {}

    def take(self, events: Iterable[ev.HistoryEvent]) -> None:
        """Take in the next events."""
        for event in events:
            self.end = max(self.end, event.at)
            match event:
                case ev.AgentStarted():
                    self._lane(event.path, event.agent).bars.append(Bar(event.at, event.seq))
                case ev.AgentCompleted():
                    self._close(event.path, event, "completed")
                case ev.AgentFailed():
                    self._close(event.path, event, "failed")
                case ev.AgentCancelled():
                    self._close(event.path, event, "cancelled")
                case ev.RunEnded():
                    for lane in self.lanes:
                        self._close(lane.path, event, "cancelled")
                case ev.IterationStarted():
                    self.iterations.append((event.iteration, event.at))
                case pol.AttemptFailed():
                    self._mark(event, "↻", "retrying", event.retry_in)
                case pol.Throttled():
                    self._mark(event, "◌", "throttled", event.wait)
                case pol.BreakerChanged() if event.state == "open":
                    self._mark(event, "⚡", "open", 0.0)

    def number_at(self, seq: int) -> int:
        """Return which lane, counted from 0, has the last bar that began up to an event; -1 for none."""
        begun = [bisect_right(lane.bars, seq, key=_started) for lane in self.lanes]
        last = [
            lane.bars[count - 1].started_seq if count else -1
            for lane, count in zip(self.lanes, begun, strict=True)
        ]
        return last.index(max(last)) if any(begun) else -1

    def _mark(
        self,
        event: pol.AttemptFailed | pol.Throttled | pol.BreakerChanged,
        glyph: str,
        status: str,
        wait: float,
    ) -> None:
        mark = Mark(event.at, glyph, status, event.at + wait)
        self._lane(event.path, event.agent).marks.append(mark)

    def _lane(self, path: str, agent: str) -> Lane:
        lane = self._lane_of.get(path)
        if lane is None:
            lane = self._lane_of[path] = Lane(path, agent)
            self.lanes.append(lane)
        return lane

    def _close(self, path: str, event: ev.HistoryEvent, status: str) -> None:
        lane = self._lane_of.get(path)
        if lane is not None and lane.bars and lane.bars[-1].ended_at is None:
            bar = lane.bars[-1]
            bar.ended_at, bar.ended_seq, bar.status = event.at, event.seq, status


def _started(bar: Bar) -> int:
    return bar.started_seq
