"""What the help says about the graph."""

from __future__ import annotations

GRAPH_HELP = """\
# Graph

Each box is one agent: its status, its name, how often it ran; in full size the end of what it says, and on
its upper border its retries and how fast its words come. A frame is a phase, a loop, a stage or a nested
flow, with its gates. Lines the run went along are lit, marks move along those where data goes, ways not
taken are dim.

| | |
|---|---|
| ○ waiting | ◐ running |
| ● done | ✗ failed |
| ⊘ skipped, not taken | ⊗ cancelled |
| ⏸ paused | ↻ retrying |
| ◌ throttled | ⚡ open breaker |
| ◆ stops before it | ▰ stops after it |
| ◇ ▱ switched off | ◆? ▰? under a condition |
| ▣ output pinned | ‖ held |

Move with the arrows; **{graph.enter}** folds a frame to one box and opens it again, **{graph.around}**
selects the frame around. **{graph.ran}** draws what ran, iteration by iteration. **{graph.zoom_in}** and
**{graph.zoom_out}** show more or less of each node, **{graph.zoom_fit}** all of the graph.
**{graph.direction}** turns the drawing, **{graph.follow}** follows the agents that run, **{graph.search}**
looks for a node, **{graph.minimap}** hides the map. `shift` or `ctrl` with an arrow, or dragging, moves the
view; the wheel does too, and with `ctrl` it zooms. Click to select, twice to look closer; a click on a box's
upper left border sets a breakpoint there or takes it away.
"""
