"""The keys for what a person marks in a flow and compares between runs, as plain data."""

from __future__ import annotations

from functools import partial

from agentflow_tui.tui.keymap.key import Key

_mark = partial(Key, group="Marks")

MARKS: tuple[Key, ...] = (
    _mark(
        id="break.toggle",
        keys=("b",),
        action="toggle_breakpoint",
        label="breakpoint",
        tooltip="Let runs stop before the node that is selected in the graph, or no longer.",
    ),
    _mark(
        id="break.list",
        keys=("B",),
        action="list_breakpoints",
        label="breakpoints",
        tooltip="List all breakpoints: add, edit, conditions, hits, on and off, delete.",
    ),
    _mark(
        id="pin.toggle",
        keys=("p",),
        action="toggle_pin",
        label="pin",
        tooltip=(
            "Pin the selected agent to its output at the cursor: it is not called until it is unpinned. "
            "Again unpins it."
        ),
    ),
    _mark(
        id="pin.edit",
        keys=("A",),
        action="edit_pin",
        label="edit pin",
        tooltip="Edit the output that the selected agent is pinned to, and pin it.",
    ),
    _mark(
        id="watch.list",
        keys=("Q",),
        action="list_watches",
        label="watches",
        tooltip="List the expressions that the inspector shows at the cursor: add, edit, delete.",
    ),
    _mark(
        id="mark.run",
        keys=("a",),
        action="mark_run",
        label="mark run",
        tooltip="Mark this run as A, to compare another with it; again takes the mark away.",
    ),
    _mark(
        id="mark.compare",
        keys=("apostrophe",),
        action="compare_runs",
        label="compare",
        tooltip="Compare the marked run with this one; without a mark, a fork with its parent.",
    ),
)
