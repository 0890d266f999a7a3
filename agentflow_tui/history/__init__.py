"""The history of a run: its events, and the run state folded from them."""

from __future__ import annotations

from agentflow_tui.history.fold import RunFold, fold
from agentflow_tui.history.run_state import RunState

__all__ = ["RunFold", "RunState", "fold"]
