"""Two texts next to each other: lines that belong together share a row, words that differ are marked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rapidfuzz.distance import Indel
from rich.cells import cell_len
from textual.content import Content

from agentflow_tui.history.diff import diff_words
from agentflow_tui.tui.panes.line_break import line_breaks
from agentflow_tui.tui.panes.row import Row
from agentflow_tui.tui.safe_text import clean, one_line

MIN_WIDTH = 80
"""Cells from which on two columns are read more easily than one."""
_MOST_PAIRS = 4_000_000
_CONTEXT_LINES = 2
_STYLES = {"+": "$diff-added bold", "-": "$diff-removed strike"}

Pair = tuple[str | None, str | None]


def side_by_side(old: str, new: str, width: int, *, value: Any, key: tuple[str, ...]) -> list[Row]:
    """Return rows of `width` cells with the old text on the left and the new one on the right."""
    column = (width - 3) // 2
    rows: list[Row] = []
    for left, right in _lined_up(_pairs(old.split("\n"), new.split("\n"))):
        rows += (
            Row(content, value=value, key=key, is_wrapped=False) for content in _drawn(left, right, column)
        )
    return rows


def _pairs(old: list[str], new: list[str]) -> Iterator[Pair]:
    if len(old) * len(new) > _MOST_PAIRS:
        yield from _zipped(old, new)
        return
    gone: list[str] = []
    come: list[str] = []
    for step in Indel.opcodes(old, new):
        if step.tag == "equal":
            yield from _zipped(gone, come)
            gone, come = [], []
            yield from ((line, line) for line in old[step.src_start : step.src_end])
        else:
            gone += old[step.src_start : step.src_end]
            come += new[step.dest_start : step.dest_end]
    yield from _zipped(gone, come)


def _zipped(old: list[str], new: list[str]) -> Iterator[Pair]:
    for number in range(max(len(old), len(new))):
        yield (
            old[number] if number < len(old) else None,
            new[number] if number < len(new) else None,
        )


def _lined_up(pairs: Iterator[Pair]) -> Iterator[Pair]:
    """Leave out what is far from every difference; the row says how much."""
    same: list[Pair] = []
    is_first = True
    for pair in pairs:
        if pair[0] == pair[1]:
            same.append(pair)
            continue
        yield from _shortened(same, head=0 if is_first else _CONTEXT_LINES, tail=_CONTEXT_LINES)
        same, is_first = [], False
        yield pair
    yield from _shortened(same, head=_CONTEXT_LINES, tail=0)


def _shortened(same: list[Pair], *, head: int, tail: int) -> Iterator[Pair]:
    hidden = len(same) - head - tail
    if hidden <= 1:
        yield from same
        return
    note = f"⋯ {hidden:d} lines are the same"
    yield from same[:head]
    yield note, note
    yield from same[len(same) - tail :]


def _drawn(old: str | None, new: str | None, width: int) -> Iterator[Content]:
    left, right = _halves(old, new)
    left_lines, right_lines = _broken(left, "-", width), _broken(right, "+", width)
    if old == new:
        left_lines, right_lines = _broken(left, " ", width), _broken(right, " ", width)
    for number in range(max(len(left_lines), len(right_lines))):
        one = left_lines[number] if number < len(left_lines) else Content("")
        other = right_lines[number] if number < len(right_lines) else Content("")
        padding = Content(" " * max(width - cell_len(one.plain), 0))
        yield Content("").join((one, padding, Content(" │ ").stylize("$foreground-muted"), other))


def _halves(old: str | None, new: str | None) -> tuple[Content | None, Content | None]:
    if old is None or new is None:
        return (
            None if old is None else Content(clean(old)).stylize(_STYLES["-"]),
            None if new is None else Content(clean(new)).stylize(_STYLES["+"]),
        )
    if old == new:
        same = Content(clean(old)).stylize("$foreground-muted")
        return same, same
    left: list[Content] = []
    right: list[Content] = []
    for word in diff_words(old, new):
        if word.kind != "added":
            left.append(Content(clean(word.text)).stylize(_STYLES["-"] if word.kind == "removed" else ""))
        if word.kind != "removed":
            right.append(Content(clean(word.text)).stylize(_STYLES["+"] if word.kind == "added" else ""))
    return Content("").join(left), Content("").join(right)


def _broken(line: Content | None, sign: str, width: int) -> list[Content]:
    """Break a line at the column's width; its sign stands before the first part."""
    if line is None:
        return []
    line = line.expand_tabs(4)
    breaks = line_breaks(line.plain, width - 2)
    parts = [line[start:end] for start, end in zip((0, *breaks), (*breaks, len(line.plain)), strict=True)]
    lead = [Content(f"{one_line(sign, 1)} ").stylize(_STYLES.get(sign, ""))]
    # A break leaves its space at the end, where there may be no cell for it.
    return [
        Content("").join((first, part.rstrip() if cell_len(part.plain) > width - 2 else part))
        for first, part in zip(lead + [Content("  ")] * (len(parts) - 1), parts, strict=True)
    ]
