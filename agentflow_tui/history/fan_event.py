"""The kinds of history event that tell how a parallel phase went."""

from __future__ import annotations

from typing import Any

from agentflow_tui.history.delta import EMPTY_DELTA, Delta
from agentflow_tui.history.event import HistoryEvent
from agentflow_tui.history.event_kind import kind


@kind("fan_started")
class FanStarted(HistoryEvent):
    """A parallel phase begins; each branch is a scope that opens with the state of `scope`."""

    path: str
    branches: tuple[str, ...]
    """Paths of the children, in list order."""
    scope: str = ""


@kind("fan_ended")
class FanEnded(HistoryEvent):
    """A parallel phase ended; `delta` is the merge and goes to `scope`; the branches' scopes close."""

    path: str
    status: str
    scope: str = ""
    delta: Delta = EMPTY_DELTA
    reason: str = ""


@kind("merge_conflict")
class MergeConflict(HistoryEvent):
    """Several branches wrote one key with different values; the last in list order wins."""

    path: str
    key: str
    branches: tuple[str, ...]
    """Names of the agents (or branches) that wrote it, in list order; the last one's value is kept."""
    values: tuple[Any, ...]
    """What each wrote; a removal is `{"removed": true}`."""


@kind("branch_failed")
class BranchFailed(HistoryEvent):
    """A child of a parallel phase failed and is left out of the merge."""

    path: str
    branch: str
    error: str

    @property
    def reason(self) -> str:
        """The error without the name of the branch, for where that stands beside it."""
        return self.error.removeprefix(f"agent '{self.branch}' failed: ")
