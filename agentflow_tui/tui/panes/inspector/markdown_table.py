"""A table as models write it, `| a | b |`, with its columns lined up."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, repeat, zip_longest

from rich.cells import cell_len
from textual.content import Content

_BAR = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r"\s*:?-+:?\s*")
_RIGHT = re.compile(r"\s*-+:\s*")
_LONGEST_LINE = 2_000
_WIDEST = 24
"""Cells up to which a column is filled: a sentence in one row must not push the others out of sight."""
_LEAST = 2
"""Lines of a table: its heads and the rule below them."""


def is_table_line(line: str) -> bool:
    """Tell whether a line may belong to a table."""
    return len(line) <= _LONGEST_LINE and line.strip().startswith("|") and line.rstrip().endswith("|")


def is_table(lines: Sequence[str]) -> bool:
    """Tell whether these lines are a table: heads, then a rule of as many cells."""
    if len(lines) < _LEAST:
        return False
    heads, rule = _cells(lines[0]), _cells(lines[1])
    return len(heads) == len(rule) and all(map(_RULE.fullmatch, rule))


def table_lines(lines: Sequence[str], laid_out: Callable[[str], Content]) -> Iterator[Content]:
    """Yield a table line by line, each column as wide as its cells need; `laid_out` styles a cell."""
    texts = [_cells(line) for line in (lines[0], *lines[_LEAST:])]
    rows = [[laid_out(cell.strip()) for cell in row] for row in texts]
    columns = zip_longest(*rows, fillvalue=Content(""))
    widths = [min(max(cell_len(cell.plain) for cell in column), _WIDEST) for column in columns]
    are_right = [_RIGHT.fullmatch(cell) is not None for cell in _cells(lines[1])]
    bar = Content(" │ ").stylize("$foreground-muted")
    for number, row in enumerate(rows):
        filled = (*row, *[Content("")] * (len(widths) - len(row)))
        padded = [
            _padded(*cell) for cell in zip(filled, widths, chain(are_right, repeat(False)), strict=False)
        ]
        yield bar.join(padded).rstrip() if number else bar.join(padded).rstrip().stylize("bold")
        if number == 0:
            yield Content("─┼─".join("─" * width for width in widths)).stylize("$foreground-muted")


def _cells(line: str) -> list[str]:
    return [cell.replace("\\|", "|") for cell in _BAR.split(line.strip()[1:-1])]


def _padded(cell: Content, width: int, is_right: bool) -> Content:
    room = max(width - cell_len(cell.plain), 0)
    return cell.pad_left(room) if is_right else cell.pad_right(room)
