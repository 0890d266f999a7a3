"""A failure on its way to an error handler."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentflow_tui.engine.errors import NodeFailed
from agentflow_tui.engine.frame import Frame
from agentflow_tui.history.policy_event import ErrorRouted
from agentflow_tui.plan.node import ErrorRoutes, Node, agent_of

if TYPE_CHECKING:
    from agentflow_tui.engine.interpreter import Interpreter

SEVERITIES = {
    "auth": "critical",
    "resource": "critical",
    "timeout": "high",
    "network": "high",
}
"""Severity by category, as the reference has it; any other is medium."""


async def run_error_handler(run: Interpreter, routes: ErrorRoutes, frame: Frame, failure: NodeFailed) -> None:
    """Run the handler of a failure once, if there is one (semantics §5, §9 error routing).

    It finds data `error_message`, `error_category` and `error_agent`; when it ended well, meta `handled_by`
    names it. Its own failure is in the history and changes nothing else.
    """
    severity = SEVERITIES.get(failure.category, "medium")
    chosen = _choose(routes, failure.category, severity)
    if chosen is None or frame.stops.interruption is not None:
        return
    handler, chosen_by = chosen
    name = agent_of(handler)
    run.journal.record(
        ErrorRouted,
        path=handler.path,
        handler=name,
        error=failure.message,
        category=failure.category,
        severity=severity,
        chosen_by=chosen_by,
        scope=frame.scope,
    )
    facts = {
        "error_message": failure.message,
        "error_category": failure.category,
        "error_agent": failure.agent,
    }
    run.change(frame, handler.path, data_set=facts)
    try:
        await run.node(handler, frame)
    except NodeFailed:
        return
    run.change(frame, handler.path, meta_set={"handled_by": name})


def _choose(routes: ErrorRoutes, category: str, severity: str) -> tuple[Node, str] | None:
    if category in routes.by_category:
        return routes.by_category[category], "category"
    if severity in routes.by_severity:
        return routes.by_severity[severity], "severity"
    return None if routes.default is None else (routes.default, "default")
