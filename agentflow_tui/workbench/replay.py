"""A history lived again without anybody being called: it must come out the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agentflow_tui.config import Checked
from agentflow_tui.engine import Clock, Engine, ModeChoice
from agentflow_tui.engine.past import Past
from agentflow_tui.engine.past_moments import lived
from agentflow_tui.history import event as ev
from agentflow_tui.history.compare import Divergence, first_divergence
from agentflow_tui.plan.plan_error import PlanError
from agentflow_tui.workbench.departure import event_of
from agentflow_tui.workbench.not_ready import NotReadyError


@dataclass(frozen=True, slots=True)
class Replay:
    """What came out."""

    history: tuple[ev.HistoryEvent, ...]
    """As the engine of today tells it."""
    divergence: Divergence | None
    """The first difference; `left` is the recorded event, `right` today's. None: exactly the same."""
    unexpected: str = ""
    """Path of the step that would run now and did not then, if that is where they part."""

    @property
    def is_exact(self) -> bool:
        """True when nothing differs."""
        return self.divergence is None

    @property
    def text(self) -> str:
        """The outcome in words."""
        if self.divergence is None:
            return f"the same: {len(self.history)} events, and nobody was called"
        now = f"; '{self.unexpected}' would run now" if self.unexpected else ""
        return f"drift: {self.divergence.text}{now}"


async def replay(history: Sequence[ev.HistoryEvent], checked: Checked, clock: Clock) -> Replay:
    """Drive the engine by the results in a history, which may stop anywhere, and compare what it tells.

    Raises:
        NotReadyError: The history has no beginning, or the checked flow has errors or no such mode.
    """
    if checked.flow is None:
        raise NotReadyError.invalid(checked.errors)
    try:
        choice = ModeChoice.make(checked.flow, event_of(history))
    except PlanError as error:
        raise NotReadyError(str(error)) from error
    then = lived(history)
    past = Past(then, len(then) - 1, is_replay=True)
    told: list[ev.HistoryEvent] = []
    first = then[0] if then and isinstance(then[0], ev.RunStarted) else None
    engine = Engine(
        choice.plan,
        {},
        emit=told.append,
        clock=clock,
        run_id=first.run_id if first else None,
        flow_name=first.flow if first else "",
        past=past,
    )
    by, reason = (first.chosen_by, first.reason) if first else ("default", "")
    await engine.run(event_of(history), chosen_by=by, reason=reason, problem=choice.problem)
    return Replay(tuple(told), first_divergence(then, told), past.unexpected)
