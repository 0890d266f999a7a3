"""The keys of the pane one is in."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from itertools import zip_longest
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import ActiveBinding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.dom import DOMNode
from textual.widgets import Markdown, Static

from agentflow_tui.tui.dialogs.dialog import Dialog
from agentflow_tui.tui.keymap.bind import bindings, spelled
from agentflow_tui.tui.keymap.dialog_keys import HELP
from agentflow_tui.tui.keymap.keymap import UNBOUND
from agentflow_tui.tui.keymap.named_keys import markdown_with_keys, ways
from agentflow_tui.tui.keymap.table import TABLE
from agentflow_tui.tui.keymap.workbench_keys import EVERYWHERE, WORKBENCH
from agentflow_tui.tui.safe_text import clean, plain

_GROUPS = {key.id: key.group for key in TABLE}
_ORDER = list(dict.fromkeys(key.group for key in (*WORKBENCH, *EVERYWHERE)))
_KEY_WIDTH = 16
_WIDEST, _OF_100 = 140, 96
"""The dialog's width: columns at most, and of 100 that the terminal has."""
_FRAME = 8
"""Cells of the dialog beside its text."""
_OTHERS = "Also here"


class HelpDialog(Dialog[str]):
    """Lists the keys that work where the focus was, nearest first, out of the bindings themselves."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(HELP)

    def __init__(self, place: str, about: str, active: Mapping[str, ActiveBinding]) -> None:
        """Take the pane's name, a sentence about it, and the bindings that are active there."""
        super().__init__(classes="dialog")
        self.place = place
        self.about = about
        self.active = active

    def compose(self) -> ComposeResult:
        """Lay out the table of keys."""
        with Vertical(classes="dialog-frame -broad -tall") as frame:
            frame.border_title = plain(f"HELP · {self.place}")
            frame.border_subtitle = plain(ways("↑↓ scroll", "dialog.leave"))
            with VerticalScroll(id="keys"):
                yield Static(id="key-table", markup=False)
                if self.about:
                    yield Markdown(markdown_with_keys(self.about), classes="help-about", open_links=False)

    def on_resize(self, event: events.Resize) -> None:
        """Fit the table to the new width."""
        width = min(event.size.width * _OF_100 // 100, _WIDEST) - _FRAME
        self.query_one("#key-table", Static).update(key_table(self.active, width))

    def action_scroll_down(self) -> None:
        """Scroll down a line."""
        self.query_one("#keys").scroll_down()

    def action_scroll_up(self) -> None:
        """Scroll up a line."""
        self.query_one("#keys").scroll_up()


def key_table(active: Mapping[str, ActiveBinding], width: int = 80) -> Content:
    """Return headings and, for each action, its keys and what it does, at most `width` cells wide.

    The column of keys is as wide as they need, up to a fifth of it. The keys of the pane
    itself come first, those that Textual's own widgets bring come last.
    """
    groups: dict[str, dict[tuple[int, str], tuple[list[str], str]]] = {}
    for key, entry in active.items():
        binding, meaning = entry.binding, entry.tooltip or entry.binding.tooltip or entry.binding.description
        if binding.system or not meaning or key == UNBOUND:
            continue
        group = _GROUPS.get(binding.id or "") or (_heading(entry.node) if binding.id else _OTHERS)
        actions = groups.setdefault(group, {})
        actions.setdefault((id(entry.node), binding.action), ([], meaning))[0].append(spelled(key))
    longest = max((len(" ".join(keys)) for each in groups.values() for keys, _ in each.values()), default=0)
    room = max(min(longest, width // 5), _KEY_WIDTH)
    lines: list[Content] = []
    for group in sorted(groups, key=_rank):
        lines.append(Content.styled(clean(group.upper()), "bold $accent"))
        for keys, meaning in groups[group].values():
            names = textwrap.wrap(" ".join(keys), room, break_on_hyphens=False)
            told = textwrap.wrap(meaning, max(width - room - 1, _KEY_WIDTH))
            lines += [
                Content.assemble((clean(name.ljust(room + 1)), "bold $primary"), clean(line))
                for name, line in zip_longest(names, told, fillvalue="")
            ]
        lines.append(Content(""))
    return Content("\n").join(lines)


def _rank(group: str) -> int:
    if group == _OTHERS:
        return len(_ORDER)
    return _ORDER.index(group) if group in _ORDER else -1


def _heading(node: DOMNode) -> str:
    title = getattr(node, "BINDING_GROUP_TITLE", None)
    return title if isinstance(title, str) else type(node).__name__.removesuffix("Pane")
