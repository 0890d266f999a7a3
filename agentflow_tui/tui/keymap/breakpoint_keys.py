"""The keys of the list of breakpoints, as plain data."""

from __future__ import annotations

from functools import partial

from agentflow_tui.tui.keymap.key import Key

_point = partial(Key, group="Breakpoints", in_palette=False)

BREAKPOINTS: tuple[Key, ...] = (
    _point(
        id="breakpoints.toggle",
        keys=("space",),
        action="switch",
        label="on/off",
        tooltip="Let the breakpoint stop runs, or not.",
    ),
    _point(
        id="breakpoints.condition",
        keys=("c",),
        action="edit_condition",
        label="condition",
        tooltip="Edit the condition under which the breakpoint stops.",
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
        keys=("delete", "D"),
        action="delete",
        label="delete",
        tooltip="Take the breakpoint away.",
    ),
)
