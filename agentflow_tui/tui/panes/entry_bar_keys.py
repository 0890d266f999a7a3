"""The keys of the one-line entry of a pane, as plain data."""

from __future__ import annotations

from agentflow_tui.tui.keymap.key import Key

ENTRY_BAR: tuple[Key, ...] = (
    Key(
        id="entry.close",
        keys=("escape",),
        action="close",
        label="close",
        tooltip="Give it up and go back to the pane.",
        in_palette=False,
        group="Entry",
    ),
)
