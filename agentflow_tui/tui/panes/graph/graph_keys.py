"""The graph's keys, as plain data."""

from __future__ import annotations

from agentflow_tui.tui.keymap.key import Key

_WHERE = {"left": "to the left", "down": "below", "up": "above", "right": "to the right"}
_IN_FOOTER = ("search", "ran")
_STEPS = {"left": (-4, 0), "down": (0, 2), "up": (0, -2), "right": (4, 0)}


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


def _pan(name: str) -> Key:
    columns, rows = _STEPS[name]
    return Key(
        id=f"graph.pan_{name}",
        keys=(f"shift+{name}", f"ctrl+{name}"),
        action=f"pan({columns}, {rows})",
        label=f"pan {name}",
        tooltip=f"Look at what is {_WHERE[name]}; dragging with the mouse does the same.",
        in_palette=False,
        group="Graph",
    )


def _key(name: str, keys: tuple[str, ...], action: str, label: str, tooltip: str) -> Key:
    return Key(
        id=f"graph.{name}",
        keys=keys,
        action=action,
        label=label,
        tooltip=tooltip,
        in_footer=name in _IN_FOOTER,
        group="Graph",
    )


GRAPH: tuple[Key, ...] = (
    *(_move(name, letter) for name, letter in zip(_WHERE, "hjkl", strict=True)),
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
        tooltip="Open or fold a frame; look closer at an agent.",
        in_footer=True,
        in_palette=False,
        group="Graph",
    ),
    _key("ran", ("u",), "toggle_ran", "unroll", "Draw the flow as it ran, or as it was designed."),
    _key("follow", ("F",), "toggle_follow", "follow", "Keep the agents that run in view, or stop doing so."),
    _key("search", ("slash",), "search", "search", "Look for a node by its name; go from match to match."),
    Key(
        id="graph.next_match",
        keys=("n",),
        action="match(1)",
        label="next match",
        tooltip="Go to the next node that matches.",
        in_palette=False,
        group="Graph",
    ),
    Key(
        id="graph.previous_match",
        keys=("N",),
        action="match(-1)",
        label="match before",
        tooltip="Go to the node before that matches.",
        in_palette=False,
        group="Graph",
    ),
    _key("direction", ("L",), "turn", "turn", "Draw left to right, top to bottom, or as it fits."),
    _key("zoom_in", ("plus", "equals_sign"), "zoom_by(1)", "zoom in", "Show more of each node."),
    _key("zoom_out", ("minus",), "zoom_by(-1)", "zoom out", "Show less of each node: its name, then a dot."),
    _key("zoom_fit", ("0",), "fit", "fit", "Show all of it, with dots if need be; again, what can be read."),
    _key("minimap", ("M",), "toggle_minimap", "minimap", "Show or hide the map of a large graph."),
    *(_pan(name) for name in _WHERE),
)
