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
        return Content("").join(
            Content(one_line(text, 20)).stylize("bold $primary" if tab == self.current else "")
            for tab, text in self._texts()
        )

    def watch_current(self) -> None:
        """Draw again."""
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Find the name below the mouse."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        end = 0
        for tab, text in self._texts():
            end += len(text)
            if offset.x < end:
                self.post_message(self.Clicked(tab))
                return

    def _texts(self) -> list[tuple[str, str]]:
        """Every tab and what is drawn for it: names and gaps get shorter until all of them fit."""
        is_open = [tab == self.current for tab in TABS]
        short = [_SHORT.get(tab, tab) for tab in TABS]
        whole = [tab if tab == self.current else name for tab, name in zip(TABS, short, strict=True)]
        cut = [
            [name if open_ else name[:length] for name, open_ in zip(short, is_open, strict=True)]
            for length in (4, 2, 1)
        ]
        roomy = [(names, " ") for names in (TABS, whole, short)]
        for names, gap in (*roomy, *((names, "") for names in (whole, short, *cut))):
            texts = [
                f"[{name}]" if open_ else f"{gap}{name} " for name, open_ in zip(names, is_open, strict=True)
            ]
            if sum(map(len, texts)) <= self.size.width:
                break
        return list(zip(TABS, texts, strict=True))
