"""Texts that name keys: those of the keymap in force, whatever preset and keys of their own people have."""

from __future__ import annotations

import re

from textual._context import active_app
from textual.keys import key_to_character

from agentflow_tui.tui.keymap.bind import spelled
from agentflow_tui.tui.keymap.keymap import Keyed
from agentflow_tui.tui.keymap.table import TABLE

_KEYS = {key.id: key for key in TABLE}
_NAMED = re.compile(r"\{([a-z]+\.[a-z_-]+)\}")
_ARROWS = {"up": "↑", "down": "↓", "left": "←", "right": "→"}
_GAP = " · "
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def key_of(action: str) -> str:
    """Return the first key of an action as a person writes it, such as `F5`.

    An action without a key is named as the palette finds it: `: save as`.

    Raises:
        KeyError: The table has no such action.
    """
    found = _keys_of(action)
    return (
        _ARROWS.get(found[0], spelled(found[0]))
        if found
        else f"{key_of('app.palette')} {_KEYS[action].label}"
    )


def key_in_text(action: str) -> str:
    """Return the first key of an action that also works while one types, else the first of all.

    Raises:
        KeyError: The table has no such action.
    """
    return next((spelled(key) for key in _keys_of(action) if not _types(key)), key_of(action))


def with_keys(text: str) -> str:
    """Return a text of the program's own with the key of each action that it names: `{run.toggle} runs`.

    Raises:
        KeyError: The table has no such action.
    """
    return _NAMED.sub(lambda found: key_of(found[1]), text)


def markdown_with_keys(text: str) -> str:
    """Return Markdown of the program's own with its keys, so that a key such as `*` stays what it is.

    Raises:
        KeyError: The table has no such action.
    """
    return _NAMED.sub(lambda found: _PUNCTUATION.sub(r"\\\1", key_of(found[1])), text)


def ways(*told: str) -> str:
    """Return the line at the bottom of a dialog's frame: `n new · e edit · esc close`.

    Each is the id of an action, which is left out when it has no key, or an id and a label of its own with
    `=` between them, or any other text as it stands; an empty one is left out.
    """
    return _GAP.join(filter(None, map(_way, told)))


def _way(told: str) -> str:
    action, _, label = told.partition("=")
    if action not in _KEYS:
        return told
    return f"{key_of(action)} {label or _KEYS[action].label}" if _keys_of(action) else ""


def _types(key: str) -> bool:
    return (key_to_character(key) or "\t").isprintable()


def _keys_of(action: str) -> tuple[str, ...]:
    app = active_app.get(None)
    usual = _KEYS[action].keys
    return app.keymap.keys.get(action, usual) if isinstance(app, Keyed) else usual
