"""The modes of a race as rows, and what is told of the chosen one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.cells import cell_len, set_cell_size
from textual.content import Content

from agentflow_tui.tui.panes.inspector.amount import counted
from agentflow_tui.tui.panes.inspector.notice import error_rows, text_rows
from agentflow_tui.tui.panes.row import Row
from agentflow_tui.tui.safe_text import one_line, plain
from agentflow_tui.tui.screens.race_columns import BEST, STATUS_SIGNS, RaceColumn, columns_for, title_of
from agentflow_tui.workbench.lane_totals import LaneTotals, best_of

MARK = 2
"""Cells before the first column."""
_LEAST = 18
"""Cells that the last column needs to say anything."""
_TAIL = 400
"""Characters of text that is still coming, at most."""
_NAMES = 60
_TEXT_COLUMNS = ("mode", "status")


def heading(score: str, sorted_by: RaceColumn | None, width: int, *, is_downwards: bool) -> Content:
    """Return the names of the columns; the one that is sorted by has an arrow."""
    cells = [" " * MARK]
    for column in columns_for(score):
        arrow = ("▼" if is_downwards else "▲") if column is sorted_by else ""
        cells.append(_fitted(column, f"{arrow}{title_of(column, score)}"))
    if last_width(score, width):
        cells.append("AT WORK, OR OUTPUT")
    return plain("".join(cells))


def last_width(score: str, width: int) -> int:
    """Return how many cells are left for the last column; 0 when they are too few."""
    left = width - MARK - sum(column.width for column in columns_for(score))
    return left if left >= _LEAST else 0


def race_rows(
    lanes: Sequence[LaneTotals], every: Sequence[LaneTotals], marks: Sequence[str], score: str, width: int
) -> list[Row]:
    """Return one row for each of `lanes`, in this order; the best values are those of `every` lane."""
    best, left = best_of(every), last_width(score, width)
    rows = []
    for lane in lanes:
        sign = "AB"[marks.index(lane.mode)] if lane.mode in marks else " "
        parts = [Content.styled(one_line(sign, MARK).ljust(MARK), "bold $accent")]
        parts += [_cell(column, lane, best) for column in columns_for(score)]
        if left:
            parts.append(_last(lane, left))
        rows.append(Row(Content("").join(parts), key=(lane.mode,), is_wrapped=False))
    return rows


def detail_rows(lane: LaneTotals, others: Sequence[LaneTotals]) -> list[Row]:
    """Return what is told of one mode, after a line for each of `others` that is at work."""
    rows = [
        Row(Content.assemble((one_line(f"▶ {other.mode}  ", _NAMES), "$status-running"), _at_work(other)))
        for other in others
        if not other.is_over
    ]
    if rows:
        rows.append(Row(Content("")))
    glyph, word, color = STATUS_SIGNS[lane.status]
    name, state = one_line(f"{lane.mode}  ", _NAMES), one_line(f"{glyph} {word}", _NAMES)
    rows.append(Row(Content.assemble((name, "bold $primary"), (state, color)), is_wrapped=False))
    if lane.agents:
        rows.append(Row(Content.styled(one_line(lane.agents, _NAMES), "$status-running")))
    if lane.from_recordings:
        rows.append(
            Row(Content.assemble(counted(lane.from_recordings, "call"), " from recordings").stylize("$muted"))
        )
    if lane.error:
        rows += error_rows(lane.error, hint=lane.hint)
    if lane.output:
        rows += text_rows(lane.output if lane.is_over else _tail(lane.output))
    elif lane.is_over and not lane.error:
        rows.append(Row(Content.styled("No agent set anything.", "$muted")))
    return rows


def _fitted(column: RaceColumn, text: str) -> str:
    shown = one_line(text, column.width - 1)
    if column.measure not in _TEXT_COLUMNS:
        # Numbers stand to the right.
        shown = " " * max(column.width - 1 - cell_len(shown), 0) + shown
    return set_cell_size(shown, column.width)


def _cell(column: RaceColumn, lane: LaneTotals, best: Mapping[str, frozenset[str]]) -> Content:
    text = column.show(lane)
    if lane.mode in best.get(column.measure, ()):
        return Content.styled(_fitted(column, f"{BEST} {text}"), "bold $success")
    style = STATUS_SIGNS[lane.status][2] if column.measure == "status" else ""
    return Content.styled(_fitted(column, text), "bold" if column.measure == "mode" else style)


def _last(lane: LaneTotals, width: int) -> Content:
    if lane.error:
        return Content.styled(set_cell_size(one_line(lane.error, width), width), "$status-failed")
    if lane.is_over:
        return plain(one_line(lane.output, width))
    return _at_work(lane).truncate(width, ellipsis=True)


def _at_work(lane: LaneTotals) -> Content:
    text = one_line(_tail(lane.output)[-_NAMES:].strip(), _NAMES)
    return Content.assemble(
        (one_line(lane.agents or "…", _NAMES), "$status-running"), (f"  {text}" if text else "", "$muted")
    )


def _tail(text: str) -> str:
    return text if len(text) <= _TAIL else f"… {text[-_TAIL:]}"
