"""The keys of a replay's report, as plain data."""

from __future__ import annotations

from functools import partial

from agentflow_tui.tui.keymap.key import Key

_replay = partial(Key, group="Replay", in_palette=False)

REPLAY: tuple[Key, ...] = (
    _replay(
        id="replay.go",
        keys=("enter",),
        is_priority=True,
        action="go",
        label="go there",
        tooltip="Move the cursor to the event at which they part.",
    ),
    _replay(
        id="replay.other",
        keys=("e",),
        action="take_other",
        label="other text",
        tooltip="Replay with the text in the editor, or with the run's own again.",
    ),
    _replay(
        id="replay.yank",
        keys=("y",),
        action="yank",
        label="copy all",
        tooltip="Copy the report to the clipboard.",
    ),
    _replay(id="replay.close", keys=("q",), action="leave", label="close", tooltip="Close the report."),
)
