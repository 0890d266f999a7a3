"""Names of keys as a person writes them: `?`, `^s`, `F5`, `ctrl+s`, `full_stop`."""

from __future__ import annotations

import unicodedata

from textual.keys import KEY_NAME_REPLACEMENTS, Keys, key_to_character

from agentflow_tui.control_characters import visible_line

_MODIFIERS = ("ctrl", "alt", "shift", "super", "hyper", "meta")
_KNOWN = frozenset(key.value for key in Keys) | {"space", *KEY_NAME_REPLACEMENTS.values()}
_SAME = {
    "ctrl+i": "tab",
    "ctrl+m": "enter",
    "ctrl+j": "enter",
    "ctrl+h": "backspace",
    "ctrl+left_square_bracket": "escape",
}
_SHORT = {"esc": "escape", "return": "enter", "del": "delete", "pgup": "pageup", "pgdn": "pagedown"}
_LONGEST = 40


class KeyNameError(ValueError):
    """There is no such key or action; the text says which, on one line."""


def key_name(written: str) -> str:
    """Return the name of a key as Textual spells it.

    Raises:
        KeyNameError: It is no key, or one that terminals cannot tell from another.
    """
    text = written if written == " " else written.strip()
    if text.startswith("^") and len(text) > 1:
        text = f"ctrl+{text[1:]}"
    *modifiers, last = ("+",) if text == "+" else text.split("+")
    modifiers = [each.lower() for each in modifiers]
    name = _name(last)
    wrong = [each for each in modifiers if each not in _MODIFIERS]
    if wrong or not name or len(set(modifiers)) < len(modifiers):
        raise KeyNameError(f"{visible_line(written, _LONGEST)!r} is no key")
    whole = "+".join((*modifiers, name))
    if whole in _SAME:
        raise KeyNameError(f"{whole} is the same key as {_SAME[whole]} for a terminal")
    return whole


def _name(text: str) -> str:
    if len(text) == 1:
        return text if text.isalnum() else _unicode_name(text) if text.isprintable() else ""
    name = _SHORT.get(text.lower(), text.lower())
    if name in _KNOWN and "+" not in name and "<" not in name:
        return name
    is_character = len(name) <= _LONGEST and name.isascii() and key_to_character(name) is not None
    return name if is_character else ""


def _unicode_name(character: str) -> str:
    name = unicodedata.name(character, "").lower().replace("-", "_").replace(" ", "_")
    return KEY_NAME_REPLACEMENTS.get(name, name)
