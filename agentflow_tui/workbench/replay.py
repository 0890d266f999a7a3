"""A history lived again without anybody being called: it must come out the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from agentflow_tui.agents.cast import build_cast
from agentflow_tui.agents.provider_pools import ProviderPools
from agentflow_tui.agents.provider_tables import secrets_in
from agentflow_tui.agents.trust import AlwaysTrust
from agentflow_tui.agents.user_code import UserCode
from agentflow_tui.config import Checked, Flow
from agentflow_tui.engine import Agent, AgentContext, Clock, Engine, Event, State
from agentflow_tui.engine.past import Past
from agentflow_tui.engine.past_moments import cut_off, lived
from agentflow_tui.history import event as ev
from agentflow_tui.history.compare import Divergence, first_divergence
from agentflow_tui.history.diff import KeyChange
from agentflow_tui.history.field_changes import field_changes
from agentflow_tui.history.recording_shelf import RecordingShelf
from agentflow_tui.history.swap_event import FlowSwapped
from agentflow_tui.llm.run_recordings import RunRecordings
from agentflow_tui.plan.node import Plan
from agentflow_tui.workbench.departure import event_of
from agentflow_tui.workbench.flow_course import FlowCourse
from agentflow_tui.workbench.flow_version import FlowVersion, swaps_in
from agentflow_tui.workbench.not_ready import explained
from agentflow_tui.workbench.redaction import Redaction
from agentflow_tui.workbench.renderings import Renderings

_SEEN_BY_HOOKS = frozenset({"BeforeAgentRun", "AllHooks"})


@dataclass(frozen=True, slots=True)
class Replay:
    """What came out."""

    history: tuple[ev.HistoryEvent, ...]
    """As the engine of today tells it."""
    divergence: Divergence | None
    """The first difference; `left` is the recorded event, `right` today's. None: exactly the same."""
    unexpected: str = ""
    """Path of the step that would run now and did not then, if that is where they part."""
    note: str = ""
    """What was not compared, if anything."""

    @property
    def is_exact(self) -> bool:
        """True when nothing differs."""
        return self.divergence is None

    @property
    def changes(self) -> tuple[KeyChange, ...]:
        """The fields that differ where they part, from then to today."""
        return () if self.divergence is None else field_changes(self.divergence)

    @property
    def text(self) -> str:
        """The outcome in words."""
        if self.divergence is None:
            return f"the same: {len(self.history)} events, and nobody was called"
        now = f"; '{self.unexpected}' would run now" if self.unexpected else ""
        return f"drift: {self.divergence.text}{now}"


@dataclass(frozen=True, slots=True)
class Reenactment:
    """A history, and the flow that it is lived again with."""

    history: Sequence[ev.HistoryEvent]
    """May stop anywhere."""
    checked: Checked
    env: Mapping[str, str]
    is_own: bool = True
    """The flow is the one that ran: then only the texts of its requests are compared, because the model may
    have been chosen by the environment of that day."""
    since: int = 0
    """Requests before this event were made by another flow: the run was forked from it."""
    later: Sequence[Checked] = ()
    """The flows that the run went over to, in their order, with which it is gone through again."""
    asking: Sequence[Checked] = ()
    """The flows by which agents asked, one from each `FlowSwapped` on: a fork that began with a third text
    went through its past with that, but asked nobody there."""

    async def replay(self, clock: Clock) -> Replay:
        """Drive the engine by the results in the history, and compare what it tells and would ask.

        Raises:
            NotReadyError: The history has no beginning, or the checked flow has errors or no such mode.
        """
        event = event_of(self.history)
        versions = tuple(FlowVersion.make("", each, event) for each in (self.checked, *self.later))
        course, choice = FlowCourse(versions, swaps_in(self.history)), versions[0].choice
        then = lived(self.history)
        past = Past(then, len(then) - 1, is_replay=True, swaps=course.for_engine({}))
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
        await engine.run(event, chosen_by=by, reason=reason, problem=choice.problem)
        note = _what_hooks_hide(versions[0].flow)
        today = told if note else await self._as_all_asked_today(told, clock)
        found = self._as_numbered(first_divergence(then, today))
        return Replay(tuple(told), found, past.unexpected, note)

    def _as_numbered(self, found: Divergence | None) -> Divergence | None:
        """Point to the recorded event by its number in the whole history."""
        if found is None or found.left is None:
            return found
        gone = cut_off(self.history)
        kept = [event for event in self.history if event.seq not in gone]
        return replace(found, left=kept[found.left.seq])

    async def _as_all_asked_today(
        self, told: Sequence[ev.HistoryEvent], clock: Clock
    ) -> list[ev.HistoryEvent]:
        event = event_of(self.history)
        starts = [0, *(each.seq for each in told if isinstance(each, FlowSwapped)), len(told)]
        today: list[ev.HistoryEvent] = []
        for checked, (start, end) in zip((self.checked, *self.asking), pairwise(starts), strict=False):
            plan = FlowVersion.make("", checked, event).plan
            asked = await self._as_asked_today(told, plan, clock)
            today += [each for each in asked if start <= each.seq < end]
        return today

    async def _as_asked_today(
        self, told: Sequence[ev.HistoryEvent], plan: Plan, clock: Clock
    ) -> list[ev.HistoryEvent]:
        shelf = RecordingShelf(histories=(self.history,), is_closed=True)
        pools = ProviderPools(
            plan.flows, self.env, sleep=clock.sleep, recordings=RunRecordings(shelf, mode="replay")
        )
        try:
            with explained(None):
                code = UserCode(None, AlwaysTrust())
                cast = await build_cast(plan, pools.by_file, code=code, given=_handlers(plan))
        finally:
            await pools.aclose()
        secrets = secrets_in(plan.flows.values(), self.env)
        names = ("messages",) if self.is_own else ("provider", "model", "messages", "parameters")
        renderings = Renderings(
            plan, cast.agents, event_of(self.history), Redaction.of(self.env, secrets), names=names
        )
        return renderings.of(told, self.since)


class _Uncalled:
    """Stands where Python code would: a replay calls nobody, so there is no need to import it."""

    async def run(self, event: Event, state: State, context: AgentContext) -> None:  # noqa: ARG002
        raise AssertionError("a replay calls nobody")


def _handlers(plan: Plan) -> dict[str, Agent]:
    return {
        step.key: _Uncalled()
        for step in plan.steps()
        if (agent := plan.flows[step.flow].agents.get(step.agent)) is not None and agent.handler
    }


def _what_hooks_hide(flow: Flow) -> str:
    if not any(hook.hook in _SEEN_BY_HOOKS for hook in flow.hooks):
        return ""
    return "what models were asked is not compared: the file's callbacks may change what agents are given"
