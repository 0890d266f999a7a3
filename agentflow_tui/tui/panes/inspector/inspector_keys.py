"""The inspector's keys, as plain data."""

from __future__ import annotations

from agentflow_tui.tui.keymap.key import Key

INSPECTOR: tuple[Key, ...] = (
    Key(
        id="inspector.next",
        keys=("right", "l"),
        action="show_tab(1)",
        label="next tab",
        tooltip="Show the next of State, Diff, Output and Calls.",
        in_palette=False,
        group="Inspector",
    ),
    Key(
        id="inspector.previous",
        keys=("left", "h"),
        action="show_tab(-1)",
        label="previous tab",
        tooltip="Show the tab before.",
        in_palette=False,
        group="Inspector",
    ),
)
