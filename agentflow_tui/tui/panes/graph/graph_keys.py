"""The graph's keys, as plain data."""

from __future__ import annotations

from agentflow_tui.tui.keymap.key import Key


def _move(name: str, letter: str) -> Key:
    return Key(
        id=f"graph.{name}",
        keys=(name, letter),
        action=f"move('{name}')",
        label=name,
        tooltip=f"Select the next agent {_WHERE[name]}.",
        in_palette=False,
        group="Graph",
    )


_WHERE = {"left": "to the left", "down": "below", "up": "above", "right": "to the right"}

GRAPH: tuple[Key, ...] = (
    _move("left", "h"),
    _move("down", "j"),
    _move("up", "k"),
    _move("right", "l"),
    Key(
        id="graph.around",
        keys=("backspace",),
        action="select_around",
        label="around",
        tooltip="Select the frame around what is selected.",
        in_palette=False,
        group="Graph",
    ),
    Key(
        id="graph.enter",
        keys=("enter",),
        action="enter",
        label="open",
        tooltip="Open or fold a wide fan-out; look closer at an agent.",
        in_palette=False,
        group="Graph",
    ),
    Key(
        id="graph.follow",
        keys=("f",),
        action="toggle_follow",
        label="follow",
        tooltip="Keep the agents that run in view, or stop doing so.",
        group="Graph",
    ),
    Key(
        id="graph.direction",
        keys=("L",),
        action="turn",
        label="turn",
        tooltip="Draw left to right, top to bottom, or as it fits.",
        group="Graph",
    ),
    Key(
        id="graph.zoom_in",
        keys=("plus", "equals_sign"),
        action="zoom_to('full')",
        label="zoom in",
        tooltip="Show a line of what each agent says.",
        group="Graph",
    ),
    Key(
        id="graph.zoom_out",
        keys=("minus",),
        action="zoom_to('names')",
        label="zoom out",
        tooltip="Show names only.",
        group="Graph",
    ),
    Key(
        id="graph.zoom_fit",
        keys=("0",),
        action="zoom_to('auto')",
        label="fit",
        tooltip="Show as much as there is room for.",
        group="Graph",
    ),
)
