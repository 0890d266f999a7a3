"""The keys of the lists and forms of marks: breakpoints, watches, pins; plain data."""

from __future__ import annotations

from functools import partial

from agentflow_tui.tui.keymap.key import Key

_point = partial(Key, group="Breakpoints", in_palette=False)
_watch = partial(Key, group="Watches", in_palette=False)

BREAKPOINTS: tuple[Key, ...] = (
    _point(
        id="breakpoints.toggle",
        keys=("space",),
        action="switch",
        label="on/off",
        tooltip="Let the breakpoint stop runs, or not.",
    ),
    _point(
        id="breakpoints.new",
        keys=("n",),
        action="add",
        label="new",
        tooltip="Fill in the form for a new breakpoint.",
    ),
    _point(
        id="breakpoints.edit",
        keys=("e",),
        action="edit",
        label="edit",
        tooltip="Edit the breakpoint in its form; so does choosing its row.",
    ),
    _point(
        id="breakpoints.condition",
        keys=("c",),
        action="edit_condition",
        label="condition",
        tooltip="Edit only the condition under which the breakpoint stops.",
    ),
    _point(
        id="breakpoints.when",
        keys=("a",),
        action="swap_when",
        label="before/after",
        tooltip="Stop after the agent in place of before it, or the other way round.",
    ),
    _point(
        id="breakpoints.delete",
        keys=("D", "delete"),
        action="delete",
        label="delete",
        tooltip="Take the breakpoint away.",
    ),
    _point(
        id="breakpoints.undo",
        keys=("u",),
        action="undo",
        label="undo",
        tooltip="Bring back the breakpoint that was deleted last.",
    ),
)

BREAKPOINT: tuple[Key, ...] = (
    _point(
        id="breakpoint.keep",
        keys=("ctrl+s", "f5"),
        is_priority=True,
        action="accept",
        label="keep",
        tooltip="Set the breakpoint as the form says.",
    ),
)

WATCHES: tuple[Key, ...] = (
    _watch(
        id="watches.new",
        keys=("n",),
        action="add",
        label="new",
        tooltip="Type another expression to be watched.",
    ),
    _watch(
        id="watches.edit",
        keys=("e",),
        action="edit",
        label="edit",
        tooltip="Edit the expression; so does choosing its row.",
    ),
    _watch(
        id="watches.delete",
        keys=("D", "delete"),
        action="delete",
        label="delete",
        tooltip="Watch the expression no longer.",
    ),
    _watch(
        id="watches.undo",
        keys=("u",),
        action="undo",
        label="undo",
        tooltip="Bring back the expression that was deleted last.",
    ),
)

PIN: tuple[Key, ...] = (
    Key(
        id="pin.keep",
        keys=("ctrl+s", "f5"),
        is_priority=True,
        action="accept",
        label="pin",
        tooltip="Pin the agent to the output as it is written.",
        group="Pins",
        in_palette=False,
    ),
)
