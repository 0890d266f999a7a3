"""Rows that say what is wrong, what helps, or why there is nothing to see."""

from __future__ import annotations

from textual.content import Content

from agentflow_tui.history.run_state import RunState
from agentflow_tui.tui.keymap.named_keys import key_of
from agentflow_tui.tui.panes.row import Row
from agentflow_tui.tui.safe_text import clean

_LONGEST = 20_000


def text_rows(text: str, style: str = "", *, first: str = "") -> list[Row]:
    """Return one row per line of a text; `first` is put before it, and the others are indented as far."""
    lines = clean(text[:_LONGEST]).split("\n")
    if len(text) > _LONGEST:
        lines.append(
            f"… cut here: {len(text) - _LONGEST:d} characters more; {key_of('file.yank')} copies all of it"
        )
    rows = []
    for number, line in enumerate(lines):
        lead = first if number == 0 else " " * len(first)
        content = Content.assemble((clean(lead), style), (clean(line), style)).expand_tabs(4)
        rows.append(Row(content, value=text, hanging=len(first)))
    return rows


def error_rows(error: str, category: str = "", hint: str = "") -> list[Row]:
    """Return an error in red, and the way out below it."""
    kind = f" ({category})" if category else ""
    rows = text_rows(f"{error or 'no reason given'}{kind}", "$status-failed", first="✗ failed: ")
    if hint:
        rows += text_rows(hint, "bold", first="→ way out: ")
    return rows


def run_error_rows(state: RunState) -> list[Row]:
    """Return the error of a run that failed; nothing otherwise."""
    if state.status != "failed":
        return []
    return [*error_rows(state.error, state.category, state.hint), Row(Content(""), value="")]


def explanation(text: str) -> list[Row]:
    """Return why there is nothing to see, and what to do."""
    return text_rows(text, "$foreground-muted")
