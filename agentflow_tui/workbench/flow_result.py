"""How a run ended that a program started."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from agentflow_tui.engine.course import Course
from agentflow_tui.engine.json_value import thaw_object
from agentflow_tui.engine.run_result import RunResult
from agentflow_tui.history.event import HistoryEvent
from agentflow_tui.history.quick_init import quick


@quick
@dataclass(frozen=True, slots=True)
class FlowResult:
    """The end of a run, with the last good state and the history; all of it the caller's own."""

    run_id: str
    status: str
    """`completed`, `failed` or `cancelled`."""
    data: dict[str, Any] = field(default_factory=dict)
    meta: dict[str, str] = field(default_factory=dict)
    history: list[HistoryEvent] = field(default_factory=list, repr=False)
    """Every event of the run in order; empty when the caller did not want it kept. Too long to be printed."""
    error: str = ""
    """Why it failed or was cancelled."""
    category: str = ""
    """Of a failure: validation, timeout, network, llm, rate_limit, auth, resource or unknown."""
    hint: str = ""
    """The way out, when one is known."""
    session_id: str = ""
    made: ClassVar[Callable[..., FlowResult]]
    """Makes one from its fields, faster than a call of the class does: see `quick`."""

    @classmethod
    def after(cls, course: Course, history: list[HistoryEvent]) -> FlowResult:
        """The end of a run that is over, without the engine's own result in between."""
        state, ended = course.state, course.ended
        return cls.made(
            run_id=course.run_id,
            status=ended.status,
            data=thaw_object(state.data),
            meta=state.meta.copy(),
            history=history,
            error=ended.error,
            category=ended.category,
            hint=ended.hint,
            session_id=course.session_id,
        )

    @classmethod
    def of(cls, end: RunResult, history: list[HistoryEvent]) -> FlowResult:
        """The engine's result with the run's history."""
        return cls.made(
            run_id=end.run_id,
            status=end.status,
            data=end.data,
            meta=end.meta,
            history=history,
            error=end.error,
            category=end.category,
            hint=end.hint,
            session_id=end.session_id,
        )
