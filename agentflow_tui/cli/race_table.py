"""The modes of a race that has ended, as a table of plain text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agentflow_tui.control_characters import visible_line
from agentflow_tui.workbench.lane_totals import LaneTotals, best_of

BEST = "★"
"""Stands before the best value of a column."""
_OUTPUT = 60
_SCORE = 20
_SHORT = 8
_NONE = "–"


def race_table(lanes: Sequence[LaneTotals], score: str) -> list[str]:
    """Return the lines: a heading, one for each mode, and what to do next."""
    best = best_of(lanes)
    head = [
        "MODE",
        "STATUS",
        "TIME",
        "CALLS",
        "TOKENS",
        "TOKENS/S",
        visible_line(score, _SCORE).upper(),
        "RUN",
    ]
    rows = [head, *(_cells(lane, best) for lane in lanes)]
    if not score:
        rows = [[*row[:-2], row[-1]] for row in rows]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [_line(row, widths) for row in rows]
    ends = ["OUTPUT", *(visible_line(lane.error or lane.output, _OUTPUT) for lane in lanes)]
    table = [f"{line}  {end}".rstrip() for line, end in zip(lines, ends, strict=True)]
    told = f"{BEST} the best of its column; agentflow-tui show RUN tells a run, compare RUN RUN two of them"
    return [*table, told]


def _cells(lane: LaneTotals, best: Any) -> list[str]:
    def cell(measure: str, text: str) -> str:
        return f"{BEST} {text}" if lane.mode in best.get(measure, ()) else text

    recorded = f" ({lane.from_recordings} recorded)" if lane.from_recordings else ""
    return [
        lane.mode,
        lane.status,
        cell("seconds", f"{lane.seconds:.2f} s"),
        cell("calls", f"{lane.calls}{recorded}"),
        cell("tokens", str(lane.tokens)),
        cell("rate", _NONE if lane.rate is None else f"{lane.rate:.1f}"),
        cell("score", _NONE if lane.score is None else visible_line(str(lane.score), _SCORE)),
        lane.run_id[:_SHORT] or _NONE,
    ]


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    is_text = {0, 1, len(row) - 1}
    return "  ".join(
        cell.ljust(width) if number in is_text else cell.rjust(width)
        for number, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
