"""What another config would mean for a run that goes on: what is asked anew, what changes its course."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from agentflow_tui.plan.change_effect import Effect, effect_of
from agentflow_tui.plan.node import Fan, Loop, Node, Plan, agent_of, children_of, walk

if TYPE_CHECKING:
    from agentflow_tui.config.flow import Flow
    from agentflow_tui.config.flow_change import FlowChange


@dataclass(frozen=True, slots=True)
class ForecastChange:
    """A change and what comes of it."""

    change: FlowChange
    effect: Effect
    agents: tuple[str, ...] = ()
    """Whose calls no longer fit their recordings because of it, as `Step.key` names them."""


@dataclass(frozen=True, slots=True)
class SwapForecast:
    """The changes from one config to another, with what comes of them in a live run."""

    changes: tuple[ForecastChange, ...]
    agents: tuple[str, ...] = ()
    """All agents whose recordings no longer fit."""
    shape_from: str = ""
    """Path of the first node that is another one; empty while the plans have the same nodes."""
    refusal: str = ""
    """Why a live run cannot take it over; empty when it can."""
    way_out: str = ""
    """What to do then."""

    @classmethod
    def make(
        cls,
        old: tuple[Flow, Plan],
        new: tuple[Flow, Plan],
        changes: tuple[FlowChange, ...],
        ended: Collection[str] = (),
    ) -> SwapForecast:
        """Compare two configs with the plans of one mode; `ended` are the paths of nodes that are over."""
        agents = _asked_anew(old[1], new[1])
        shape = _first_difference(old[1].root, new[1].root)
        forecast = tuple(_forecast(change, agents, bool(shape)) for change in changes)
        refusal, way_out = _refusal(old[1], new[1], ended)
        return cls(forecast, tuple(agents), shape, refusal, way_out)

    @property
    def is_empty(self) -> bool:
        """True when both mean the same."""
        return not self.changes

    @property
    def summary(self) -> tuple[str, ...]:
        """What is invalidated, one sentence each."""
        lines = []
        if self.agents:
            lines.append(f"asked anew, their recordings no longer fit: {', '.join(self.agents)}")
        if self.shape_from:
            lines.append(f"the graph is another one from {self.shape_from} on")
        if any(each.effect == "later" for each in self.changes):
            lines.append("callbacks, telemetry, name and switches: from the next run on")
        return tuple(lines) or ("nothing that was recorded is invalidated",)


def swap_points(plan: Plan, ended: Collection[str] = ()) -> tuple[str, ...]:
    """Return the paths of the loops between whose iterations a config can be swapped, outermost first.

    Inside a parallel phase it cannot: the other branches are on their way. `ended` are nodes that are over.
    """
    return tuple(path for path in _loops(plan.root) if path not in ended)


def _loops(node: Node) -> Iterator[str]:
    if isinstance(node, Fan):
        return
    if isinstance(node, Loop):
        yield node.path
    for child in children_of(node):
        yield from _loops(child)


def _refusal(old: Plan, new: Plan, ended: Collection[str]) -> tuple[str, str]:
    again = "run the edited text again from here as a fork (R)"
    if old.mode != new.mode:
        return f"the mode changes from {old.mode} to {new.mode}; a run keeps its mode", again
    points = swap_points(old, ended)
    if not points:
        had = "the last loop of this run is over" if swap_points(old) else "this flow has no loop to wait for"
        return f"{had}, and a config is only swapped between iterations", again
    if not any(isinstance(new.nodes.get(path), Loop) for path in points):
        return f"the edited flow has no loop at '{points[0]}' any more", again
    return "", ""


def _first_difference(old: Node, new: Node) -> str:
    for before, after in zip_longest(walk(old), walk(new)):
        if before is None or after is None:
            return str((before or after).path)
        if (type(before), before.path, agent_of(before)) != (type(after), after.path, agent_of(after)):
            return str(after.path)
    return ""


def _asked_anew(old: Plan, new: Plan) -> dict[str, None]:
    before = {step.key: step for step in old.steps()}
    return {
        step.key: None
        for step in new.steps()
        if step.key in before
        and _request(old.flows, step.flow, step.agent) != _request(new.flows, step.flow, step.agent)
    }


def _request(flows: Mapping[str, Flow], file: str, name: str) -> Any:
    """What of a flow stands in the requests of an agent, and so in the keys of its recordings."""
    flow = flows.get(file)
    agent = flow.agents.get(name) if flow is not None else None
    if flow is None or agent is None:
        return None
    settings = flow.llm_for(name)
    table = flow.providers.get(settings.provider or "")
    model = settings.model or (table.model if table is not None else None)
    sampling = (settings.temperature, settings.max_tokens, settings.top_p, settings.seed)
    return (
        (settings.provider, model, *sampling),
        (agent.prompt, agent.system_prompt, list(agent.output.items()), agent.handler),
    )


def _forecast(change: FlowChange, agents: Collection[str], is_other_shape: bool) -> ForecastChange:
    effect = effect_of(change, is_other_shape=is_other_shape)
    if effect != "calls":
        return ForecastChange(change, effect)
    named = tuple(key for key in agents if _concerns(change, key))
    return ForecastChange(change, effect if named else "course", named)


def _concerns(change: FlowChange, agent: str) -> bool:
    file, _, name = agent.rpartition(":")
    if file != change.file:
        return False
    return change.key[0] != "agents" or change.key[1:2] == (name,)
