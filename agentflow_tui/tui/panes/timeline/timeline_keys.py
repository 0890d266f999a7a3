"""The timeline's keys, as plain data."""

from __future__ import annotations

from agentflow_tui.tui.keymap.key import Key


def _key(name: str, keys: tuple[str, ...], action: str, tooltip: str) -> Key:
    return Key(
        id=f"timeline.{name}",
        keys=keys,
        action=action,
        label=name,
        tooltip=tooltip,
        in_palette=False,
        group="Timeline",
    )


TIMELINE: tuple[Key, ...] = (
    _key("up", ("up", "k"), "move_line(-1)", "Look at the run one line earlier."),
    _key("down", ("down", "j"), "move_line(1)", "Look at the run one line later."),
    _key("earlier", ("left", "h"), "move_event(-1)", "Look at the run one event earlier."),
    _key("later", ("right", "l"), "move_event(1)", "Look at the run one event later."),
    _key("page-up", ("pageup", "ctrl+u"), "page(-1)", "Go one window up."),
    _key("page-down", ("pagedown", "ctrl+d"), "page(1)", "Go one window down."),
    _key("start", ("home", "g"), "start", "Look at the run before anything happened."),
    _key("newest", ("end", "G"), "newest", "Go to the newest event and follow the run."),
)
