"""The plan as a run went through it: loops unrolled, every hand-over, only what ran."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from agentflow_tui.history.run_state import AgentRun, NodeState, RunState
from agentflow_tui.plan.node import (
    Chain,
    Choice,
    Fan,
    Loop,
    Node,
    Option,
    Plan,
    Stage,
    Step,
    children_of,
    walk,
)
from agentflow_tui.plan.path_book import PathBook
from agentflow_tui.tui.panes.graph.execution import Execution, ways_of
from agentflow_tui.tui.panes.graph.face import LIVE

MOST_ITERATIONS = 60
"""Iterations of one loop that are drawn; of more, the last ones are."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What a node of the unrolled plan stands for."""

    path: str
    """Of the node in the plan as designed."""
    run: int | None = None
    """`AgentRun.number`, for a step."""


@dataclass(frozen=True, slots=True)
class AsItRan:
    """A plan made of agent runs, with where its nodes stand."""

    plan: Plan
    nodes: dict[str, NodeState]
    origins: dict[str, Origin]

    def place_of(self, path: str) -> str:
        """The path in the unrolled plan of the last execution of a designed node, or empty."""
        return next((new for new, origin in reversed(self.origins.items()) if origin.path == path), "")


def as_it_ran(plan: Plan, state: RunState) -> AsItRan:
    """Unroll a plan by the agent runs of a run; the same runs always give the same paths."""
    return _Unrolled(plan, state).result()


@dataclass
class _Unrolled:
    designed: Plan
    state: RunState
    book: PathBook = field(default_factory=PathBook)
    nodes: dict[str, NodeState] = field(default_factory=dict)
    origins: dict[str, Origin] = field(default_factory=dict)
    latest: dict[str, str] = field(default_factory=dict)

    def result(self) -> AsItRan:
        whole = Execution(self.designed.root)
        ways = ways_of(self.designed.root)
        strangers: list[AgentRun] = []
        for run in self.state.agent_runs:
            way = ways.get(run.path)
            # Handlers of errors are no part of the plan.
            if way is None or not whole.take(run, way):
                strangers.append(run)
        root = self._root(whole, strangers)
        for path, new in self.latest.items():
            now = self.state.nodes.get(path)
            if now is not None and now.status != "waiting":
                self.nodes[new] = replace(now, runs=0, iteration=None, taken="")
        plan = replace(self.designed, root=root, nodes={node.path: node for node in walk(root)})
        return AsItRan(plan, self.nodes, self.origins)

    def _root(self, whole: Execution, strangers: Sequence[AgentRun]) -> Node:
        if not self.state.agent_runs:
            return Chain(self.book.child("", "ran"), "nothing ran yet", ())
        below = self.book.child("", "ran")
        parts = [self._node(whole, below)] if whole.parts or whole.run else []
        root = parts[0] if parts and isinstance(parts[0], Chain) else None
        # The titles of hand-overs and of iterations need a frame, which the outermost row has not.
        if root is not None and not strangers and not isinstance(self.designed.root, Choice | Loop):
            return root
        return Chain(below, "as it ran", (*parts, *(self._step(run, run.path, below) for run in strangers)))

    def _node(self, execution: Execution, parent: str) -> Node:
        node = execution.node
        if execution.run is not None:
            return self._step(execution.run, node.path, parent)
        path = self._enter(node.path, parent)
        made = self._made(execution, path)
        self.nodes[path] = _summary([self.nodes[child.path] for child in children_of(made)])
        return made

    def _made(self, execution: Execution, path: str) -> Node:
        node = execution.node
        if isinstance(node, Loop):
            return self._loop(node, execution, path)
        parts = tuple(self._node(part, path) for part in execution.parts)
        match node:
            case Stage():
                body = parts[0]
                # A chain has no frame of its own in a stage's: how the loop went is said there.
                went = body.title if isinstance(node.body, Loop) and isinstance(body, Chain) else node.mode
                return replace(node, path=path, body=body, mode=went)
            case Fan():
                optional = frozenset(
                    made.path
                    for made, part in zip(parts, execution.parts, strict=True)
                    if part.node.path in node.optional
                )
                return replace(node, path=path, children=parts, optional=optional)
            case Choice():
                return self._choice(node, execution, path, parts)
            case Chain():
                return replace(node, path=path, children=parts)
        raise AssertionError(node)

    def _choice(self, choice: Choice, execution: Execution, path: str, parts: tuple[Node, ...]) -> Node:
        taken = execution.parts[0].node
        label = next(option.label for option in choice.options if option.body is taken)
        if len(parts) == 1:
            return replace(choice, path=path, options=(Option(label, parts[0]),), routing=None)
        first = Choice(self.book.child(path, "first"), choice.title, (Option(label, parts[0]),))
        self.nodes[first.path] = _summary([self.nodes[parts[0].path]])
        title = f"{choice.title} · handed over {len(parts) - 1}×"
        return Chain(path, title, (first, *parts[1:]))

    def _loop(self, loop: Loop, execution: Execution, path: str) -> Node:
        count = len(execution.parts)
        rounds: list[Node] = []
        if count > MOST_ITERATIONS:
            early = Step(
                self._enter(loop.path, path, is_latest=False), f"{count - MOST_ITERATIONS} earlier iterations"
            )
            self.nodes[early.path] = NodeState("completed")
            rounds.append(early)
        first = max(0, count - MOST_ITERATIONS)
        for number, part in enumerate(execution.parts[first:], start=first + 1):
            below = self._enter(loop.path, path, is_latest=False)
            body = self._node(part, below)
            inside = body.children if isinstance(body, Chain) and not body.flow else (body,)
            self.nodes[below] = _summary([self.nodes[node.path] for node in inside])
            rounds.append(Chain(below, f"iteration {number}", inside))
        last = execution.last.number if execution.last is not None else -1
        why = self._loop_ends.get((loop.path, last))
        # A narrow title is cut at its end, and why it ended is what nothing else here says.
        went = f"{loop.title} · {count} iteration{'s' * (count > 1)}"
        return Chain(path, f"{why} · {count}× · {loop.title}" if why else went, tuple(rounds))

    @cached_property
    def _loop_ends(self) -> dict[tuple[str, int], str]:
        """Why loops ended, by their path and the number of the last agent run inside."""
        found, runs = {}, self.state.agent_runs
        for path, count, why in self.state.loop_ends:
            numbers = range(count - 1, -1, -1)
            inside = (each for each in numbers if runs[each].path.startswith(f"{path}/"))
            if (last := next(inside, None)) is not None:
                found[path, last] = why
        return found

    def _step(self, run: AgentRun, origin: str, parent: str) -> Step:
        path = self._enter(origin, parent, run.number)
        ended = None if run.duration is None else run.started_at + run.duration
        self.nodes[path] = NodeState(run.status, started_at=run.started_at, ended_at=ended, reason=run.error)
        return Step(path, run.agent)

    def _enter(self, origin: str, parent: str, run: int | None = None, *, is_latest: bool = True) -> str:
        path = self.book.child(parent, origin.rpartition("/")[2])
        self.origins[path] = Origin(origin, run)
        if is_latest:
            self.latest[origin] = path
        return path


def _summary(parts: list[NodeState]) -> NodeState:
    """Where a node stands whose parts stand so."""
    started = min((part.started_at for part in parts if part.started_at is not None), default=None)
    if any(part.status in LIVE for part in parts):
        return NodeState("running", started_at=started)
    ended = max((part.ended_at for part in parts if part.ended_at is not None), default=None)
    status = parts[-1].status if parts else "completed"
    return NodeState(status, started_at=started, ended_at=ended)
