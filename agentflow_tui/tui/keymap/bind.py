"""Textual bindings made from the table."""

from __future__ import annotations

from collections.abc import Iterable

from textual.binding import Binding, BindingType
from textual.keys import key_to_character

from agentflow_tui.tui.keymap.key import Key

_SHOWN = {
    "escape": "esc",
    "unbound": "–",
    "plus": "+",
    "minus": "-",
    "slash": "/",
    "backslash": "\\",
    "underscore": "_",
    "at": "@",
}
_SCRUB = Binding.Group("scrub", compact=True)


def bindings(keys: Iterable[Key]) -> list[BindingType]:
    """Return one Textual binding per key; ids are the table's, so that a keymap can change them.

    All keys of an action are shown where the footer has it: it takes the first that works at the moment,
    so `F5` stands for `space` while the editor has the focus.
    """
    return [
        Binding(
            name,
            key.action,
            key.label,
            show=key.in_footer,
            key_display=spelled(name),
            tooltip=key.tooltip,
            id=key.id,
            priority=key.is_priority,
            group=_SCRUB if key.label == "scrub" else None,
        )
        for key in keys
        for name in key.keys
    ]


def spelled(key: str) -> str:
    """Return a key's name as a person writes it: `full_stop` is `.`, `ctrl+s` is `^s`."""
    before, plus, name = key.rpartition("+")
    shown = _SHOWN.get(name) or _character(name)
    return f"{before}{plus}".replace("ctrl+", "^") + shown


def _character(name: str) -> str:
    """Return the sign that a key types, or its name where that says more: `f5` is `F5`, `space` is itself."""
    if name[0] == "f" and name[1:].isdigit():
        return name.upper()
    sign = key_to_character(name) or ""
    return sign if sign.isprintable() and not sign.isspace() and sign else name
