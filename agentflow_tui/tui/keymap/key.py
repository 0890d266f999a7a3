"""One key of the program and what it does."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """An action with its keys; plain data, so that help, palette, footer and handbook read the same table."""

    id: str
    """Unique, `<where>.<verb>`; never changes, since users remap keys by it."""
    keys: tuple[str, ...]
    """Names of keys as Textual spells them; the first is the one that is shown."""
    action: str
    """The action's name on the screen or pane that `where` names."""
    label: str
    """At most two words, for the footer."""
    tooltip: str
    """One sentence, for help and palette."""
    in_footer: bool = False
    in_palette: bool = True
    """True when the palette offers it before anything was typed; it finds every action by its name."""
    is_priority: bool = False
    """True when it works before the focused widget gets the key, in dialogs too."""
    group: str = ""
    """Keys of one group share a heading in the help."""
