"""Runs a plan: state, hooks, time, control, and the history events of every run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentflow_tui.lazy_names import lazy_names

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

__getattr__, __dir__ = lazy_names(__name__, _HOMES)
