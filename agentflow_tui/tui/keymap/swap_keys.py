"""The keys that give a live run the edited config, as plain data."""

from __future__ import annotations

from functools import partial

from agentflow_tui.tui.keymap.key import Key

_swap = partial(Key, group="Edited config", in_palette=False)

SWAP: tuple[Key, ...] = (
    Key(
        id="run.swap",
        keys=("c", "alt+c"),
        action="swap_config",
        label="apply the edited config to this run",
        tooltip=(
            "Let the live run take over the edited text before its next loop iteration; "
            "shows first what means something else, and what of the run it invalidates."
        ),
        group="Run",
    ),
)

SWAP_DIALOG: tuple[Key, ...] = (
    _swap(
        id="swap.apply",
        keys=("enter",),
        is_priority=True,
        action="apply",
        label="apply",
        tooltip="Let the config wait for the next iteration, in place of one that waits already.",
    ),
    _swap(
        id="swap.withdraw",
        keys=("w",),
        action="withdraw",
        label="withdraw",
        tooltip="Take back the config that waits: the run goes on with the one it has.",
    ),
    _swap(
        id="swap.yank",
        keys=("y",),
        action="yank",
        label="copy all",
        tooltip="Copy the list of changes to the clipboard.",
    ),
    _swap(id="swap.close", keys=("q", "c"), action="leave", label="close", tooltip="Leave the run as it is."),
)
