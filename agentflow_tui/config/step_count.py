"""How many agent runs a flow and those inside it are made of, before any of them is compiled."""

from __future__ import annotations

from collections.abc import Iterable

from agentflow_tui.config.flow import Flow
from agentflow_tui.config.stage import Body, ChoiceConfig, StageConfig

MAX_NESTED_STEPS = 10_000
"""Flows that each nest a few others several times multiply; the plan draws no more agent runs than this."""


class StepCount:
    """Counts as the plan is compiled; each inner flow once, however often it is nested."""

    def __init__(self) -> None:
        """Know no flow yet."""
        self._known: dict[tuple[int, str], int] = {}

    def of(self, flow: Flow, mode: str | None = None) -> int:
        """Return the steps of a flow, error handlers included, in `mode` or its own."""
        mode = mode or flow.orchestration.mode
        key = (id(flow), mode)
        if key not in self._known:
            self._known[key] = self._mode(flow, mode) + self._agents(flow, _handlers(flow))
        return self._known[key]

    def nested(self, flow: Flow, name: str) -> int:
        """Return the steps of the flow that `flow` calls `name`; none when it could not be read."""
        found = flow.nested.get(name)
        return 0 if found is None else self.of(found.flow)

    def _mode(self, flow: Flow, mode: str) -> int:
        settings = flow.orchestration
        together, in_order = settings.collaborative_agents, settings.sequential_agents
        if mode == "mixed" and settings.mixed.stages:
            return sum(self._body(flow, stage) for stage in settings.mixed.stages)
        if mode == "mixed":
            return self._agents(flow, [*(together or ()), *(in_order or ())])
        if mode == "sequential":
            return self._agents(flow, in_order or ())
        if mode == "loop":
            return self._agents(flow, [settings.loop_agent] if settings.loop_agent else ())
        names = together if mode == "collaborative" and together is not None else flow.enabled_agents
        return self._agents(flow, names)

    def _body(self, flow: Flow, body: Body) -> int:
        inner: list[Body] = []
        if isinstance(body, StageConfig):
            inner += body.choices
        if isinstance(body, StageConfig | ChoiceConfig) and not inner:
            inner += body.branches
        if inner:
            return sum(self._body(flow, part) for part in inner)
        return self.nested(flow, body.flow) if body.flow is not None else self._agents(flow, body.agents)

    def _agents(self, flow: Flow, names: Iterable[str]) -> int:
        count = 0
        for name in names:
            agent = flow.agents.get(name)
            inner = agent.flow if agent is not None else None
            count += 1 if inner is None else self.nested(flow, inner)
        return count


def _handlers(flow: Flow) -> set[str]:
    routing = flow.error_routing
    if not routing.enabled:
        return set()
    named = {*routing.category_handlers.values(), *routing.severity_handlers.values()}
    return (named | {routing.error_handler_name or ""}) & set(flow.enabled_agents)
