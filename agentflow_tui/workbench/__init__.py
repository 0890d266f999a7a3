"""Puts all rooms together for one flow: all that the screen, the command line and programs call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agentflow_tui.workbench.workbench import Workbench

__all__ = ["Workbench"]


def __getattr__(name: str) -> Any:
    """`Workbench`, imported when somebody asks, so that its light neighbours stay light."""
    if name != "Workbench":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from agentflow_tui.workbench.workbench import Workbench

    return Workbench
