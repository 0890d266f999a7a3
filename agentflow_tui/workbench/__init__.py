"""Puts all rooms together for one flow: all that the screen, the command line and programs call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentflow_tui.lazy_names import lazy_names

if TYPE_CHECKING:
    from agentflow_tui.workbench.workbench import Workbench

__all__ = ["Workbench"]

__getattr__, __dir__ = lazy_names(__name__, {"Workbench": "workbench"})
