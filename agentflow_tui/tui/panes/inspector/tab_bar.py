"""The names of the inspector's tabs on one line."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import var
from textual.widgets import Static

from agentflow_tui.tui.safe_text import one_line

_SHORT = {"Output": "Out", "Writers": "Who"}
TABS = ("State", "Diff", "Output", "Calls", "Writers", "Loop")


class TabBar(Static):
    """Shows which tab is open; a click opens another."""

    DEFAULT_CSS = """
    TabBar { height: 1; width: 1fr; color: $text-muted; }
    """

    current: var[str] = var(TABS[0])

    class Clicked(Message):
        """A tab's name was clicked."""

        def __init__(self, tab: str) -> None:
            """Carry the tab's name."""
            super().__init__()
            self.tab = tab

    def render(self) -> Content:
        """Draw the names, the open one in brackets so that it shows without colour."""
        names = [
            Content(one_line(f"[{name}]", 20)).stylize("bold $primary")
            if tab == self.current
            else Content(one_line(f" {name} ", 20))
            for tab, name in self._names()
        ]
        return Content("").join(names)

    def watch_current(self) -> None:
        """Draw again."""
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Find the name below the mouse."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        end = 0
        for tab, name in self._names():
            end += len(name) + 2
            if offset.x < end:
                self.post_message(self.Clicked(tab))
                return

    def _names(self) -> list[tuple[str, str]]:
        """Every tab and its name, shortened where they would not fit; the open one stays whole if it can."""
        short = [_SHORT.get(tab, tab) for tab in TABS]
        whole = [tab if tab == self.current else name for tab, name in zip(TABS, short, strict=True)]
        cut = [
            [name if tab == self.current else tab[:length] for tab, name in zip(TABS, short, strict=True)]
            for length in (4, 2, 1)
        ]
        room = self.size.width - 2 * len(TABS)
        names = next((each for each in (TABS, whole, short, *cut) if sum(map(len, each)) <= room), cut[-1])
        return list(zip(TABS, names, strict=True))
