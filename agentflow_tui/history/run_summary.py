"""One stored run, as a list of runs shows it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

COLUMNS = (
    "run_id, flow, mode, started_at, status, error, events, name, tags, origin, parent_run, parent_seq,"
    " duration, prompt_tokens, completion_tokens, size,"
    " CASE parent_run WHEN '' THEN 0 ELSE (SELECT count(*) FROM events WHERE run = runs.id"
    " AND seq <= parent_seq AND kind = 'agent_started') END, flow_path"
)
"""Of the table `runs`, in the order of the fields of `RunSummary`."""
_TAGS = 8


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What is known of a run without reading its events."""

    run_id: str
    flow: str
    mode: str
    started_at: str
    """Wall-clock time, ISO 8601, UTC."""
    status: str
    """completed, failed or cancelled; `unfinished` when the end was never stored."""
    error: str
    events: int
    name: str = ""
    tags: tuple[str, ...] = ()
    origin: str = ""
    """Empty for a run of this machine, `fork` or `imported`."""
    parent_run: str = ""
    """The run that it was forked from, which may be deleted meanwhile."""
    parent_seq: int = -1
    """The last event that it has in common with its parent."""
    duration: float = 0.0
    """Seconds up to its last event."""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    size: int = 0
    """Bytes in the store, about."""
    parent_step: int = 0
    """How many agent runs had begun where it left its parent."""
    flow_path: str = ""
    """Of the flow's file on this machine; empty when it had none, or the run came from elsewhere."""

    @classmethod
    def of_row(cls, row: tuple[Any, ...]) -> RunSummary:
        """Make it from `COLUMNS`."""
        values = list(row)
        values[_TAGS] = () if row[_TAGS] == "[]" else tuple(json.loads(row[_TAGS]))
        return cls(*values)
