"""Runs a plan: state, hooks, time, control, and the history events of every run."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agentflow_tui.engine.agent import Agent, AgentContext
    from agentflow_tui.engine.clock import Clock, SystemClock
    from agentflow_tui.engine.control import Control
    from agentflow_tui.engine.engine import Engine
    from agentflow_tui.engine.errors import AgentError
    from agentflow_tui.engine.event import Event
    from agentflow_tui.engine.hooks import Hooks
    from agentflow_tui.engine.mode_choice import ModeChoice
    from agentflow_tui.engine.run_result import RunResult
    from agentflow_tui.engine.state import State

__all__ = [
    "Agent",
    "AgentContext",
    "AgentError",
    "Clock",
    "Control",
    "Engine",
    "Event",
    "Hooks",
    "ModeChoice",
    "RunResult",
    "State",
    "SystemClock",
]

_HOMES = {
    "Agent": "agent",
    "AgentContext": "agent",
    "AgentError": "errors",
    "Clock": "clock",
    "Control": "control",
    "Engine": "engine",
    "Event": "event",
    "Hooks": "hooks",
    "ModeChoice": "mode_choice",
    "RunResult": "run_result",
    "State": "state",
    "SystemClock": "clock",
}
"""Modules that are imported when somebody asks, so that a light one stays light."""


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
