"""Compiling the stages of mixed mode, with their branches and choices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from agentflow_tui.plan.nest import Nest
from agentflow_tui.plan.node import (
    DEFAULT_FAILURE_THRESHOLD,
    DEFAULT_MAX_CONCURRENCY,
    DEFAULT_MAX_ITERATIONS,
    Chain,
    Choice,
    Fan,
    Loop,
    Node,
    Option,
    Routing,
    Rule,
    Stage,
    Step,
)
from agentflow_tui.plan.route_label import route_label

if TYPE_CHECKING:
    from agentflow_tui.config.stage import Body, BranchConfig, ChoiceConfig, StageConfig


class StageCompiler:
    """Compiles `[[orchestration.mixed.stages]]` (semantics §3 mixed, §9 stages)."""

    def __init__(self, nest: Nest) -> None:
        """Compile the stages of the flow that `nest` holds."""
        self._nest, self._book = nest, nest.book

    def stage(self, parent: str, stage: StageConfig, index: int) -> Stage:
        """Compile one stage; `index` counts from 1.

        Raises:
            PlanError: the stage nests a flow that is missing.
        """
        name = stage.name or f"stage {index}"
        path = self._book.child(parent, name)
        if stage.choices:
            body: Node = self._choices(self._book.child(path, "choices"), stage.choices)
        else:
            # The frame of a stage has its name already.
            below = self._book.child(path, "branches" if stage.branches else stage.mode or "")
            body = self._body(below, f"stage '{name}'", stage.mode or "", stage, stage.branches)
        return Stage(
            path,
            name,
            index,
            body,
            mode=_mode_shown(stage),
            timeout=stage.timeout_seconds,
            prerequisites=tuple(stage.prerequisites),
            success_condition=stage.success_condition,
            when=stage.when,
        )

    def _choices(self, path: str, choices: Sequence[ChoiceConfig]) -> Choice:
        options = []
        for place, choice in enumerate(choices, start=1):
            name = choice.name or f"choice {place}"
            body = self._part(self._book.child(path, name), f"choice '{name}'", choice, choice.branches)
            options.append(Option(choice.when.text if choice.when else "otherwise", body, choice.when))
        return Choice(path, "choices", tuple(options))

    def _parallel(self, path: str, title: str, body: Body, branches: Sequence[BranchConfig]) -> Fan:
        children, optional = [], set()
        for place, branch in enumerate(branches, start=1):
            name = branch.name or f"branch {place}"
            child = self._part(self._book.child(path, name), f"branch '{name}'", branch, ())
            children.append(child)
            if not branch.required:
                optional.add(child.path)
        limit = body.config.max_concurrency
        return Fan(
            path,
            title,
            tuple(children),
            max_concurrency=DEFAULT_MAX_CONCURRENCY if limit is None else limit,
            optional=frozenset(optional),
            is_parallel=True,
        )

    def _part(self, path: str, who: str, body: Body, branches: Sequence[BranchConfig]) -> Node:
        name = body.name or body.mode or ""
        limit = body.timeout_seconds
        if limit is None or body.mode in ("sequential", "flow"):
            node = self._body(path, who, name, body, branches)
            return node if limit is None else _limited(node, limit)
        below = self._book.child(path, body.mode or "")
        return Chain(path, name, (self._body(below, who, body.mode or "", body, branches),), timeout=limit)

    def _body(self, path: str, who: str, title: str, body: Body, branches: Sequence[BranchConfig]) -> Node:
        if body.mode == "flow":
            return self._nest.nested(path, body.flow or "", who)
        if body.mode == "parallel":
            return self._parallel(path, title, body, branches)
        if body.mode == "route":
            return self._route(path, title, body.agents)
        config = body.config
        if body.mode == "collaborative":
            threshold, limit = config.failure_threshold, config.max_concurrency
            return Fan(
                path,
                title,
                self._nest.agents(path, body.agents),
                failure_threshold=DEFAULT_FAILURE_THRESHOLD if threshold is None else threshold,
                max_concurrency=DEFAULT_MAX_CONCURRENCY if limit is None else limit,
            )
        if body.mode == "loop":
            most = config.max_iterations
            return Loop(
                path,
                title,
                self._round(path, body.agents),
                max_iterations=DEFAULT_MAX_ITERATIONS if most is None else most,
                condition=config.loop_condition,
            )
        return Chain(path, title, self._nest.agents(path, body.agents))

    def _round(self, path: str, agents: Sequence[str]) -> Node:
        """What one iteration of a loop runs: several agents in order (semantics §9)."""
        if len(agents) == 1:
            return self._nest.agent(path, agents[0])
        below = self._book.child(path, "body")
        return Chain(below, "body", self._nest.agents(below, agents))

    def _route(self, path: str, title: str, agents: Sequence[str]) -> Choice:
        """Metadata, then the rules that name its agents, else the first (semantics §9)."""
        settings = self._nest.flow.orchestration.routing
        rules = tuple(
            Rule(rule.agent, rule.when, rule.contains) for rule in settings.rules if rule.agent in agents
        )
        routing = Routing(rules, None, settings.max_hops, uses_target=False)
        labels = replace(routing, default_agent=agents[0])
        options = (
            Option(route_label(agent, labels), self._nest.agent(path, agent))
            for agent in dict.fromkeys(agents)
        )
        return Choice(path, title, tuple(options), routing)


def _limited(node: Node, limit: float) -> Node:
    """A chain that keeps to this many seconds too; a single agent keeps its time itself."""
    if not isinstance(node, Chain):
        return node
    if len(node.children) == 1 and isinstance(step := node.children[0], Step):
        return replace(node, children=(replace(step, timeout=min(limit, step.timeout or limit)),))
    return replace(node, timeout=min(limit, node.timeout or limit))


def _mode_shown(stage: StageConfig) -> str:
    if stage.choices:
        return "choices"
    return f"flow {stage.flow}" if stage.flow else stage.mode or ""
