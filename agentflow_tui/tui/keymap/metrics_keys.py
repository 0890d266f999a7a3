"""The keys of the metrics, as plain data."""

from __future__ import annotations

from functools import partial

from agentflow_tui.tui.keymap.key import Key

_metrics = partial(Key, group="Metrics")

METRICS: tuple[Key, ...] = (
    _metrics(
        id="metrics.sort",
        keys=("s",),
        action="sort_by_next(1)",
        label="sort by",
        tooltip="Sort by the next column; a click on a column's title sorts by that one.",
        in_footer=True,
    ),
    _metrics(
        id="metrics.sort_before",
        keys=("S",),
        action="sort_by_next(-1)",
        label="sort before",
        tooltip="Sort by the column before.",
    ),
    _metrics(
        id="metrics.reverse",
        keys=("r",),
        action="reverse_order",
        label="reverse",
        tooltip="Turn the order round; so does a second click on the column's title.",
        in_footer=True,
    ),
    _metrics(id="metrics.down", keys=("j",), action="go_down", label="down", tooltip="Next agent."),
    _metrics(id="metrics.up", keys=("k",), action="go_up", label="up", tooltip="Agent before."),
    _metrics(
        id="metrics.leave",
        keys=("escape", "q", "t"),
        action="leave_metrics",
        label="back",
        tooltip="Back to the workbench.",
        in_footer=True,
    ),
)
