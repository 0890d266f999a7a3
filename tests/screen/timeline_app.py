"""An app with nothing but a timeline, and ways to read what it shows."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import App, ComposeResult

from agentflow_tui.history import event as ev
from agentflow_tui.tui.panes.timeline.timeline_pane import TimelinePane
from agentflow_tui.tui.theming.variables import fallbacks


class TimelineApp(App[None]):
    CSS = "TimelinePane { border: round $border; }"

    def __init__(self, history: Sequence[ev.HistoryEvent]) -> None:
        super().__init__()
        self.history = history
        self.moves: list[int] = []
        self.answers = True

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return fallbacks(self.current_theme.to_color_system().generate())

    def compose(self) -> ComposeResult:
        yield TimelinePane(id="timeline")

    def on_mount(self) -> None:
        self.look(len(self.history) - 1)
        self.pane.list.focus()

    @property
    def pane(self) -> TimelinePane:
        return self.query_one(TimelinePane)

    def look(self, cursor: int) -> None:
        self.pane.show(self.history, cursor, cursor == len(self.history) - 1)

    @on(TimelinePane.CursorMoved)
    def moved(self, event: TimelinePane.CursorMoved) -> None:
        self.moves.append(event.seq)
        if self.answers:
            self.look(event.seq)

    def lines(self) -> list[str]:
        return [self.pane.list.render_line(y).text.rstrip() for y in range(self.pane.list.size.height)]
