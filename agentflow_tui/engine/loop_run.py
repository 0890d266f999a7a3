"""A loop: a body that runs again until something says stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentflow_tui.engine.cancel_scope import Interrupted
from agentflow_tui.engine.errors import NodeFailed
from agentflow_tui.engine.frame import Frame
from agentflow_tui.engine.row import Row, Work
from agentflow_tui.history.event import IterationEnded, IterationStarted, LoopStalled
from agentflow_tui.plan.node import Loop

if TYPE_CHECKING:
    from agentflow_tui.engine.interpreter import Interpreter

STOP_FLAGS = ("loop_completed", "loop_complete")
STALLED_AFTER = 2
"""So many iterations in a row without a change are worth a warning."""


class LoopRun:
    """One run of a loop (semantics §3, §9 loops)."""

    def __init__(self, run: Interpreter, loop: Loop, frame: Frame) -> None:
        """Nothing has run yet."""
        self._run = run
        self._loop = loop
        self._frame = frame
        self._idle = 0
        self._iteration = 0
        self._has_met = False

    async def go(self) -> None:
        """Run to the end; raises what the body raises, after the exit reason is written."""
        run, loop, frame = self._run, self._loop, self._frame
        preset = self._flags() - frame.state.stale_flags
        stale = tuple(sorted(self._flags() & frame.state.stale_flags))
        if stale:
            run.change(frame, loop.path, removed=stale)
        reason = "max_iterations"
        run.loops.append(self)
        try:
            await Row(run, self._iterations()).go()
            if self._has_met:
                reason = "condition_met"
        except NodeFailed:
            reason = "error"
            raise
        except Interrupted as stopped:
            reason = "cancelled" if stopped.interruption.kind == "cancel" else "error"
            raise
        finally:
            run.loops.remove(self)
            total = str(self._iteration)
            run.change(frame, loop.path, meta_set={"total_iterations": total, "exit_reason": reason})
            frame.state.stale_flags |= self._flags() - preset

    def _iterations(self) -> Work:
        while self._goes_on():
            self._frame.stops.check()
            self._iteration += 1
            yield from self._iterate(self._iteration)

    def _goes_on(self) -> bool:
        if self._has_met:
            return False
        if self._run.control.swap is not None:
            self._run.take_over(self._loop, self._frame, self._iteration)
        return self._iteration < self._loop.max_iterations

    def follow(self, loop: Loop) -> None:
        """Go on as another config has this loop; what it did so far stays."""
        self._loop = loop

    @property
    def path(self) -> str:
        """Of the loop."""
        return self._loop.path

    def _iterate(self, number: int) -> Work:
        run, loop, frame = self._run, self._loop, self._frame
        scope, path = frame.scope, loop.path
        frame.state.set_meta("loop_iteration", str(number))
        journal = run.journal
        journal.tell(
            IterationStarted.made(seq=journal.seq, at=journal.at(), path=path, iteration=number, scope=scope)
        )
        changes = frame.state.changes
        status = "completed"
        try:
            inside = frame.for_iteration(number)
            yield loop.body, inside
            self._has_met = self._is_done(inside)
        except NodeFailed:
            status = "failed"
            raise
        except Interrupted:
            status = "cancelled"
            raise
        finally:
            ended = IterationEnded.made(
                seq=journal.seq,
                at=journal.at(),
                path=path,
                iteration=number,
                status=status,
                scope=scope,
            )
            journal.tell(ended)
        self._idle = self._idle + 1 if frame.state.changes == changes else 0
        if self._idle == STALLED_AFTER:
            run.journal.record(LoopStalled, path=path, iteration=number)
        run.control.reach_boundary()

    def _is_done(self, inside: Frame) -> bool:
        condition, data = self._loop.condition, inside.state.data
        if data.get("loop_completed") is True or data.get("loop_complete") is True:
            return True
        if condition is None:
            return False
        if condition.of_data is not None:
            return condition.of_data(data)
        return self._run.holds(condition, self._run.sight(inside), "loop condition")

    def _flags(self) -> frozenset[str]:
        # Only the boolean counts: 1 and "true" are values like any other.
        return frozenset(flag for flag in STOP_FLAGS if self._frame.state.data.get(flag) is True)
