"""The keys of the list of stored runs, as plain data."""

from __future__ import annotations

from functools import partial

from agentflow_tui.tui.keymap.key import Key

_runs = partial(Key, group="Runs")

RUNS: tuple[Key, ...] = (
    _runs(
        id="runs.open",
        keys=("enter",),
        is_priority=True,
        action="open_run",
        label="open",
        tooltip="Look at the run in the workbench, from its end; nothing of it can be changed.",
        in_footer=True,
    ),
    _runs(
        id="runs.filter",
        keys=("slash",),
        action="filter",
        label="filter",
        tooltip="Show only runs with a text in name, flow, id, tags or error.",
        in_footer=True,
    ),
    _runs(
        id="runs.resume",
        keys=("R",),
        action="resume",
        label="resume",
        tooltip="Go on with an interrupted run from its last stored event.",
        in_footer=True,
    ),
    _runs(
        id="runs.mark",
        keys=("m",),
        action="mark",
        label="mark",
        tooltip="Mark the run, to compare another with it.",
    ),
    _runs(
        id="runs.compare",
        keys=("c", "apostrophe"),
        action="compare",
        label="compare",
        tooltip="Compare the marked run with this one; without a mark, a fork with its parent.",
        in_footer=True,
    ),
    _runs(
        id="runs.tree",
        keys=("v",),
        action="toggle_tree",
        label="tree",
        tooltip="Draw runs and forks as a tree, with the step at which each fork left, or list them by time.",
        in_footer=True,
    ),
    _runs(id="runs.rename", keys=("n",), action="rename", label="name", tooltip="Name the run."),
    _runs(
        id="runs.tag",
        keys=("t",),
        action="tag",
        label="tag",
        tooltip="Change the run's tags; a run with a tag is never deleted because of its age.",
    ),
    _runs(
        id="runs.export",
        keys=("e",),
        action="export",
        label="export",
        tooltip="Write the run into one file, to keep it or to give it away.",
    ),
    _runs(
        id="runs.import",
        keys=("i",),
        action="take_in",
        label="import",
        tooltip="Store the run that a file holds.",
    ),
    _runs(id="runs.yank", keys=("y",), action="yank_id", label="copy id", tooltip="Copy the id of the run."),
    _runs(
        id="runs.delete",
        keys=("delete", "D"),
        action="delete",
        label="delete",
        tooltip="Delete the run; asks first.",
        in_footer=True,
    ),
    _runs(
        id="runs.close",
        keys=("escape",),
        action="close_runs",
        label="back",
        tooltip="Leave the filter, or go back to the workbench.",
        in_footer=True,
    ),
)
