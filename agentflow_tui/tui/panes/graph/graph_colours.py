"""The graph's colours: theme variables only, one component class for each status and part."""

from __future__ import annotations

GRAPH_CSS = """
GraphCanvas {
    & > .graph--line { color: $foreground-muted; }
    & > .graph--lit { color: $status-completed; text-style: bold; }
    & > .graph--dim { color: $status-skipped; }
    & > .graph--label { color: $foreground-muted; }
    & > .graph--name { color: $foreground; }
    & > .graph--selected { color: $accent; text-style: bold; }
    & > .graph--mark { color: $accent; text-style: bold reverse; }
    & > .graph--pulse { color: $status-running; text-style: bold; }
    & > .graph--sign { color: $warning; text-style: bold; }
    & > .graph--map { color: $border-blurred; }
    & > .graph--view { background: $panel; }
    &:nocolor > .graph--view { text-style: reverse; }
    & > .graph--waiting { color: $status-waiting; }
    & > .graph--running { color: $status-running; text-style: bold; }
    & > .graph--completed { color: $status-completed; }
    & > .graph--failed { color: $status-failed; text-style: bold; }
    & > .graph--cancelled { color: $status-cancelled; }
    & > .graph--skipped { color: $status-skipped; }
    & > .graph--paused { color: $status-paused; text-style: bold; }
    & > .graph--retrying { color: $status-running; }
    & > .graph--throttled { color: $status-paused; }
    & > .graph--open { color: $status-failed; text-style: bold; }
    &:nocolor > .graph--selected { text-style: bold reverse; }
    &:nocolor > .graph--dim { text-style: dim; }
}
"""
