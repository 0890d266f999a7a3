"""Stored runs as rows: newest first, or as a tree of runs and forks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rich.cells import set_cell_size
from textual.content import Content

from agentflow_tui.history.run_summary import RunSummary
from agentflow_tui.history.run_tree import Branch, fork_point, run_tree
from agentflow_tui.tui.panes.inspector.amount import grouped, seconds
from agentflow_tui.tui.panes.row import Row
from agentflow_tui.tui.safe_text import clean, one_line, plain

SIGNS = {
    "completed": ("●", "completed", "$status-completed"),
    "failed": ("✗", "failed", "$status-failed"),
    "cancelled": ("⊘", "cancelled", "$status-cancelled"),
    "live": ("▶", "live", "$status-running"),
    "interrupted": ("◌", "interrupted", "$warning"),
    "unfinished": ("◌", "unfinished", "$status-waiting"),
}
"""Glyph, word and colour of each status."""
_STATUS, _WHEN, _LENGTH, _TOKENS, _SIZE, _MODE = 14, 13, 13, 9, 9, 14
_WIDEST = 80
"""Cells of the first column at most: what belongs to a name is to be read beside it in a wide window too."""
_WITH_SIZE = 90
_WITH_MODE = 104
_KILO = 1000


def run_rows(  # noqa: PLR0913 - what a row shows
    runs: Sequence[RunSummary],
    states: dict[str, str],
    *,
    marked: str,
    width: int,
    now: datetime,
    is_tree: bool = False,
) -> list[Row]:
    """Return one row for each run, newest first; `states` tells what is known beyond the stored status.

    In a tree each fork stands above the run that it left, with a line that leads there.
    """
    branches = run_tree(runs) if is_tree else [Branch(run, "", "") for run in runs]
    rows = []
    for branch in branches:
        run = branch.run
        line = _line(branch, states.get(run.run_id, run.status), width, now, is_tree=is_tree)
        sign = "A " if run.run_id == marked else "  "
        content = Content.assemble((sign, "bold $accent"), line)
        rows.append(Row(content, value=run.run_id, key=(run.run_id,), is_wrapped=False))
    return rows


def heading(width: int) -> Content:
    """Return the names of the columns."""
    cells = ["".ljust(2), set_cell_size("FLOW", _first(width))]
    cells += [set_cell_size(name, size) for name, size in _columns(width)]
    return plain("".join(cells))


def _line(branch: Branch, state: str, width: int, now: datetime, *, is_tree: bool) -> Content:
    run = branch.run
    glyph, word, color = SIGNS.get(state, SIGNS["unfinished"])
    tokens = run.prompt_tokens + run.completion_tokens
    cells: dict[str, tuple[str, str]] = {
        "MODE": (one_line(run.mode, _MODE - 1), "$primary"),
        "STATUS": (f"{glyph} {word}", color),
        "WHEN": (_when(run.started_at, now), ""),
        "DURATION": (seconds(run.duration), ""),
        "TOKENS": (grouped(tokens) if tokens else "", ""),
        "SIZE": (_size(run.size), "$muted"),
    }
    lines = Content("")
    if is_tree:
        before, most = branch.before, _first(width) // 2
        # Many lines side by side leave the name half of the cell.
        before = before if len(before) <= most else f"…{before[-most + 1 :]}"
        after = branch.after if len(before + branch.after) <= most else ""
        lines = Content.assemble(
            (one_line(before, width), "$muted"),
            (clean(glyph), color),
            (one_line(after, width), "$muted"),
            " ",
        )
    # In a tree the line says which run that is.
    origin = fork_point(run, names_parent=not is_tree)
    parts = [_first_cell(run, lines, origin, width)]
    for name, size in _columns(width):
        text, style = cells[name]
        parts.append(Content.styled(set_cell_size(one_line(text, size), size), style))
    return Content("").join(parts)


def _first_cell(run: RunSummary, lines: Content, origin: str, width: int) -> Content:
    room = _first(width)
    name = one_line(run.name, room)
    tags = one_line(" ".join(f"#{tag}" for tag in run.tags), room)
    cell = Content.assemble(lines, one_line(run.flow or run.run_id[:8], room))
    if name:
        cell = Content.assemble(cell, (f" {name}", "bold"))
    if origin:
        cell = Content.assemble(cell, (one_line(f" {origin}", room), "$muted"))
    if run.origin == "imported":
        cell = Content.assemble(cell, (" imported", "$muted"))
    if tags:
        cell = Content.assemble(cell, (f" {tags}", "$accent"))
    cell = cell.truncate(room - 1, ellipsis=True)
    return Content.assemble(cell, " " * (room - cell.cell_length))


def _columns(width: int) -> list[tuple[str, int]]:
    columns = [("STATUS", _STATUS), ("WHEN", _WHEN), ("DURATION", _LENGTH), ("TOKENS", _TOKENS)]
    if width >= _WITH_SIZE:
        columns.append(("SIZE", _SIZE))
    return [("MODE", _MODE), *columns] if width >= _WITH_MODE else columns


def _first(width: int) -> int:
    return min(max(width - 2 - sum(size for _, size in _columns(width)), 12), _WIDEST)


def _when(started_at: str, now: datetime) -> str:
    try:
        started = datetime.fromisoformat(started_at).astimezone(now.tzinfo)
    except (ValueError, OverflowError):
        return one_line(started_at, _WHEN - 1)
    if started.date() == now.date():
        return f"today {started:%H:%M}"
    return f"{started:%d %b %H:%M}" if started.year == now.year else f"{started:%Y-%m-%d}"


def _size(size: int) -> str:
    if size < _KILO:
        return f"{size:d} B"
    return f"{size / _KILO:.0f} kB" if size < _KILO * _KILO else f"{size / _KILO / _KILO:.1f} MB"
