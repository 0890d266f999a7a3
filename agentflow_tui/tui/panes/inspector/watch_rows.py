"""Watched expressions and a pin as rows, above the state."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from agentflow_tui.history.delta import Delta
from agentflow_tui.tui.panes.inspector.amount import short
from agentflow_tui.tui.panes.row import Row
from agentflow_tui.tui.safe_text import one_line
from agentflow_tui.workbench.watched import Watched

WATCH = "\0watch"
"""Begins the key of a row that is about an expression."""
PIN = "\0pin"
"""Key of the row that is about a pin."""
_EXPRESSION = 60
_VALUE = 120


def watch_rows(found: Sequence[Watched], pin: Delta | None) -> list[Row]:
    """Return one row per expression and one for the pin, with an empty one below; nothing for nothing."""
    rows = [watch_row(each) for each in found]
    if pin is not None:
        rows.append(_pin_row(pin))
    return [*rows, Row(Content(""), value="")] if rows else []


def watch_row(watched: Watched) -> Row:
    """Return the row of one expression; one that gives nothing here says why."""
    name = (one_line(watched.expression, _EXPRESSION), "$syntax-key")
    if watched.error:
        content = Content.assemble(
            ("◌ ", "$muted"), name, "  ", (one_line(f"no value here: {watched.error}", _VALUE), "$muted")
        )
        return Row(content, value=watched.error, key=(WATCH + watched.expression,))
    value = "nothing yet" if watched.value is None else short(watched.value)
    style = "$muted" if watched.value is None else "bold"
    content = Content.assemble(("⊙ ", "$accent"), name, "  ", (one_line(value, _VALUE), style))
    return Row(content, value=watched.value, key=(WATCH + watched.expression,), is_wrapped=False)


def _pin_row(pin: Delta) -> Row:
    values = ", ".join(f"{key} = {short(value)}" for key, value in pin.set.items()) or "no change"
    content = Content.assemble(("▣ pinned  ", "bold $warning"), one_line(values, _VALUE))
    return Row(content, value=dict(pin.set), key=(PIN,), is_wrapped=False)
