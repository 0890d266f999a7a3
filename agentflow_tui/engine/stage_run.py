"""A stage of a mixed flow: gates, a time limit, a body."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentflow_tui.engine.cancel_scope import CancelScope, Interrupted, Interruption
from agentflow_tui.engine.errors import NodeFailed
from agentflow_tui.engine.frame import Frame
from agentflow_tui.engine.run_time import Deadline
from agentflow_tui.plan.node import Stage

if TYPE_CHECKING:
    from agentflow_tui.engine.interpreter import Interpreter


class StageRun:
    """One run of a stage (semantics §3 mixed, §9 stages)."""

    def __init__(self, run: Interpreter, stage: Stage, frame: Frame) -> None:
        """Nothing has run yet."""
        self._run = run
        self._stage = stage
        self._frame = frame

    def skip_reason(self) -> str:
        """Why it does not run at all, or nothing; raises `NodeFailed` when its `when` cannot be answered."""
        when = self._stage.when
        if when is None or self._run.holds(when, self._run.sight(self._frame), self._title):
            return ""
        return f"{when.text} is false"

    async def go(self) -> None:
        """Ask the gates and run the body; raises `NodeFailed` with the texts of semantics §3."""
        run, stage, frame = self._run, self._stage, self._frame
        for key in stage.prerequisites:
            if key not in frame.state.data:
                raise NodeFailed(
                    f"{self._title} prerequisites not met: missing '{key}'", category="validation"
                )
        await self._body()
        stage = run.current(stage)
        condition = stage.success_condition
        if condition is not None and not run.holds(condition, run.sight(frame), self._title):
            raise NodeFailed(
                f"{self._title} success condition not met: {condition.text}", category="validation"
            )
        done = {f"stage_{stage.index}_complete": True, f"stage_{stage.index}_name": stage.name}
        run.change(frame, stage.path, data_set=done)
        run.control.leave_stage()
        if frame.iteration is None:
            run.control.reach_boundary()

    async def _body(self) -> None:
        stage, frame = self._stage, self._frame
        stops, deadline = CancelScope(frame.stops), None
        if stage.timeout is not None:
            deadline = Deadline(self._run.time, stage.timeout, lambda: self._expire(stops))
        try:
            await self._run.node(stage.body, frame.for_stage(stage.name, stops))
        except NodeFailed as failure:
            raise self._failure(failure.message, failure) from None
        except Interrupted as stopped:
            if frame.stops.interruption is not None:
                raise
            timeout = NodeFailed(stopped.interruption.text, category="timeout")
            raise self._failure(stopped.interruption.text, timeout) from None
        finally:
            stops.close()
            if deadline is not None:
                deadline.cancel()

    def _expire(self, stops: CancelScope) -> None:
        stops.interrupt(Interruption("timeout", f"stage timeout after {self._stage.timeout:g} s"))

    def _failure(self, text: str, failure: NodeFailed) -> NodeFailed:
        return NodeFailed(
            f"{self._title} failed: {text}",
            category=failure.category,
            hint=failure.hint,
            agent=failure.agent,
            cause=failure.cause,
        )

    @property
    def _title(self) -> str:
        return f"stage '{self._stage.name}'"
