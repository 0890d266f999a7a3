"""Merge conflicts of parallel phases, as rows: every value, and which one was kept."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content

from agentflow_tui.history.run_state import AgentRun, RunState
from agentflow_tui.tui.panes.inspector.amount import short
from agentflow_tui.tui.panes.inspector.run_choice import is_inside
from agentflow_tui.tui.panes.row import Row
from agentflow_tui.tui.safe_text import one_line

_REMOVAL = {"removed": True}
_LONGEST = 160


def conflict_rows(state: RunState, selection: str | None, runs: Iterable[AgentRun]) -> list[Row]:
    """Return the newest conflict of each key, at the selected node or around the agents that are shown."""
    paths = [run.path for run in runs]
    newest = {
        (path, key): (branches, values)
        for path, key, branches, values in state.conflicts
        if (selection is not None and is_inside(path, selection))
        or any(is_inside(each, path) for each in paths)
    }
    rows: list[Row] = []
    for (path, key), (branches, values) in newest.items():
        wrote = one_line(f"{key}  {len(branches)} branches of {path} wrote it", _LONGEST)
        head = Content.assemble(("⚠ conflict ", "$warning"), (wrote, "bold"))
        rows.append(Row(head, key=("data", key), hanging=2))
        for number, (name, value) in enumerate(zip(branches, values, strict=False)):
            is_kept = number == len(branches) - 1
            shown = "(removed)" if value == _REMOVAL else short(value)
            content = Content.assemble(
                ("    ✓ kept  ", "$diff-added") if is_kept else ("    ✗ lost  ", "$diff-removed"),
                (one_line(name, _LONGEST), "bold"),
                one_line(f"  {shown}", 2 * _LONGEST),
            )
            rows.append(Row(content, value=value, key=("data", key), hanging=6))
    if rows:
        rows.append(Row(Content(""), value=""))
    return rows
