"""A parallel phase: branches side by side, and their merge."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from agentflow_tui.engine.agent_run import AgentRun
from agentflow_tui.engine.cancel_scope import CancelScope, Interrupted, Interruption
from agentflow_tui.engine.errors import NodeFailed, error_text
from agentflow_tui.engine.frame import Frame
from agentflow_tui.engine.merge import Merge, joined
from agentflow_tui.engine.signal import Signal
from agentflow_tui.history.delta import EMPTY_DELTA, Delta
from agentflow_tui.history.fan_event import BranchFailed, FanEnded, FanStarted, MergeConflict
from agentflow_tui.history.resume import EDIT_PATH
from agentflow_tui.plan.node import Fan, Node, Step, agent_of

if TYPE_CHECKING:
    from agentflow_tui.engine.interpreter import Interpreter
    from agentflow_tui.engine.past import Past


class FanRun:
    """One run of a parallel phase (semantics §3 collaborative, parallel)."""

    def __init__(self, run: Interpreter, fan: Fan, frame: Frame) -> None:
        """Nothing runs yet."""
        self._run = run
        self._fan = fan
        self._frame = frame
        self._stops = CancelScope(frame.stops)
        self._all_over: Signal[None] = Signal(run)
        self._next = 0
        self._live = 0
        self._deltas: dict[int, Delta] = {}
        self._failures: dict[int, NodeFailed] = {}
        self._is_lost = False
        self._own: dict[int, Frame] = {}
        """Of branches whose state a person changed in the run's past: even an agent by itself has a copy."""
        self._edited: set[int] = set()

    async def go(self) -> None:
        """Run all branches and merge them; raises `NodeFailed` when the phase failed."""
        fan, frame = self._fan, self._frame
        branches = tuple(child.path for child in fan.children)
        if self._run.past is not None:
            self._take_part(self._run.past)
        journal = self._run.journal
        journal.tell(
            FanStarted.made(
                seq=journal.seq, at=journal.at(), path=fan.path, branches=branches, scope=frame.scope
            )
        )
        self._fill()
        if self._live:
            await self._all_over.wait()
        self._stops.close()
        if frame.stops.interruption is not None:
            self._end("cancelled", frame.stops.interruption.text)
            raise Interrupted(frame.stops.interruption)
        if self._is_lost:
            failure = self._failure()
            self._end("failed", failure.message)
            raise failure
        self._merge()

    def change(self, branch: str, delta: Delta) -> None:
        """Make a person's change of the state of a branch, which may have ended; it counts in the merge."""
        index = next(i for i, child in enumerate(self._fan.children) if child.path == branch)
        self._edited.add(index)
        self._run.take(self._own[index], EDIT_PATH, delta)
        if index in self._deltas:
            self._deltas[index] = self._own[index].state.delta()

    def _take_part(self, past: Past) -> None:
        for index, child in enumerate(self._fan.children):
            if past.edits.concern(child.path):
                past.edits.phases[child.path] = self
                state = self._frame.state.branch()
                self._own[index] = self._frame.for_branch(child.path, state, self._stops)

    def _fill(self) -> None:
        children = self._fan.children
        while (
            self._next < len(children)
            and self._live < self._fan.max_concurrency
            and self._stops.interruption is None
        ):
            self._next += 1
            self._live += 1
            self._launch(self._next - 1, children[self._next - 1])

    def _launch(self, index: int, child: Node) -> None:
        if isinstance(child, Step):
            frame = self._own.get(index) or self._frame.for_branch(child.path, self._frame.state, self._stops)
            AgentRun(self._run, child, frame, lambda ended: self._step_ended(index, ended))
            return
        frame = self._own.get(index) or self._frame.for_branch(
            child.path, self._frame.state.branch(), self._stops
        )
        run = self._run
        # No factory of the program's, as in the crew; and not the context of the agent that made room for it.
        task = asyncio.Task(self._branch(index, child, frame), loop=run.loop, context=run.crew.context.copy())
        task.add_done_callback(lambda ended: self._branch_ended(index, frame, ended))

    def _step_ended(self, index: int, ended: AgentRun) -> None:
        if ended.failure is not None:
            self._failed(index, ended.failure)
        elif ended.interruption is None:
            self._deltas[index] = self._own[index].state.delta() if index in self._edited else ended.delta
        self._one_less()

    async def _branch(self, index: int, child: Node, frame: Frame) -> None:
        try:
            await self._run.node(child, frame)
        except NodeFailed as failure:
            # Not when the task is over, a turn later: who has failed since would have been the first.
            self._failed(index, failure)

    def _branch_ended(self, index: int, frame: Frame, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is None:
            if index not in self._failures:
                self._deltas[index] = frame.state.delta()
        elif not isinstance(error, Interrupted):
            self._failed(index, NodeFailed(f"the engine failed: {error_text(error)}", category="unknown"))
        self._one_less()

    def _one_less(self) -> None:
        self._live -= 1
        if self._next < len(self._fan.children):
            self._fill()
        if not self._live:
            self._all_over.set(None)

    def _failed(self, index: int, failure: NodeFailed) -> None:
        fan = self._fan
        self._failures[index] = failure
        name = self._name(index)
        self._run.journal.record(BranchFailed, path=fan.path, branch=name, error=failure.message)
        if fan.is_parallel:
            is_lost = fan.children[index].path not in fan.optional
        else:
            count, total = len(self._failures), len(fan.children)
            is_lost = count == total or count / total > fan.failure_threshold
        if is_lost and not self._is_lost:
            self._is_lost = True
            self._stops.interrupt(Interruption("phase", f"{fan.title} phase failed"))

    def _failure(self) -> NodeFailed:
        fan, first = self._fan, next(iter(self._failures.values()))
        if fan.is_parallel:
            index = next(i for i in self._failures if fan.children[i].path not in fan.optional)
            failure = self._failures[index]
            text = f"required branch '{self._name(index)}' failed: {failure.message}"
            return NodeFailed(text, category=failure.category, hint=failure.hint, agent=failure.agent)
        failed = "; ".join(self._failures[i].message for i in sorted(self._failures))
        count = f"{len(self._failures)} of {len(fan.children)}"
        text = f"{fan.title} phase failed: {count} agents failed: {failed}"
        return NodeFailed(text, category=first.category, hint=first.hint, agent=first.agent)

    def _merge(self) -> None:
        # A branch that failed leaves a mark.
        delta = None if self._failures else joined([self._deltas[index] for index in sorted(self._deltas)])
        if delta is None:
            delta = self._compared()
        self._frame.state.apply(delta)
        self._end("completed", "", delta)
        if self._frame.iteration is None:
            self._run.control.reach_boundary()

    def _compared(self) -> Delta:
        merge = Merge()
        for index in sorted(self._deltas):
            merge.add(self._name(index), self._deltas[index])
        for conflict in merge.conflicts():
            self._run.journal.record(
                MergeConflict,
                path=self._fan.path,
                key=conflict.key,
                branches=conflict.branches,
                values=conflict.values,
            )
        return merge.delta(self._marks())

    def _marks(self) -> dict[str, str]:
        if self._fan.is_parallel:
            return {}
        marks: dict[str, str] = {}
        for index in sorted(self._failures):
            failure, name = self._failures[index], self._name(index)
            marks[f"{name}_failed"] = "true"
            marks[f"{name}_error"] = failure.cause
        return marks

    def _name(self, index: int) -> str:
        child = self._fan.children[index]
        name = "" if self._fan.is_parallel else agent_of(child)
        return name or child.path.rpartition("/")[2]

    def _end(self, status: str, reason: str, delta: Delta | None = None) -> None:
        if not self._frame.scope:
            self._run.control.leave_phase()
        journal = self._run.journal
        ended = FanEnded.made(
            seq=journal.seq,
            at=journal.at(),
            path=self._fan.path,
            status=status,
            scope=self._frame.scope,
            delta=delta or EMPTY_DELTA,
            reason=reason,
        )
        journal.tell(ended)
