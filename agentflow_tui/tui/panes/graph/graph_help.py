"""What the help says about the graph."""

from __future__ import annotations

GRAPH_HELP = """\
# Graph

Each box is one agent: its status, its name, how often it ran, and in full size the end of what it says.
A frame is a phase, a loop or a stage. Lines the run went along are lit; ways not taken are dim.

| | |
|---|---|
| ○ waiting | ◐ running |
| ● done | ✗ failed |
| ⊘ skipped | ⊗ cancelled |
| ⏸ paused | ↻ retrying |
| ◌ throttled | ⚡ open breaker |

Move with the arrows or `h j k l`; `enter` opens a folded fan-out, `backspace` selects the frame around.
`+` and `-` show more or less, `0` what fits. `L` turns the drawing, `f` follows the agents that run.
Click a box to select it.
"""
