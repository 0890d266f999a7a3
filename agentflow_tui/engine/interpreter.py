"""Walks a plan once, for one event."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from agentflow_tui.conditions import Condition, ConditionError, Scope
from agentflow_tui.engine.agent import Agent
from agentflow_tui.engine.agent_run import AgentRun
from agentflow_tui.engine.call import Call
from agentflow_tui.engine.cancel_scope import CancelScope, Interrupted, Interruption
from agentflow_tui.engine.choice_run import ChoiceRun
from agentflow_tui.engine.control import Control
from agentflow_tui.engine.crew import Crew
from agentflow_tui.engine.errors import NodeFailed
from agentflow_tui.engine.event import Event, facts_of
from agentflow_tui.engine.fan_run import FanRun
from agentflow_tui.engine.frame import Frame
from agentflow_tui.engine.gate import Gate
from agentflow_tui.engine.guards import Guards
from agentflow_tui.engine.hook_firing import HookFiring
from agentflow_tui.engine.hooks import Hooks
from agentflow_tui.engine.journal import Journal
from agentflow_tui.engine.loop_run import LoopRun
from agentflow_tui.engine.nested_run import NestedRun
from agentflow_tui.engine.row import Row, Work
from agentflow_tui.engine.run_time import RunTime
from agentflow_tui.engine.signal import Signal
from agentflow_tui.engine.stage_run import StageRun
from agentflow_tui.history.delta import Delta
from agentflow_tui.history.event import NodeEnded, NodeStarted, StateChanged
from agentflow_tui.history.swap_event import FlowSwapped
from agentflow_tui.plan.node import Chain, Choice, Fan, Loop, Node, Plan, Stage, Step, agent_of, following

if TYPE_CHECKING:
    from agentflow_tui.engine.past import Past
    from agentflow_tui.engine.standby import Standby


_Node = TypeVar("_Node", Chain, Stage)


class Interpreter:
    """The six kinds of node, and what they share: time, history, hooks, control.

    A node's coroutine ends normally, with `NodeFailed`, or with `Interrupted` when its scope was stopped.
    """

    gate: Gate | None = None
    """Where agents wait; none as long as every one could begin at once."""
    wish: tuple[object, ...] | None = None
    """The words with which the task that awaits the run was cancelled, first; none while it was not."""
    on_swap: Callable[[Plan], None] | None = None
    """Told when another plan is in force."""
    swapped: Mapping[str, Node] | None = None
    """The nodes of the config in force by their paths; none while it is the one of the beginning."""

    def __init__(  # noqa: PLR0913, PLR0917 - what the nodes share; by names a class is called slowly
        self,
        event: Event,
        agents: Mapping[str, Agent],
        hooks: Hooks,
        control: Control,
        journal: Journal,
        time: RunTime,
        guards: Guards,
        rng: Callable[[], float],
        past: Past | None,
        standby: Standby | None,
    ) -> None:
        """Get ready; `event` is one that no agent can change."""
        self.event = event
        self.agents = agents
        self.control = control
        self.journal = journal
        journal.on_error = self._unwritten
        self.time = time
        self.clock = time.clock
        self.guards = guards
        self.rng = rng
        self.past = past
        self.hooks = hooks
        self.stops = CancelScope()
        self.crew = Crew(time.clock, standby)
        self.loop = self.crew.loop
        self.running: dict[Call, str] = {}
        """The agent runs that have begun, and where."""
        self.loops: list[LoopRun] = []
        """Those that are running."""
        self.event_facts = facts_of(event)
        """The event as conditions and the history see it."""

    @property
    def firing(self) -> HookFiring:
        """What calls the callbacks; made anew, because nearly all runs have none."""
        return HookFiring(self.hooks, self.event, self.journal)

    def guarded(self) -> Gate:
        """The gate, from now on."""
        if self.gate is None:
            self.gate = Gate(self.control, self.journal, self.time, self.running)
        return self.gate

    def cancel_from_outside(self, wish: tuple[object, ...]) -> None:
        """The task that awaits the run was cancelled, in the words of `wish`: end the run in order."""
        if self.wish is None:
            self.wish = wish
        self.cancel("the program that ran it cancelled it")

    def cancel(self, reason: str) -> None:
        """Stop everything."""
        # A pause ends with the run, or no limit on its last hooks would ever come.
        self.time.go_on()
        self.stops.interrupt(Interruption("cancel", reason))

    def _unwritten(self) -> None:
        self.cancel("the history cannot be written")

    def node(self, node: Node, frame: Frame) -> Coroutine[Any, Any, object]:
        """Run a node and all that is in it, when it is awaited."""
        if self.swapped is not None:
            node = self.swapped.get(node.path, node)
        if isinstance(node, Step):
            return self.step(node, frame)
        if isinstance(node, Choice):
            return self._container(node, frame, ChoiceRun(self, node, frame).go)
        if isinstance(node, Fan):
            return self._fan(node, frame)
        if isinstance(node, Stage):
            return self._stage(node, frame)
        return self._container(node, frame, self._inside(node, frame))

    async def _fan(self, fan: Fan, frame: Frame) -> None:
        frame.stops.check()
        await FanRun(self, fan, frame).go()

    async def _stage(self, stage: Stage, frame: Frame) -> None:
        frame.stops.check()
        run = StageRun(self, stage, frame)
        reason = run.skip_reason()
        if reason:
            self._ended(stage, frame, "skipped", reason)
            return
        await self._container(stage, frame, run.go)

    def _inside(self, node: Chain | Loop, frame: Frame) -> Callable[[], Coroutine[Any, Any, None]]:
        if isinstance(node, Loop):
            return LoopRun(self, node, frame).go
        if node.flow or node.timeout is not None:
            return NestedRun(self, node, frame).go
        return partial(self.chain, node, frame)

    async def step(self, step: Step, frame: Frame) -> Delta:
        """Run an agent; gives what it changed."""
        frame.stops.check()
        over: Signal[AgentRun] = Signal(self)
        AgentRun(self, step, frame, over.set, at_once=True)
        ended = over.value if over.is_set else await over.wait()
        if ended.interruption is not None:
            raise Interrupted(ended.interruption)
        if ended.failure is not None:
            raise ended.failure
        return ended.delta

    async def _container(
        self, node: Node, frame: Frame, inside: Callable[[], Coroutine[Any, Any, None]]
    ) -> None:
        stops, journal = frame.stops, self.journal
        if stops.interruption is not None:
            raise Interrupted(stops.interruption)
        at = journal.now() - journal.started
        journal.tell(NodeStarted.made(seq=journal.seq, at=at, path=node.path, scope=frame.scope))
        try:
            await inside()
        except NodeFailed as failure:
            self._ended(node, frame, "failed", failure.message)
            raise
        except Interrupted as stopped:
            self._ended(node, frame, "cancelled", stopped.interruption.text)
            raise
        self._ended(node, frame, "completed", "")

    async def chain(self, chain: Chain, frame: Frame) -> None:
        """Run the children of a chain in order."""
        await Row(self, self._children(chain, frame)).go()
        chain = self.current(chain)
        if chain.children and all(isinstance(child, Stage) for child in chain.children):
            done = {"workflow_complete": True, "total_stages": len(chain.children)}
            self.change(frame, chain.path, data_set=done)

    def _children(self, chain: Chain, frame: Frame) -> Work:
        nodes = self.swapped
        for child in chain.children:
            try:
                yield child, frame
            except NodeFailed as failure:
                if agent_of(child):
                    self._mark_failed(chain, frame, failure)
                raise
            if self.swapped is not nodes:
                rest = following(self.current(chain), child)
                if rest is not None:
                    yield from self._children(rest, frame)
                return

    def take_over(self, loop: Loop, frame: Frame, iteration: int) -> None:
        """Follow the config that waits, if it has this loop; called between two of its iterations."""
        swap = self.control.swap
        is_possible = not frame.scope and frame.stops.interruption is None
        if swap is None or not is_possible or not isinstance(swap.plan.nodes.get(loop.path), Loop):
            return
        self.control.swap = None
        self.agents, self.swapped = swap.agents, swap.plan.nodes
        self.journal.record(
            FlowSwapped,
            path=loop.path,
            iteration=iteration,
            text=swap.text,
            before=swap.before,
            after=swap.after,
            changes=swap.changes,
        )
        for running in self.loops:
            anew = self.swapped.get(running.path)
            if isinstance(anew, Loop):
                running.follow(anew)
        if self.on_swap is not None:
            self.on_swap(swap.plan)

    def current(self, node: _Node) -> _Node:
        """A node as the config in force has it."""
        found = None if self.swapped is None else self.swapped.get(node.path)
        return found if isinstance(found, type(node)) else node

    def _mark_failed(self, chain: Chain, frame: Frame, failure: NodeFailed) -> None:
        self.change(
            frame,
            chain.path,
            data_set={"pipeline_failed": True, "failed_stage": failure.agent},
            meta_set={"pipeline_error": failure.cause},
        )

    def _ended(self, node: Node, frame: Frame, status: str, reason: str) -> None:
        journal = self.journal
        ended = NodeEnded.made(
            seq=journal.seq,
            at=journal.now() - journal.started,
            path=node.path,
            status=status,
            scope=frame.scope,
            reason=reason,
        )
        journal.tell(ended)

    def change(  # noqa: PLR0913 - the four parts of a delta, and where
        self,
        frame: Frame,
        path: str,
        *,
        data_set: Mapping[str, Any] | None = None,
        removed: tuple[str, ...] = (),
        meta_set: Mapping[str, str] | None = None,
        meta_removed: tuple[str, ...] = (),
    ) -> None:
        """The engine itself writes into the state."""
        self.take(frame, path, Delta(data_set or {}, removed, meta_set or {}, meta_removed))

    def take(self, frame: Frame, path: str, delta: Delta) -> None:
        """Write a whole change into the state, in the name of the engine, a callback or a person."""
        frame.state.apply(delta, is_change=False)
        journal = self.journal
        journal.tell(
            StateChanged.made(seq=journal.seq, at=journal.at(), path=path, delta=delta, scope=frame.scope)
        )

    def sight(self, frame: Frame) -> Scope:
        """What a condition sees there and now."""
        state = frame.state
        return Scope(state.data, state.meta, self.event_facts, frame.iteration, self.time.active())

    def holds(self, condition: Condition, sight: Scope, who: str) -> bool:
        """Ask a condition; raises `NodeFailed` in the name of `who` when that fails (semantics §9)."""
        try:
            return condition.holds(sight)
        except ConditionError as error:
            raise NodeFailed(f"{who}: {error}", category="validation") from None
