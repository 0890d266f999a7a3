"""Compiling a checked flow to a plan: one function per mode."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from agentflow_tui.plan.nest import Nest
from agentflow_tui.plan.node import (
    DEFAULT_FAILURE_THRESHOLD,
    DEFAULT_MAX_CONCURRENCY,
    Chain,
    Choice,
    Fan,
    Loop,
    Node,
    Option,
    Plan,
    Routing,
    Rule,
    walk,
)
from agentflow_tui.plan.plan_error import PlanError
from agentflow_tui.plan.route_label import route_label
from agentflow_tui.plan.stages import StageCompiler

if TYPE_CHECKING:
    from agentflow_tui.config.flow import Flow


def compile_plan(flow: Flow, mode: str | None = None) -> Plan:
    """Compile a flow, and the flows that it nests, to the tree that is run, drawn and printed (semantics §1).

    `mode` overrides the file's own (semantics §3 switching).

    Raises:
        PlanError: the file does not configure that mode, no mode has that name, or a nested flow is missing.
    """
    chosen = mode or flow.orchestration.mode
    if chosen not in _MODES:
        raise PlanError(f"no mode is called {chosen!r}; modes are {', '.join(_MODES)}")
    nest = Nest(flow, _compile_root)
    root = _compile_root(nest, chosen, "")
    return Plan(
        root=root,
        mode=chosen,
        timeout=flow.orchestration.timeout_seconds,
        timeout_is_default=flow.orchestration.timeout_is_default,
        nodes={node.path: node for node in walk(root)},
        error_routes=nest.error_routes(""),
        flows=nest.flows,
    )


def _compile_root(nest: Nest, mode: str, parent: str) -> Node:
    return _MODES[mode](nest, nest.book.child(parent, mode))


def _fan(nest: Nest, path: str, agents: Iterable[str]) -> Fan:
    settings = nest.flow.orchestration
    threshold, limit = settings.failure_threshold, settings.max_concurrency
    return Fan(
        path,
        "collaborative",
        nest.agents(path, agents),
        failure_threshold=DEFAULT_FAILURE_THRESHOLD if threshold is None else threshold,
        max_concurrency=DEFAULT_MAX_CONCURRENCY if limit is None else limit,
    )


def _compile_route(nest: Nest, path: str) -> Node:
    settings = nest.flow.orchestration.routing
    rules = tuple(Rule(rule.agent, rule.when, rule.contains) for rule in settings.rules)
    # The event's target is meant for the flow that was started.
    routing = Routing(rules, settings.default_agent, settings.max_hops, uses_target=not nest.depth)
    options = tuple(
        Option(route_label(agent, routing), nest.agent(path, agent)) for agent in nest.flow.enabled_agents
    )
    return Choice(path, "route", options, routing)


def _compile_collaborative(nest: Nest, path: str) -> Node:
    agents = nest.flow.orchestration.collaborative_agents
    return _fan(nest, path, nest.flow.enabled_agents if agents is None else agents)


def _compile_sequential(nest: Nest, path: str) -> Node:
    agents = nest.flow.orchestration.sequential_agents
    if not agents:
        raise PlanError("the file configures no sequential mode; set `orchestration.sequential_agents`")
    return Chain(path, "sequential", nest.agents(path, agents))


def _compile_loop(nest: Nest, path: str) -> Node:
    settings = nest.flow.orchestration
    if not settings.loop_agent:
        raise PlanError("the file configures no loop mode; set `orchestration.loop_agent`")
    return Loop(
        path,
        "loop",
        nest.agent(path, settings.loop_agent),
        max_iterations=settings.max_iterations,
        condition=settings.loop.condition,
    )


def _compile_mixed(nest: Nest, path: str) -> Node:
    settings = nest.flow.orchestration
    if settings.mixed.stages:
        compiler = StageCompiler(nest)
        stages = enumerate(settings.mixed.stages, start=1)
        return Chain(path, "mixed", tuple(compiler.stage(path, stage, index) for index, stage in stages))
    together, in_order = settings.collaborative_agents, settings.sequential_agents
    if together is None and in_order is None:
        raise PlanError(
            "the file configures no mixed mode; "
            "set `orchestration.collaborative_agents` or `orchestration.sequential_agents`"
        )
    # An absent list is an empty phase, not every agent (semantics §9).
    phases: list[Node] = []
    if together:
        phases.append(_fan(nest, nest.book.child(path, "collaborative"), together))
    if in_order:
        below = nest.book.child(path, "sequential")
        phases.append(Chain(below, "sequential", nest.agents(below, in_order)))
    return Chain(path, "mixed", tuple(phases))


_MODES: dict[str, Callable[[Nest, str], Node]] = {
    "route": _compile_route,
    "collaborative": _compile_collaborative,
    "sequential": _compile_sequential,
    "loop": _compile_loop,
    "mixed": _compile_mixed,
}
