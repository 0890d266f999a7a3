"""What differs between two runs, as rows."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import set_cell_size
from textual.content import Content

from agentflow_tui.history.compare import AgentTotals, Comparison, RunTotals
from agentflow_tui.tui.panes.inspector.amount import grouped, seconds
from agentflow_tui.tui.panes.inspector.change_rows import change_rows
from agentflow_tui.tui.panes.row import Row
from agentflow_tui.tui.safe_text import one_line, plain
from agentflow_tui.tui.screens.curve_rows import curve_rows
from agentflow_tui.tui.screens.run_rows import SIGNS

_NAME = 22
_CELL = 18
_LONGEST = 600
_INDENT = 2


def compare_rows(found: Comparison, left: str, right: str, width: int) -> list[Row]:
    """Return the rows for a window of `width` cells; `left` and `right` name the two runs."""
    return [
        _title("WHERE THEY PART"),
        _parting(found),
        *curve_rows(found.curves, width),
        *_section("TOTALS"),
        _table("", one_line(f"A {left}", _CELL - 1), one_line(f"B {right}", _CELL - 1), "$muted"),
        *_totals(found.left, found.right),
        *_section("AGENTS"),
        *_agents(found),
        *_section("FINAL STATE, A → B"),
        *_changes(found, width),
    ]


def _section(title: str) -> tuple[Row, Row]:
    return Row(Content("")), _title(title)


def _title(title: str) -> Row:
    return Row(Content.styled(one_line(title, _NAME), "bold $accent"))


def _parting(found: Comparison) -> Row:
    if found.divergence is None:
        same = Content.styled("= They tell the same: one is an exact replay of the other.", "$success")
        return Row(Content.assemble(" " * _INDENT, same))
    told = one_line(found.divergence.text, _LONGEST)
    return Row(Content.assemble(" " * _INDENT, ("≠ ", "bold $warning"), told))


def _totals(left: RunTotals, right: RunTotals) -> Iterator[Row]:
    for total in (left, right):
        if total.error:
            sign = "A" if total is left else "B"
            error = one_line(total.error, _LONGEST)
            yield Row(Content.assemble(" " * _INDENT, (f"✗ {sign} ", "bold $status-failed"), error))
    yield _pair("status", _status(left.status), _status(right.status))
    yield _pair("time", seconds(left.seconds), seconds(right.seconds))
    yield _pair("agent runs", grouped(left.agent_runs), grouped(right.agent_runs))
    yield _pair("model calls", grouped(left.calls), grouped(right.calls))
    yield _pair("from recordings", grouped(left.from_recordings), grouped(right.from_recordings))
    yield _pair("tokens in", grouped(left.prompt_tokens), grouped(right.prompt_tokens))
    yield _pair("tokens out", grouped(left.completion_tokens), grouped(right.completion_tokens))
    yield _pair("new tokens", grouped(left.new_tokens), grouped(right.new_tokens))


def _agents(found: Comparison) -> Iterator[Row]:
    for name, left, right in found.agents:
        yield _table(name, _agent(left), _agent(right), "")
    if not found.agents:
        yield Row(Content.styled("  No agent ran in either.", "$muted"))


def _agent(totals: AgentTotals) -> str:
    if not totals.runs:
        return "did not run"
    tokens = totals.prompt_tokens + totals.completion_tokens
    failed = f" {totals.failures:d} ✗" if totals.failures else ""
    return f"{totals.runs:d}× {seconds(totals.seconds)} {grouped(tokens)} tok{failed}"


def _changes(found: Comparison, width: int) -> list[Row]:
    seen: dict[object, str] = {}
    rows = change_rows(found.data, "data", width, seen) + change_rows(found.meta, "meta", width, seen)
    return rows or [Row(Content.styled("  = The same in every key.", "$success"))]


def _status(status: str) -> str:
    glyph, word, _ = SIGNS.get(status, SIGNS["unfinished"])
    return f"{glyph} {word}"


def _pair(name: str, left: str, right: str) -> Row:
    return _table(name, left, right, "" if left == right else "bold $warning")


def _table(name: str, left: str, right: str, style: str) -> Row:
    first = set_cell_size(one_line(name, _NAME), _NAME)
    room = _CELL + 6
    cells = [set_cell_size(one_line(cell, room), room) for cell in (left, right)]
    return Row(
        Content.assemble(" " * _INDENT, (first, "$muted"), plain(" ".join(cells)).stylize(style)),
        is_wrapped=False,
    )
