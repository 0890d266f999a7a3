"""What a flow can be run in at once: each of its modes is prepared when it is first asked for."""

from __future__ import annotations

from collections.abc import Sequence

from agentflow_tui.agents.cast import Cast
from agentflow_tui.config import Flow
from agentflow_tui.engine import Clock, Engine, Event, Hooks
from agentflow_tui.engine.alarms import Alarms
from agentflow_tui.engine.event import NO_META
from agentflow_tui.engine.guards import Guards
from agentflow_tui.engine.mode_choice import ModeChoice
from agentflow_tui.engine.standby import Standby
from agentflow_tui.history.event import HistoryEvent
from agentflow_tui.plan.compile import compile_plan
from agentflow_tui.plan.node import Plan
from agentflow_tui.plan.plan_error import PlanError
from agentflow_tui.workbench.not_ready import NotReadyError


class Repertoire:
    """Plans, casts and engines of one flow by mode, kept from run to run."""

    def __init__(self, flow: Flow, name: str, hooks: Hooks, clock: Clock) -> None:
        """Nothing is prepared; the breakers and rate limits of the agents are shared by all runs."""
        self._flow = flow
        self._name = name
        self._hooks = hooks
        self._clock = clock
        self._guards = Guards(clock)
        self._alarms = Alarms(clock)
        self._standby = Standby()
        self._plans: dict[str, Plan] = {}
        self._casts: dict[str, Cast] = {}
        self.ready: dict[str, tuple[Engine, Sequence[str]]] = {}
        """The engine of a mode whose agents are kept, and what the history is to be told first."""
        self._has_switches = bool(flow.orchestration.switch)
        self._usual: ModeChoice | None = None

    def choice(self, event: Event) -> ModeChoice:
        """Which mode an event goes through.

        Raises:
            NotReadyError: The file's own mode cannot be run.
        """
        metadata = event.metadata
        is_usual = not self._has_switches and (
            metadata is NO_META or "orchestration_override" not in metadata
        )
        if is_usual and self._usual is not None:
            return self._usual
        try:
            choice = ModeChoice.make(self._flow, event, self._compiled)
        except PlanError as error:
            raise NotReadyError(str(error)) from error
        if is_usual:
            self._usual = choice
        return choice

    def cast(self, mode: str) -> Cast | None:
        """The agents of a mode, if they are kept."""
        return self._casts.get(mode)

    def keep(self, mode: str, cast: Cast) -> None:
        """These agents are good for any run: they hold nothing that has to be closed."""
        self._casts[mode] = cast

    def engine(self, plan: Plan, cast: Cast) -> Engine:
        """An engine for a plan, made once where the agents are kept."""
        kept = self.ready.get(plan.mode)
        if kept is not None:
            return kept[0]
        engine = Engine(
            plan,
            cast.agents,
            emit=_nobody,
            clock=self._clock,
            hooks=self._hooks,
            flow_name=self._name,
            guards=self._guards,
            alarms=self._alarms,
            standby=self._standby,
        )
        if plan.mode in self._casts:
            self.ready[plan.mode] = engine, cast.notes
        return engine

    def forget_agents(self) -> None:
        """An agent is another one now."""
        self._casts.clear()
        self.ready.clear()

    def _compiled(self, flow: Flow, mode: str | None) -> Plan:
        chosen = mode or flow.orchestration.mode
        plan = self._plans.get(chosen)
        if plan is None:
            plan = self._plans[chosen] = compile_plan(flow, chosen)
        return plan


def _nobody(_: HistoryEvent) -> None:
    """Who listens to an engine between runs."""
