"""Which keys do what where the focus is: with the user's own keys, without those that only type there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from textual.binding import Binding, BindingsMap
from textual.dom import DOMNode
from textual.keys import key_to_character
from textual.screen import Screen

BindingChain = list[tuple[DOMNode, BindingsMap]]
_FUNCTION_KEY = re.compile(r"f\d+")


def binding_chain(screen: Screen[Any]) -> BindingChain:
    """Return the bindings of the focused widget and of each thing around it, in this order.

    Textual takes away what is typed before it puts the user's keys in the place of the delivered ones. So a
    function key for an action that has only letters did nothing in the editor, and letters that type there
    were shown as its keys.
    """
    focused = screen.focused
    nodes = [screen, screen.app] if focused is None or focused.loading else focused.ancestors_with_self
    chain = [(node, node._bindings.copy()) for node in nodes]
    for _, found in chain:
        found.apply_keymap(screen.app._keymap)
    ours = {key for _, found in chain for key, meant in found.key_to_bindings.items() if _is_ours(meant)}
    for place, (_, found) in enumerate(chain):
        for key in tuple(found.key_to_bindings):
            is_theirs = _FUNCTION_KEY.fullmatch(key) and not _is_ours(found.key_to_bindings[key])
            if is_theirs and key in ours:
                # Textual's text field has function keys that nobody was told of.
                del found.key_to_bindings[key]
            elif any(node.check_consume_key(key, key_to_character(key)) for node, _ in chain[:place]):
                del found.key_to_bindings[key]
    return chain


def _is_ours(meant: Iterable[Binding]) -> bool:
    return any(binding.id is not None for binding in meant)
