"""The tables of keys in the handbook."""

from __future__ import annotations

from itertools import groupby

from agentflow_tui.tui.keymap.bind import spelled
from agentflow_tui.tui.keymap.key import Key
from agentflow_tui.tui.keymap.table import PLACES

_SHOWN = (
    "Workbench",
    "Graph",
    "Inspector",
    "Timeline",
    "Editor",
    "Gallery",
    "Metrics",
    "Runs",
    "Compare",
    "Race",
)


def handbook() -> str:
    """Return a Markdown table for each group of keys that one meets on the screen."""
    keys = [key for place in PLACES if place.name in _SHOWN for key in place.keys]
    tables = []
    for group, members in groupby(keys, key=lambda key: key.group):
        rows = [f"| {_names(key)} | {_cell(key.tooltip)} |" for key in members]
        tables.append("\n".join((f"| {group} | Does |", "|---|---|", *rows)))
    return "\n\n".join(tables)


def _names(key: Key) -> str:
    return " ".join(f"`{spelled(name)}`" for name in key.keys)


def _cell(text: str) -> str:
    return text.rstrip(".").replace("|", "\\|")
