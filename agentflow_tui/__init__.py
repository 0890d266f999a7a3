"""A terminal workbench for agent workflows, and the same flows for Python programs.

Programs start with `FlowRunner`; docs/semantics.md says what a flow means.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentflow_tui.lazy_names import lazy_names

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
    **dict.fromkeys((name for name in __all__ if name.startswith("Agent")), "engine.errors"),
    "Event": "engine.event",
    "FlowResult": "workbench.flow_result",
    "FlowRunner": "workbench.flow_runner",
    "HistoryEvent": "history.event",
    "HookCall": "engine.hooks",
    "NotReadyError": "workbench.not_ready",
    "State": "engine.state",
}

__getattr__, __dir__ = lazy_names(__name__, _HOMES)
