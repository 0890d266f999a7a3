"""Keymaps that come with the program."""

from __future__ import annotations

from collections.abc import Mapping

VIM: Mapping[str, tuple[str, ...]] = {
    "app.quit": ("ctrl+q", "ctrl+x"),
    "pane.editor": ("1", "i"),
    "run.input": ("I",),
    "pane.next": ("tab", "ctrl+w"),
    "rows.page-up": ("pageup", "ctrl+u", "ctrl+b"),
    "rows.page-down": ("pagedown", "ctrl+d", "ctrl+f"),
    "timeline.page-up": ("pageup", "ctrl+u", "ctrl+b"),
    "timeline.page-down": ("pagedown", "ctrl+d", "ctrl+f"),
}
"""`i` types and `escape` leaves the text, `ctrl+w` goes on to the next pane."""

PRESETS: Mapping[str, Mapping[str, tuple[str, ...]]] = {"default": {}, "vim": VIM}
