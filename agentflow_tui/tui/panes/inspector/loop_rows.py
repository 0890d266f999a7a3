"""The loop lens as rows: iterations are columns, keys are rows, and what looks wrong is named."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from os.path import commonprefix
from typing import Any

from rich.cells import cell_len, set_cell_size
from textual.content import Content

from agentflow_tui.history.loop_lens import GONE, Finding, Iteration, LensRow, LoopLens
from agentflow_tui.tui.panes.inspector.amount import counted
from agentflow_tui.tui.panes.inspector.notice import explanation
from agentflow_tui.tui.panes.inspector.writer_rows import KEY, spelled
from agentflow_tui.tui.panes.row import Row
from agentflow_tui.tui.panes.sparkline import sparkline
from agentflow_tui.tui.safe_text import one_line

LOOP = "loop"
"""First part of the key of a loop's heading."""
HEADS = "heads"
"""First part of the key of the row that names the iterations."""
_CELL = 11
_NARROW_CELL = 8
_WIDEST_CELL = 36
_WIDE = 60
_KEY_SHARE = 3
_KEY_WIDEST = 24
_SPARKS = 16
_LEAD_SHARE = 3
_MARGIN = 2
"""Cells of a value that its sign and the space behind it take."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the columns of a lens are."""

    key_width: int
    spark_width: int
    iterations: Sequence[Iteration]
    first: int
    """Position of the first iteration shown."""
    cell: int
    """Cells of each of them."""

    def iteration_at(self, x: int) -> Iteration | None:
        """Return the iteration whose column is at `x` cells from the left."""
        column = (x - self.key_width - self.spark_width) // self.cell
        return self.iterations[column] if 0 <= column < len(self.iterations) else None


def loop_rows(
    lenses: Sequence[LoopLens], toggled: Collection[tuple[str, ...]], cursor: int, width: int
) -> list[Row]:
    """Return the lenses, newest first; the newest is open, and those in `toggled` the other way round."""
    if not lenses:
        return explanation(
            "No loop has run yet. When one runs, its iterations are columns here, "
            "and each key that changes is a row."
        )
    rows: list[Row] = []
    for number, lens in enumerate(reversed(lenses)):
        key = loop_key(lens)
        is_open = (number == 0) != (key in toggled)
        rows.append(_heading(lens, is_open, key))
        if is_open:
            rows += [*(_finding(found) for found in lens.findings), *_table(lens, cursor, width)]
            rows.append(Row(Content(""), value=""))
    return rows


def loop_key(lens: LoopLens) -> tuple[str, ...]:
    """Return the key of the row that is the heading of a lens."""
    return (LOOP, str(lens.iterations[0].started_seq))


def grid_of(lens: LoopLens, cursor: int, width: int) -> Grid:
    """Lay the columns out: the newest iterations that fit, or those up to the one at the cursor."""
    longest = max((cell_len(one_line(spelled(row.key), _KEY_WIDEST)) for row in lens.rows), default=0)
    key_width = max(min(longest + 1, _KEY_WIDEST, width // _KEY_SHARE), 8)
    has_numbers = any(row.numbers is not None for row in lens.rows)
    room = width - key_width
    cell = _CELL if width >= _WIDE else _NARROW_CELL
    sparks = min(len(lens.iterations), _SPARKS, width // 6) + 1 if has_numbers else 0
    count = max((room - sparks) // cell, 1)
    here = sum(1 for each in lens.iterations if each.started_seq <= cursor)
    last = max(min(here, len(lens.iterations)), min(count, len(lens.iterations)))
    first = max(last - count, 0)
    # Few iterations share all of the width: then one sees what their texts say.
    cell = max(cell, min((room - sparks) // max(last - first, 1), _WIDEST_CELL))
    return Grid(key_width, sparks, lens.iterations[first:last], first, cell)


def _heading(lens: LoopLens, is_open: bool, key: tuple[str, ...]) -> Row:
    warned = "".join(f"  ⚠ {found.kind}" for found in lens.findings) if not is_open else ""
    ended = f" · {lens.ended}" if lens.ended else ""
    content = Content.assemble(
        "▾ " if is_open else "▸ ",
        ("↻ ", "$status-running"),
        (one_line(lens.path, 100), "bold"),
        (one_line(f"  {counted(len(lens.iterations), 'iteration')}{ended}", 60), "$foreground-muted"),
        (one_line(warned, 100), "$warning"),
    )
    return Row(content, key=key, is_wrapped=False)


def _finding(found: Finding) -> Row:
    where = f"iterations {found.first:d} to {found.last:d}"
    if found.kind == "stalled":
        told = f"{where} changed nothing"
    else:
        keys = ", ".join(spelled(key) for key in found.keys)
        told = f"{where}: {keys} came back to the same value every {found.period:d} iterations"
    content = Content.assemble((one_line(f"⚠ {found.kind}: ", 40), "bold $warning"), one_line(told, 400))
    return Row(content, hanging=2)


def _table(lens: LoopLens, cursor: int, width: int) -> list[Row]:
    grid = grid_of(lens, cursor, width)
    here = max((each.started_seq for each in grid.iterations if each.started_seq <= cursor), default=-1)
    heads = [
        Content(one_line(_fitted(_head(each, each.started_seq == here), grid.cell), grid.cell)).stylize(
            "bold $primary" if each.started_seq == here else "$foreground-muted"
        )
        for each in grid.iterations
    ]
    note = "" if not grid.first else f"… {grid.first:d} before"
    corner = one_line(_fitted(note, grid.key_width + grid.spark_width), grid.key_width + grid.spark_width)
    key = (HEADS, *loop_key(lens)[1:])
    rows = [Row(Content("").join((Content(corner), *heads)), key=key, is_wrapped=False)]
    if not lens.rows:
        return rows + explanation("No key was changed by an agent yet.")
    # Numbers first: they are what most loops are steered by.
    ordered = sorted(lens.rows, key=lambda row: row.numbers is None)
    return rows + [_row(row, grid, key[1]) for row in ordered]


def _head(iteration: Iteration, is_here: bool) -> str:
    name = f"it.{iteration.number}"
    sign = {"running": " ◐", "failed": " ✗", "cancelled": " ⊗"}.get(iteration.status, "")
    return f"[{name}{sign}]" if is_here else f" {name}{sign}"


def _row(row: LensRow, grid: Grid, loop: str) -> Row:
    numbers = row.numbers
    sparks = sparkline(numbers[-(grid.spark_width - 1) :]) if numbers and grid.spark_width > 1 else ""
    name = one_line(spelled(row.key), grid.key_width - 1)
    parts = [
        Content(one_line(_fitted(name, grid.key_width), grid.key_width)).stylize("$syntax-key"),
        Content(one_line(_fitted(sparks, grid.spark_width), grid.spark_width)).stylize("$primary"),
    ]
    for number in range(grid.first, grid.first + len(grid.iterations)):
        before = row.values[number - 1] if number else row.start
        parts.append(_cell(before, row.values[number], row.changed[number], grid.cell))
    return Row(
        Content("").join(parts),
        value=row.values[-1] if row.values[-1] is not GONE else "",
        key=(KEY, *row.key, loop),
        is_wrapped=False,
    )


def _cell(before: Any, value: Any, is_changed: bool, width: int) -> Content:
    sign, style = " ", "$foreground-muted"
    if is_changed:
        sign, style = ("+", "$diff-added") if before is GONE else ("~", "$warning")
        if value is GONE:
            sign, style = "-", "$diff-removed"
    shown = _brief(value, before if is_changed else GONE, max(width - _MARGIN, 1))
    return Content(one_line(_fitted(f"{sign}{shown}", width), width)).stylize(style)


def _brief(value: Any, before: Any, room: int) -> str:  # noqa: PLR0911
    match value:
        case _ if value is GONE:
            return "·"
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case float():
            return f"{value:.6g}"
        case int():
            return (
                str(value)
                if abs(value) < 10 ** (_CELL - 2)
                else f"{float(value):.3g}"
                if abs(value) < 10**300
                else "huge"
            )
        case str():
            return _brief_text(value, before if isinstance(before, str) else "", room)
        case dict():
            return f"{{{len(value)}}}"
        case list():
            return f"[{len(value)}]"
    return "?"


def _brief_text(text: str, before: str, room: int) -> str:
    """The start of a text; of one whose start stayed the same, what comes from the first difference on."""
    same = len(commonprefix((before, text)))
    # With a word or so before it: a lone digit would say little.
    start = text.rfind(" ", 0, max(same - room // _LEAD_SHARE, 0)) + 1
    if start > room // 2 and same < len(text):
        return f"…{one_line(text[start:], room)}"
    return f"“{one_line(text, room)}"


def _fitted(text: str, width: int) -> str:
    if cell_len(text) > width - 1 and width > 1:
        text = set_cell_size(text, width - 2) + "…"
    return set_cell_size(text, width)
