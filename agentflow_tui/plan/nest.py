"""One flow among those that a plan is made of: its agents, its nested flows, its error handlers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from agentflow_tui.plan.node import Chain, ErrorRoutes, Node, Step
from agentflow_tui.plan.path_book import PathBook
from agentflow_tui.plan.plan_error import PlanError
from agentflow_tui.plan.policy import Policies, policies_of

if TYPE_CHECKING:
    from agentflow_tui.config.flow import Flow

MAX_NESTED_STEPS = 10_000
"""Flows that each nest a few others several times multiply; no more agent runs than this are drawn."""

CompileRoot = Callable[["Nest", str, str], Node]
"""Compiles the flow of a nest in a mode, below a path that is empty for the plan's root."""


class Nest:
    """What compiling one flow needs to know; `inner` ones share the paths and the count."""

    def __init__(self, flow: Flow, compile_root: CompileRoot) -> None:
        """The flow that was started."""
        self.flow = flow
        self.file = ""
        self.depth = 0
        self.book = PathBook()
        self.flows: dict[str, Flow] = {"": flow}
        self._compile_root = compile_root
        self._count = [0]

    def agent(self, parent: str, name: str) -> Node:
        """One run of an agent: a step, or the whole flow that the agent is."""
        path = self.book.child(parent, name)
        settings = self.flow.agents.get(name)
        timeout = settings.timeout_seconds if settings else None
        if settings is not None and settings.flow is not None:
            return self.nested(path, settings.flow, f"agent '{name}'", agent=name, timeout=timeout)
        self._count[0] += 1
        if self.depth and self._count[0] > MAX_NESTED_STEPS:
            raise PlanError(
                f"the nested flows make more than {MAX_NESTED_STEPS} steps; {self.file} is too many"
            )
        return Step(path, name, timeout, policies_of(self.flow, name), self.file)

    def agents(self, parent: str, names: Iterable[str]) -> tuple[Node, ...]:
        """Runs of several agents below one node."""
        return tuple(self.agent(parent, name) for name in names)

    def nested(
        self, path: str, name: str, who: str, *, agent: str = "", timeout: float | None = None
    ) -> Chain:
        """The flow that this one calls `name`; `who` nests it, for the error when that is not there.

        Its own time limit counts when its file sets one, besides `timeout`.
        """
        found = self.flow.nested.get(name)
        if found is None:
            raise PlanError(f"{who}: the flow '{name}' was not read; save this flow in its project folder")
        inner = self._inner(found.flow, found.file)
        settings = found.flow.orchestration
        limits = [timeout] if settings.timeout_is_default else [timeout, settings.timeout_seconds]
        try:
            root = self._compile_root(inner, settings.mode, path)
        except PlanError as error:
            raise PlanError(f"{who}: flow '{found.file}': {error}") from None
        return Chain(
            path,
            " · ".join(filter(None, (agent, found.file, settings.mode))),
            (root,),
            timeout=min((limit for limit in limits if limit is not None), default=None),
            flow=found.file,
            agent=agent,
            error_routes=inner.error_routes(path),
        )

    def error_routes(self, parent: str) -> ErrorRoutes | None:
        """The error handlers; one that is unknown or disabled is left out, as the check has warned."""
        routing = self.flow.error_routing
        if not routing.enabled:
            return None
        below = self.book.child(parent, "on error")
        made: dict[str, Node] = {}

        def handler(name: str) -> Node:
            if name not in made:
                made[name] = _once(self.agent(below, name))
            return made[name]

        known = self.flow.enabled_agents
        default = routing.error_handler_name
        return ErrorRoutes(
            {
                _category(key): handler(name)
                for key, name in routing.category_handlers.items()
                if name in known
            },
            {key.lower(): handler(name) for key, name in routing.severity_handlers.items() if name in known},
            handler(default) if default in known and default is not None else None,
        )

    def _inner(self, flow: Flow, file: str) -> Nest:
        inner = Nest(flow, self._compile_root)
        inner.file, inner.depth = file, self.depth + 1
        inner.book, inner.flows, inner._count = self.book, self.flows, self._count
        self.flows[file] = flow
        return inner


def _once(handler: Node) -> Node:
    """The handler without retries: it runs once (semantics §5)."""
    if not isinstance(handler, Step) or handler.policies is None:
        return handler
    rest = replace(handler.policies, retry=None)
    return replace(handler, policies=None if rest == Policies() else rest)


def _category(key: str) -> str:
    """The reference writes `AUTH_ERROR` where this format says `auth`."""
    return key.lower().removesuffix("_error")
