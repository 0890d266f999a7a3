"""The two kinds of field that every form has."""

from __future__ import annotations

from textual.widgets import Input, TextArea


def line_field(name: str, placeholder: str = "") -> Input:
    """Return a field of one line, with `name` as its id."""
    field = Input(id=name, placeholder=placeholder, compact=True, select_on_focus=False)
    field.cursor_blink = False
    return field


def text_field(name: str) -> TextArea:
    """Return a field of many lines, with `name` as its id."""
    # Not coloured: tree-sitter with its JSON grammar crashes the process (0.26.1 with 0.24.8).
    area = TextArea(id=name, compact=True, tab_behavior="focus")
    area.cursor_blink = False
    return area
