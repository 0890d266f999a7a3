"""How a replay came out, as rows."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from agentflow_tui.history.event import HistoryEvent
from agentflow_tui.tui.panes.inspector.change_rows import change_rows
from agentflow_tui.tui.panes.row import Row
from agentflow_tui.tui.panes.timeline.entry import entry_of
from agentflow_tui.tui.safe_text import one_line
from agentflow_tui.workbench.replay import Replay

_LONGEST = 600
_KIND = 40


def replay_rows(replay: Replay, width: int) -> list[Row]:
    """Return the report for a window of `width` cells."""
    return [*_outcome(replay, width), *_note(replay.note)]


def _outcome(replay: Replay, width: int) -> Iterator[Row]:
    parts = replay.divergence
    if parts is None:
        told = f"= same history, {len(replay.history):d} events; nobody was called"
        yield Row(Content.styled(one_line(told, _LONGEST), "bold $success"))
        return
    if parts.left is not None and parts.right is not None and parts.fields:
        names = ", ".join(parts.fields)
        yield Row(Content.assemble(("≠ drift  ", "bold $warning"), _named(parts.left)))
        yield Row(Content.assemble(("  differs in  ", "$muted"), one_line(names, _LONGEST)))
        yield Row(Content(""))
        yield from change_rows(replay.changes, "data", width, {})
        return
    yield Row(Content.styled("≠ drift: another event comes", "bold $warning"))
    yield Row(Content(""))
    yield Row(Content.assemble(("- then  ", "$diff-removed"), _named(parts.left)), value=_said(parts.left))
    yield Row(Content.assemble(("+ now   ", "$diff-added"), _named(parts.right)), value=_said(parts.right))
    if replay.unexpected:
        where = one_line(replay.unexpected, _LONGEST)
        yield Row(Content.assemble(("  ", ""), (where, "bold"), " would run now, and did not then"))


def _note(note: str) -> Iterator[Row]:
    if note:
        yield Row(Content(""))
        yield Row(Content.styled(one_line(note, _LONGEST), "$muted"))


def _named(event: HistoryEvent | None) -> Content:
    if event is None:
        return Content.styled("nothing: the history ends", "bold")
    entry = entry_of(event)
    return Content.assemble(
        (f"event {event.seq:d}  ", "bold"),
        (one_line(event.kind, _KIND), "$accent"),
        "  ",
        one_line(f"{entry.glyph} {entry.words} {entry.where}  {entry.detail}", _LONGEST),
    )


def _said(event: HistoryEvent | None) -> str:
    return "" if event is None else entry_of(event).detail
