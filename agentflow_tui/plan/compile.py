"""Compiling a checked flow to a plan: one function per mode."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

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
    Step,
    walk,
)
from agentflow_tui.plan.path_book import PathBook
from agentflow_tui.plan.plan_error import PlanError
from agentflow_tui.plan.route_label import route_label
from agentflow_tui.plan.stages import StageCompiler

if TYPE_CHECKING:
    from agentflow_tui.config.flow import Flow


def compile_plan(flow: Flow, mode: str | None = None) -> Plan:
    """Compile a flow to the tree that is run, drawn and printed (semantics §1).

    `mode` overrides the file's own (semantics §3 switching).

    Raises:
        PlanError: the file does not configure that mode, or no mode has that name.
    """
    chosen = mode or flow.orchestration.mode
    if chosen not in _MODES:
        raise PlanError(f"no mode is called {chosen!r}; modes are {', '.join(_MODES)}")
    root = _MODES[chosen](flow, PathBook())
    return Plan(
        root=root,
        mode=chosen,
        timeout=flow.orchestration.timeout_seconds,
        timeout_is_default=flow.orchestration.timeout_is_default,
        nodes={node.path: node for node in walk(root)},
    )


def _step(flow: Flow, book: PathBook, parent: str, agent: str) -> Step:
    settings = flow.agents.get(agent)
    return Step(book.child(parent, agent), agent, settings.timeout_seconds if settings else None)


def _steps(flow: Flow, book: PathBook, parent: str, agents: Iterable[str]) -> tuple[Step, ...]:
    return tuple(_step(flow, book, parent, agent) for agent in agents)


def _chain(flow: Flow, book: PathBook, path: str, agents: Iterable[str]) -> Chain:
    return Chain(path, "sequential", _steps(flow, book, path, agents))


def _fan(flow: Flow, book: PathBook, path: str, agents: Iterable[str]) -> Fan:
    settings = flow.orchestration
    threshold, limit = settings.failure_threshold, settings.max_concurrency
    return Fan(
        path,
        "collaborative",
        _steps(flow, book, path, agents),
        failure_threshold=DEFAULT_FAILURE_THRESHOLD if threshold is None else threshold,
        max_concurrency=DEFAULT_MAX_CONCURRENCY if limit is None else limit,
    )


def _compile_route(flow: Flow, book: PathBook) -> Node:
    path = book.root("route")
    settings = flow.orchestration.routing
    rules = tuple(Rule(rule.agent, rule.when, rule.contains) for rule in settings.rules)
    routing = Routing(rules, settings.default_agent, settings.max_hops)
    options = tuple(
        Option(route_label(agent, routing), _step(flow, book, path, agent)) for agent in flow.enabled_agents
    )
    return Choice(path, "route", options, routing)


def _compile_collaborative(flow: Flow, book: PathBook) -> Node:
    agents = flow.orchestration.collaborative_agents
    return _fan(flow, book, book.root("collaborative"), flow.enabled_agents if agents is None else agents)


def _compile_sequential(flow: Flow, book: PathBook) -> Node:
    agents = flow.orchestration.sequential_agents
    if not agents:
        raise PlanError("the file configures no sequential mode; set `orchestration.sequential_agents`")
    return _chain(flow, book, book.root("sequential"), agents)


def _compile_loop(flow: Flow, book: PathBook) -> Node:
    settings = flow.orchestration
    if not settings.loop_agent:
        raise PlanError("the file configures no loop mode; set `orchestration.loop_agent`")
    path = book.root("loop")
    return Loop(
        path,
        "loop",
        _step(flow, book, path, settings.loop_agent),
        max_iterations=settings.max_iterations,
        condition=settings.loop.condition,
    )


def _compile_mixed(flow: Flow, book: PathBook) -> Node:
    settings = flow.orchestration
    if settings.mixed.stages:
        compiler, path = StageCompiler(flow, book), book.root("mixed")
        stages = enumerate(settings.mixed.stages, start=1)
        return Chain(path, "mixed", tuple(compiler.stage(path, stage, index) for index, stage in stages))
    together, in_order = settings.collaborative_agents, settings.sequential_agents
    if together is None and in_order is None:
        raise PlanError(
            "the file configures no mixed mode; "
            "set `orchestration.collaborative_agents` or `orchestration.sequential_agents`"
        )
    path = book.root("mixed")
    # An absent list is an empty phase, not every agent (semantics §9).
    phases: list[Node] = []
    if together:
        phases.append(_fan(flow, book, book.child(path, "collaborative"), together))
    if in_order:
        phases.append(_chain(flow, book, book.child(path, "sequential"), in_order))
    return Chain(path, "mixed", tuple(phases))


_MODES: dict[str, Callable[[Flow, PathBook], Node]] = {
    "route": _compile_route,
    "collaborative": _compile_collaborative,
    "sequential": _compile_sequential,
    "loop": _compile_loop,
    "mixed": _compile_mixed,
}
