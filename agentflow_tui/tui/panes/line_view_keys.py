"""The keys of every pane that is a list of rows, as plain data."""

from __future__ import annotations

from agentflow_tui.tui.keymap.key import Key


def _key(name: str, keys: tuple[str, ...], action: str, tooltip: str) -> Key:
    return Key(
        id=f"rows.{name}",
        keys=keys,
        action=action,
        label=name,
        tooltip=tooltip,
        in_palette=False,
        group="Rows",
    )


LINE_VIEW: tuple[Key, ...] = (
    _key("up", ("up", "k"), "move(-1)", "Go one row up."),
    _key("down", ("down", "j"), "move(1)", "Go one row down."),
    _key("page-up", ("pageup", "ctrl+u"), "page(-1)", "Go one window up."),
    _key("page-down", ("pagedown", "ctrl+d"), "page(1)", "Go one window down."),
    _key("first", ("home", "g"), "first", "Go to the first row."),
    _key("last", ("end", "G"), "last", "Go to the last row."),
    _key("choose", ("enter",), "choose", "Open or close what the row stands for."),
)
