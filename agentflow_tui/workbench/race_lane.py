"""One mode of a race: what it is given, its run, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from agentflow_tui.engine import Event, ModeChoice
from agentflow_tui.history.fold import RunFold
from agentflow_tui.history.run_state import RunState
from agentflow_tui.history.run_summary import RunSummary
from agentflow_tui.workbench.lane_totals import LaneTotals
from agentflow_tui.workbench.not_ready import NotReadyError
from agentflow_tui.workbench.run import Run


@dataclass(eq=False)
class RaceLane:
    """Follows one run; nothing is done for an event until someone looks."""

    event: Event
    """The race's event with this mode in its metadata, so that a fork of the run stays in the mode."""
    choice: ModeChoice
    title: str
    """The name of its run in lists: the race and the mode."""
    run: Run | None = None
    """None before it was started, and for ever when it could not be."""
    problem: NotReadyError | None = None
    """Why it could not be started."""
    began_at: float = 0.0
    """The clock's time."""
    _fold: RunFold = field(default_factory=RunFold)
    _folded: int = 0

    @property
    def mode(self) -> str:
        """The mode that it runs in."""
        return self.choice.plan.mode

    @property
    def is_over(self) -> bool:
        """True when nothing can follow."""
        return self.run.is_over if self.run is not None else self.problem is not None

    def state(self) -> RunState:
        """Return the run as it is now."""
        if self.run is not None:
            end = len(self.run.history)
            for number in range(self._folded, end):
                self._fold.apply(self.run.history[number])
            self._folded = end
        return self._fold.snapshot()

    def totals(self, now: float, score: str) -> LaneTotals:
        """Sum up how it stands at the clock's `now`."""
        if self.run is None:
            problem = self.problem
            error, hints = (problem.message, problem.hints) if problem is not None else ("", ())
            return LaneTotals(self.mode, error=error, hint="; ".join(hints))
        state = self.state()
        seconds = state.elapsed if self.is_over else max(now - self.began_at, 0.0)
        return LaneTotals.of(self.mode, self.run.run_id, state, seconds, score)

    def summary(self) -> RunSummary:
        """Return what a list of runs would tell of it, also where it could not be stored."""
        state = self.state()
        return RunSummary(
            state.run_id,
            state.flow,
            self.mode,
            self.event.timestamp,
            state.status,
            state.error,
            self._folded,
            name=self.mode,
            duration=state.elapsed,
            prompt_tokens=state.prompt_tokens,
            completion_tokens=state.completion_tokens,
        )
