"""Textual bindings made from the table."""

from __future__ import annotations

from collections.abc import Iterable

from textual.binding import Binding, BindingType

from agentflow_tui.tui.keymap.key import Key

_SHOWN = {
    "question_mark": "?",
    "comma": ",",
    "full_stop": ".",
    "colon": ":",
    "semicolon": ";",
    "escape": "esc",
    "unbound": "–",
    "plus": "+",
    "minus": "-",
    "equals_sign": "=",
    "slash": "/",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "apostrophe": "'",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
    "less_than_sign": "<",
    "greater_than_sign": ">",
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
    shown = _SHOWN.get(name, name.upper() if name[0] == "f" and name[1:].isdigit() else name)
    return f"{before}{plus}".replace("ctrl+", "^") + shown
