"""Edits that are not made yet, as lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from textual.content import Content

from agentflow_tui.tui.dialogs.state_draft import Pending, Slot
from agentflow_tui.tui.panes.inspector.amount import short
from agentflow_tui.tui.safe_text import one_line
from agentflow_tui.workbench.departure import REMOVED

_NAME = 40
_PREVIEW = 60
_SIGNS = {"+": "$diff-added", "-": "$diff-removed", "~": "$warning"}


def value_line(slot: Slot, value: Any) -> Content:
    """Return a key with its value; `REMOVED` stands for a new one without any."""
    shown = one_line("new" if value is REMOVED else short(value), _PREVIEW)
    return Content.assemble("  ", (one_line(slot.name, _NAME), "bold"), "  ", (shown, "$foreground-muted"))


def edit_line(edit: Pending) -> Content:
    """Return an edit: what kind it is, the key, the value before and after."""
    values = ("" if each is REMOVED else short(each) for each in (edit.old, edit.new))
    old, new = (one_line(each, _PREVIEW // 2) for each in values)
    change = f"{old} → {new}" if edit.sign == "~" else old or new
    return Content.assemble(
        (one_line(f"{edit.sign} ", 2), f"bold {_SIGNS[edit.sign]}"),
        (one_line(edit.slot.name, _NAME), "bold"),
        "  ",
        one_line(change, _PREVIEW),
    )


def edit_lines(edits: Sequence[Pending]) -> Content:
    """Return all edits under one another, with their number; nothing without any."""
    if not edits:
        return Content("")
    count = f"{len(edits):d} {'edit' if len(edits) == 1 else 'edits'} to be made:"
    return Content("\n").join([Content.styled(one_line(count, _NAME), "$muted"), *map(edit_line, edits)])
