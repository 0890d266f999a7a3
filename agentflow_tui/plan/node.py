"""The six kinds of node that every flow compiles to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from agentflow_tui.conditions import Condition
from agentflow_tui.plan.policy import Policies

if TYPE_CHECKING:
    from agentflow_tui.config.flow import Flow

DEFAULT_MAX_CONCURRENCY = 10
DEFAULT_FAILURE_THRESHOLD = 0.5
DEFAULT_MAX_ITERATIONS = 5
DEFAULT_MAX_HOPS = 10


@dataclass(frozen=True, slots=True)
class Step:
    """One run of one agent."""

    path: str
    """Stable id: the names from the root to here, joined with `/`; a repeat in a list gets `#2`, `#3`, …"""
    agent: str
    """Name of the agent in `[agents.*]`."""
    timeout: float | None = None
    """Seconds each attempt may take, without the time spent paused; none means no limit of its own."""
    policies: Policies | None = None
    """Retry, circuit breaker and rate limit, where the flow sets any for this agent."""
    flow: str = ""
    """File of the nested flow whose `[agents.*]` the agent is in; empty for the flow that was started."""

    key: str = field(init=False, compare=False, repr=False)
    """What names the agent among those of all nested flows: two files may use one name."""

    def __post_init__(self) -> None:
        """Find the key."""
        object.__setattr__(self, "key", f"{self.flow}:{self.agent}" if self.flow else self.agent)


@dataclass(frozen=True, slots=True)
class Chain:
    """Children one after the other, each with the state the one before left (semantics §3 sequential).

    One with `flow` is a whole nested flow: its only child is that flow's root.
    """

    path: str
    title: str
    children: tuple[Node, ...]
    timeout: float | None = None
    """Seconds for all children together, without the time spent paused."""
    flow: str = ""
    """File of the nested flow, relative to the project folder."""
    agent: str = ""
    """Name of the agent that is this nested flow; empty for a stage's."""
    error_routes: ErrorRoutes | None = None
    """What the nested flow does with a failure."""


@dataclass(frozen=True, slots=True)
class Fan:
    """Children side by side, each on its own copy of the state, merged by delta (semantics §3)."""

    path: str
    title: str
    children: tuple[Node, ...]
    failure_threshold: float = DEFAULT_FAILURE_THRESHOLD
    """Tolerated fraction of failed children, 0 to 1; more than it fails the phase."""
    max_concurrency: int = DEFAULT_MAX_CONCURRENCY
    """How many children run at one time; the rest wait in list order."""
    optional: frozenset[str] = frozenset()
    """Paths of children whose failure is recorded and left out of the merge; with `is_parallel` only."""
    is_parallel: bool = False
    """True for named branches: any failed child that is not optional fails the phase."""


@dataclass(frozen=True, slots=True)
class Loop:
    """A body that runs again until a stop flag, the condition or the limit (semantics §3 loop)."""

    path: str
    title: str
    body: Node
    max_iterations: int = DEFAULT_MAX_ITERATIONS
    condition: Condition | None = None
    """Asked after each iteration; true ends the loop."""


@dataclass(frozen=True, slots=True)
class Option:
    """One way out of a choice."""

    label: str
    """What the edge says: the condition's text, `contains "x"`, the agent's name or `otherwise`."""
    body: Node
    when: Condition | None = None
    contains: str | None = None
    """Text looked for in `message`, in any case (semantics §3 route)."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One routing rule: the first that matches, in file order, names the agent (semantics §3 route)."""

    agent: str
    when: Condition | None = None
    contains: str | None = None


@dataclass(frozen=True, slots=True)
class Routing:
    """How a routing choice finds its agent: metadata, target, rules, default (semantics §3 route)."""

    rules: tuple[Rule, ...] = ()
    default_agent: str | None = None
    max_hops: int = DEFAULT_MAX_HOPS
    """How many hand-overs are allowed."""
    uses_target: bool = True
    """False inside a stage, where the event's target is not asked."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Exactly one of the options runs, or none (semantics §3 route, conditional branching)."""

    path: str
    title: str
    options: tuple[Option, ...]
    routing: Routing | None = None
    """Set for routing: the options are the agents, one Step each, and hand-over moves among them."""
    agents: Mapping[str, Node] = field(init=False, compare=False, repr=False)
    """The bodies of the options by the names of their agents."""

    def __post_init__(self) -> None:
        """Find the agents once, not for every run."""
        agents = {agent_of(option.body): option.body for option in self.options}
        object.__setattr__(self, "agents", agents)


@dataclass(frozen=True, slots=True)
class Stage:
    """A named part of a mixed flow with its gates (semantics §3 mixed)."""

    path: str
    name: str
    index: int
    """Position in the file, from 1."""
    body: Node
    mode: str = "sequential"
    """Of its body, for people: a mode, `choices`, or `flow` and the file."""
    timeout: float | None = None
    """Seconds for the whole stage, without the time spent paused."""
    prerequisites: tuple[str, ...] = ()
    success_condition: Condition | None = None
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class ErrorRoutes:
    """Which agent handles a failure: by category, then by severity, then the default (semantics §5)."""

    by_category: dict[str, Node] = field(default_factory=dict)
    by_severity: dict[str, Node] = field(default_factory=dict)
    default: Node | None = None

    @property
    def handlers(self) -> tuple[Node, ...]:
        """All handlers; one that stands in several places comes several times."""
        last = () if self.default is None else (self.default,)
        return (*self.by_category.values(), *self.by_severity.values(), *last)


Node = Step | Chain | Fan | Loop | Choice | Stage


@dataclass(frozen=True, slots=True)
class Plan:
    """What one flow in one mode compiles to: what the engine runs and the graph draws."""

    root: Node
    mode: str
    """route, collaborative, sequential, loop or mixed."""
    timeout: float
    """Seconds for the whole run, without the time spent paused."""
    timeout_is_default: bool = False
    """True when the file sets no `timeout_seconds`; the error on expiry then says so (semantics §9)."""
    nodes: dict[str, Node] = field(default_factory=dict, compare=False)
    """Every node by its path; error handlers, which no line leads to, are not among them."""
    error_routes: ErrorRoutes | None = None
    """What happens with a failure of the run; none when error routing is off."""
    flows: dict[str, Flow] = field(default_factory=dict, compare=False)
    """Every flow that agents of the plan belong to, by `Step.flow`."""

    def limits(self) -> Iterator[float]:
        """The time limits of all nodes that have one, in seconds."""
        for node in self.nodes.values():
            if isinstance(node, Step | Chain | Stage) and node.timeout is not None:
                yield node.timeout

    def steps(self) -> Iterator[Step]:
        """Every agent run that can happen, those of nested flows and of error handlers too."""
        pending: list[Node] = [self.root, *_handlers(self.error_routes)]
        while pending:
            for node in walk(pending.pop()):
                if isinstance(node, Step):
                    yield node
                elif isinstance(node, Chain):
                    pending.extend(_handlers(node.error_routes))


def _handlers(routes: ErrorRoutes | None) -> tuple[Node, ...]:
    return () if routes is None else routes.handlers


def agent_of(node: Node) -> str:
    """Name of the agent that a node is: a step's, or that of a nested flow; empty for anything else."""
    return node.agent if isinstance(node, Step | Chain) else ""


def children_of(node: Node) -> tuple[Node, ...]:
    """The nodes directly inside a node, in declared order."""
    match node:
        case Step():
            return ()
        case Chain() | Fan():
            return node.children
        case Loop() | Stage():
            return (node.body,)
        case Choice():
            return tuple(option.body for option in node.options)


def following(chain: Chain, child: Node) -> Chain | None:
    """The part of a chain behind a child; none when nothing is, or the child is not there."""
    paths = [each.path for each in chain.children]
    if child.path not in paths or child.path == paths[-1]:
        return None
    return replace(chain, children=chain.children[paths.index(child.path) + 1 :])


def walk(node: Node) -> Iterator[Node]:
    """Every node from here down, parents first, in declared order."""
    pending = [node]
    while pending:
        current = pending.pop()
        yield current
        pending.extend(reversed(children_of(current)))
