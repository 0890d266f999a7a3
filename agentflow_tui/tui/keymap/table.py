"""The table of all keys, by place: bindings, palette, help, remapping and the handbook read it."""

from __future__ import annotations

from dataclasses import dataclass

from agentflow_tui.tui.keymap.breakpoint_keys import BREAKPOINT, BREAKPOINTS, PIN, WATCHES
from agentflow_tui.tui.keymap.compare_keys import COMPARE
from agentflow_tui.tui.keymap.dialog_keys import (
    DIALOG,
    EDIT,
    GALLERY,
    HELP,
    INPUT,
    JUMP,
    NOT_READY,
    PAGER,
    SETTINGS,
)
from agentflow_tui.tui.keymap.editor_keys import EDITOR, FIND, PROBLEMS
from agentflow_tui.tui.keymap.key import Key
from agentflow_tui.tui.keymap.metrics_keys import METRICS
from agentflow_tui.tui.keymap.race_keys import RACE, RACE_DIALOG
from agentflow_tui.tui.keymap.replay_keys import REPLAY
from agentflow_tui.tui.keymap.runs_keys import RUNS
from agentflow_tui.tui.keymap.swap_keys import SWAP_DIALOG
from agentflow_tui.tui.keymap.workbench_keys import EVERYWHERE, WORKBENCH
from agentflow_tui.tui.panes.entry_bar_keys import ENTRY_BAR
from agentflow_tui.tui.panes.graph.graph_keys import GRAPH
from agentflow_tui.tui.panes.inspector.inspector_keys import INSPECTOR
from agentflow_tui.tui.panes.line_view_keys import LINE_VIEW
from agentflow_tui.tui.panes.timeline.timeline_keys import TIMELINE


@dataclass(frozen=True, slots=True)
class Place:
    """Keys that work together while the focus is in one spot."""

    name: str
    keys: tuple[Key, ...]
    pane: str = ""
    """The pane whose actions these are; empty for the screen's own."""
    selector: str = ""
    """The widget that has the actions, as CSS; needed with a pane."""
    around: str = ""
    """The place whose keys work here too, unless one of these hides them."""


PLACES: tuple[Place, ...] = (
    Place("Workbench", (*WORKBENCH, *EVERYWHERE)),
    Place("Graph", GRAPH, "graph", "#graph", "Workbench"),
    Place("Inspector", INSPECTOR, "inspector", "#inspector", "Workbench"),
    Place("Timeline", TIMELINE, "timeline", "#timeline", "Workbench"),
    Place("Editor", EDITOR, "editor", "#code", "Workbench"),
    Place("Problems", PROBLEMS, around="Workbench"),
    Place("Find", FIND, around="Workbench"),
    Place("Rows", LINE_VIEW, around="Inspector"),
    Place("Entry", ENTRY_BAR, around="Workbench"),
    Place("Gallery", GALLERY),
    Place("Metrics", METRICS),
    Place("Runs", RUNS),
    Place("Compare", COMPARE),
    Place("Race", RACE),
    Place("Dialogs", DIALOG),
    Place("Help", HELP, around="Dialogs"),
    Place("Input", INPUT, around="Dialogs"),
    Place("Race dialog", RACE_DIALOG, around="Dialogs"),
    Place("Breakpoints", BREAKPOINTS, around="Dialogs"),
    Place("Breakpoint", BREAKPOINT, around="Dialogs"),
    Place("Watches", WATCHES, around="Dialogs"),
    Place("Pin", PIN, around="Dialogs"),
    Place("Edit state", EDIT, around="Dialogs"),
    Place("Replay", REPLAY, around="Dialogs"),
    Place("Edited config", SWAP_DIALOG, around="Dialogs"),
    Place("Not ready", NOT_READY, around="Dialogs"),
    Place("Pager", PAGER, around="Dialogs"),
    Place("Settings", SETTINGS, around="Dialogs"),
    Place("Jump", JUMP),
)

TABLE: tuple[Key, ...] = tuple(key for place in PLACES for key in place.keys)
"""All of them."""
