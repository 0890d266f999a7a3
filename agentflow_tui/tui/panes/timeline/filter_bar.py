"""The line of the timeline where a filter is typed or clicked together."""

from __future__ import annotations

from textual import events, on
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Static

from agentflow_tui.tui.panes.entry_bar import EntryBar
from agentflow_tui.tui.panes.timeline.event_filter import ERRORS, toggled
from agentflow_tui.tui.safe_text import plain

_CHIPS = ("✗ errors", "agent:", "kind:", "✕ clear")
_NARROW = 70


class Chip(Static):
    """A word that can be clicked."""

    DEFAULT_CSS = """
    Chip { width: auto; padding: 0 1; color: $foreground-muted; }
    Chip:hover { background: $boost; color: $foreground; }
    """

    class Clicked(Message):
        """The word was clicked."""

        def __init__(self, word: str) -> None:
            """Carry the word."""
            super().__init__()
            self.word = word

    def __init__(self, word: str) -> None:
        """Take the word."""
        super().__init__(plain(word), markup=False)
        self.word = word

    def on_click(self, event: events.Click) -> None:
        """Tell it."""
        event.stop()
        self.post_message(self.Clicked(self.word))


class FilterBar(EntryBar):
    """An entry, and the words that can be clicked instead of typed."""

    DEFAULT_CSS = """
    FilterBar.-narrow > Chip { display: none; }
    FilterBar.-narrow > #entry-name { display: none; }
    """

    def __init__(self) -> None:
        """Start hidden and empty."""
        super().__init__("show only", "errors  agent:NAME  kind:NAME  or any text", id="filter")

    def compose(self) -> ComposeResult:
        """Lay out the entry and its words."""
        yield from super().compose()
        for word in _CHIPS:
            yield Chip(word)

    def on_resize(self, event: events.Resize) -> None:
        """Leave the room to the text where there is little."""
        self.set_class(event.size.width < _NARROW, "-narrow")

    @on(Chip.Clicked)
    def _clicked(self, event: Chip.Clicked) -> None:
        event.stop()
        match event.word:
            case "✗ errors":
                self.text = toggled(self.text, ERRORS)
            case "✕ clear":
                self.text = ""
                self.action_close()
                return
            case word:
                self.text = f"{self.text} {word}".lstrip()
        self.open(is_selected=False)
