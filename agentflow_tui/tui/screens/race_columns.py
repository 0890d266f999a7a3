"""The columns of a race: what each shows of a mode, and what it sorts by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from agentflow_tui.history.plain_number import plain_number
from agentflow_tui.tui.panes.inspector.amount import grouped, seconds, short
from agentflow_tui.tui.safe_text import one_line
from agentflow_tui.tui.screens.run_rows import SIGNS
from agentflow_tui.workbench.lane_totals import NOT_STARTED, LaneTotals

BEST = "★"
"""Stands before the best value of a column."""
STATUS_SIGNS = {
    **SIGNS,
    "running": ("▶", "running", "$status-running"),
    "paused": ("⏸", "paused", "$status-paused"),
    NOT_STARTED: ("✗", NOT_STARTED, "$status-failed"),
}
"""Glyph, word and colour of each status."""
_NONE = "–"

Rank = float | str | None


@dataclass(frozen=True, slots=True)
class RaceColumn:
    """One column."""

    measure: str
    """The field of `LaneTotals`."""
    title: str
    width: int
    show: Callable[[LaneTotals], str]
    rank: Callable[[LaneTotals], Rank]
    """What it sorts by; none goes last, whichever way round."""
    is_most_first: bool = False
    """True when the largest is the best."""


def _status(lane: LaneTotals) -> str:
    glyph, word, _ = STATUS_SIGNS[lane.status]
    return f"{glyph} {word}"


def _calls(lane: LaneTotals) -> str:
    return f"{grouped(lane.calls)}{f' ({grouped(lane.from_recordings)}r)' if lane.from_recordings else ''}"


def _rate(lane: LaneTotals) -> str:
    return _NONE if lane.rate is None else f"{lane.rate:.1f}"


def _score(lane: LaneTotals) -> str:
    return _NONE if lane.score is None else short(lane.score)


COLUMNS: tuple[RaceColumn, ...] = (
    RaceColumn("mode", "MODE", 14, lambda lane: lane.mode, lambda lane: lane.mode),
    RaceColumn("status", "STATUS", 14, _status, lambda lane: lane.status),
    RaceColumn("seconds", "TIME", 12, lambda lane: seconds(lane.seconds), lambda lane: lane.seconds),
    RaceColumn("calls", "CALLS", 10, _calls, lambda lane: lane.calls),
    RaceColumn("tokens", "TOKENS", 9, lambda lane: grouped(lane.tokens), lambda lane: lane.tokens),
    RaceColumn("rate", "TOK/S", 7, _rate, lambda lane: lane.rate, is_most_first=True),
    RaceColumn("score", "SCORE", 9, _score, lambda lane: plain_number(lane.score), is_most_first=True),
)


def columns_for(score: str) -> tuple[RaceColumn, ...]:
    """Return the columns of a race; without a score key there is none for it."""
    return COLUMNS if score else COLUMNS[:-1]


def in_order(
    lanes: Iterable[LaneTotals], column: RaceColumn | None, *, is_reversed: bool
) -> Sequence[LaneTotals]:
    """Return the lanes sorted by a column, the best first; without one, as they were started."""
    every = list(lanes)
    if column is None:
        return every[::-1] if is_reversed else every
    known = [lane for lane in every if column.rank(lane) is not None]
    known.sort(key=lambda lane: _comparable(column.rank(lane)), reverse=column.is_most_first != is_reversed)
    return known + [lane for lane in every if column.rank(lane) is None]


def _comparable(rank: Rank) -> float | str:
    assert rank is not None
    return rank


def title_of(column: RaceColumn, score: str) -> str:
    """Return what stands over a column; over the scores it is their key."""
    return one_line(score, column.width - 2).upper() if column.measure == "score" else column.title
