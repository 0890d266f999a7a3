"""The keys of two runs next to each other, as plain data."""

from __future__ import annotations

from functools import partial

from agentflow_tui.tui.keymap.key import Key

_compare = partial(Key, group="Compare", in_footer=True)

COMPARE: tuple[Key, ...] = (
    _compare(
        id="compare.yank",
        keys=("y",),
        action="yank_row",
        label="yank",
        tooltip="Copy what the row stands for, such as the new value of a key.",
    ),
    _compare(
        id="compare.close",
        keys=("escape",),
        action="close_comparison",
        label="back",
        tooltip="Go back to the runs.",
    ),
)
