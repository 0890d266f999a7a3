"""What models would be asked today, at the places where they were asked then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol, runtime_checkable

from agentflow_tui.engine import AgentError, Event, State
from agentflow_tui.history import event as ev
from agentflow_tui.history import fold
from agentflow_tui.history.run_state import AgentRun
from agentflow_tui.plan.node import Plan
from agentflow_tui.workbench.redaction import Redaction


@runtime_checkable
class Asking(Protocol):
    """An agent that asks a model."""

    def would_ask(self, event: Event, state: State) -> dict[str, Any]:
        """Return what it would ask, as `ModelCallStarted` has it; raises `AgentError` when it could not."""


class Renderings:
    """Puts the requests of today's flow in the place of those that a history has; nobody is asked."""

    def __init__(
        self,
        plan: Plan,
        agents: Mapping[str, object],
        event: Event,
        redaction: Redaction,
        *,
        names: Sequence[str],
    ) -> None:
        """Take today's plan and agents (by `Step.key`), the run's input, and the fields to put in place.

        `redaction` takes secrets out, as it was done before the history was written.
        """
        self._keys = {step.path: step.key for step in plan.steps()}
        self._agents = agents
        self._event = event
        self._redaction = redaction
        self._names = tuple(names)

    def of(self, history: Sequence[ev.HistoryEvent], since: int = 0) -> list[ev.HistoryEvent]:
        """Return the history with its requests from event `since` on as they would be today.

        A request that could not even be made is the failure of its agent; one of an agent that asks nobody
        any more is left out.
        """
        by_call = {call: run for run in fold(history).agent_runs for call in run.calls}
        today: list[ev.HistoryEvent] = []
        for event in history:
            run = by_call.get(event.call) if isinstance(event, ev.ModelCallStarted) else None
            if not isinstance(event, ev.ModelCallStarted) or run is None or event.seq < since:
                today.append(event)
            elif (asked := self._asked(event, run)) is not None:
                today.append(asked)
        return today

    def _asked(self, then: ev.ModelCallStarted, run: AgentRun) -> ev.HistoryEvent | None:
        agent = self._agents.get(self._keys.get(run.path, ""))
        if not isinstance(agent, Asking):
            return None
        try:
            facts = agent.would_ask(self._event, State.over(dict(run.before.data), dict(run.before.meta)))
        except AgentError as error:
            return ev.AgentFailed(
                seq=then.seq,
                at=then.at,
                path=then.path,
                agent=then.agent,
                error=str(error),
                category=error.category or "unknown",
                duration=0.0,
                hint=error.hint,
            )
        facts["messages"] = tuple(facts["messages"])
        chosen = {name: self._redaction.value(facts[name]) for name in self._names}
        return replace(then, **chosen)
