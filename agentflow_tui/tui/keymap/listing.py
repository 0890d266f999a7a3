"""The keymap as lines of text."""

from __future__ import annotations

from collections.abc import Iterator

from agentflow_tui.tui.keymap.bind import spelled
from agentflow_tui.tui.keymap.keymap import Keymap
from agentflow_tui.tui.keymap.table import PLACES


def listing(keymap: Keymap) -> Iterator[str]:
    """Yield a heading for each place, and for each of its actions the id, the keys and what it does."""
    ids = max(len(name) for name in keymap.keys)
    names = {name: " ".join(spelled(key) for key in keys) or "–" for name, keys in keymap.keys.items()}
    width = max(map(len, names.values()))
    for place in PLACES:
        yield f"# {place.name}"
        for key in place.keys:
            yield f"{key.id:<{ids}}  {names[key.id]:<{width}}  {key.tooltip}"
