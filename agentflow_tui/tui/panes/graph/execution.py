"""Which agent runs belong together: one execution of one node of the plan."""

from __future__ import annotations

from collections.abc import Sequence

from agentflow_tui.history.run_state import AgentRun
from agentflow_tui.plan.node import Chain, Choice, Fan, Loop, Node, Stage, Step, children_of


class Execution:
    """One time that a node ran: its parts, in order of start.

    A run is offered with its way, the nodes from the root to its step; it belongs to this execution unless
    something in it would have to begin again. That is exact for the loop next to an agent, whose iteration
    each run carries; loops around that one are told apart by their order of agents.
    """

    def __init__(self, node: Node) -> None:
        """Begin without any run."""
        self.node = node
        self.parts: list[Execution] = []
        self.run: AgentRun | None = None
        self._round: int | None = None
        self._latest: AgentRun | None = None

    @property
    def last(self) -> AgentRun | None:
        """The last agent run in it."""
        return self._latest

    def take(self, run: AgentRun, way: Sequence[Node]) -> bool:
        """Add a run whose way from here on is `way`; false when it belongs to the next execution."""
        taken = self._take(run, way)
        if taken:
            self._latest = run
        return taken

    def _take(self, run: AgentRun, way: Sequence[Node]) -> bool:
        match self.node:
            case Step():
                is_new = self.run is None
                self.run = self.run or run
                return is_new
            case Fan():
                part = next((part for part in self.parts if part.node is way[1]), None)
                return part.take(run, way[1:]) if part else self._begin(run, way)
            case Loop():
                return self._take_round(run, way)
            case Choice(routing=routing):
                return self._take_option(run, way, is_routing=routing is not None)
            case Chain() | Stage():
                return self._take_next(run, way)

    def _take_next(self, run: AgentRun, way: Sequence[Node]) -> bool:
        if not self.parts:
            return self._begin(run, way)
        children = children_of(self.node)
        here, there = self._place(children, self.parts[-1].node), self._place(children, way[1])
        if there == here:
            return self.parts[-1].take(run, way[1:])
        return there > here and self._begin(run, way)

    def _take_option(self, run: AgentRun, way: Sequence[Node], *, is_routing: bool) -> bool:
        if not self.parts:
            return self._begin(run, way)
        if self.parts[-1].node is way[1] and self.parts[-1].take(run, way[1:]):
            return True
        return is_routing and self._is_same_round(run) and self._begin(run, way)

    def _take_round(self, run: AgentRun, way: Sequence[Node]) -> bool:
        is_innermost = not any(isinstance(node, Loop) for node in way[1:])
        number = run.iteration if is_innermost else None
        if self.parts and (self._round is None or number is None or number == self._round):
            if self.parts[-1].take(run, way[1:]):
                self._round = number or self._round
                return True
            if is_innermost and number == self._round:
                return False
        if self._round is not None and number is not None and number < self._round:
            return False
        self._round = number
        return self._begin(run, way)

    def _is_same_round(self, run: AgentRun) -> bool:
        return self._latest is not None and self._latest.iteration == run.iteration

    def _begin(self, run: AgentRun, way: Sequence[Node]) -> bool:
        part = Execution(way[1])
        self.parts.append(part)
        return part.take(run, way[1:])

    @staticmethod
    def _place(children: Sequence[Node], child: Node) -> int:
        return next(place for place, each in enumerate(children) if each is child)


def ways_of(root: Node) -> dict[str, tuple[Node, ...]]:
    """The nodes from the root to each step, by the step's path."""
    found: dict[str, tuple[Node, ...]] = {}
    pending: list[tuple[Node, ...]] = [(root,)]
    while pending:
        way = pending.pop()
        if isinstance(way[-1], Step):
            found[way[-1].path] = way
        pending.extend((*way, child) for child in children_of(way[-1]))
    return found
