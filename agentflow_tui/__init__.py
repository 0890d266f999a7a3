"""A terminal workbench for agent workflows, and the same flows for Python programs.

Programs start with `FlowRunner`; docs/semantics.md says what a flow means.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agentflow_tui.engine.errors import (
        AgentAuthError,
        AgentError,
        AgentModelError,
        AgentNetworkError,
        AgentRateLimitError,
        AgentResourceError,
        AgentTimeoutError,
    )
    from agentflow_tui.engine.event import Event
    from agentflow_tui.engine.hooks import HookCall
    from agentflow_tui.engine.state import State
    from agentflow_tui.history.event import HistoryEvent
    from agentflow_tui.workbench.flow_result import FlowResult
    from agentflow_tui.workbench.flow_runner import FlowRunner
    from agentflow_tui.workbench.not_ready import NotReadyError

__version__ = "0.1.0"

__all__ = [
    "AgentAuthError",
    "AgentError",
    "AgentModelError",
    "AgentNetworkError",
    "AgentRateLimitError",
    "AgentResourceError",
    "AgentTimeoutError",
    "Event",
    "FlowResult",
    "FlowRunner",
    "HistoryEvent",
    "HookCall",
    "NotReadyError",
    "State",
    "__version__",
]

_HOMES = {
    "Event": "engine.event",
    "FlowResult": "workbench.flow_result",
    "FlowRunner": "workbench.flow_runner",
    "HistoryEvent": "history.event",
    "HookCall": "engine.hooks",
    "NotReadyError": "workbench.not_ready",
    "State": "engine.state",
}
"""Modules that are imported when somebody asks; all others of `__all__` are kinds of `AgentError`."""


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES.get(name, 'engine.errors')}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
